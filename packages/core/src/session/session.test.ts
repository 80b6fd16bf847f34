import { frame, opidOf, readFrame, Stage, type StageOptions } from '@guestool/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

let stage: Stage

beforeEach(() => {
  stage = new Stage()
})

afterEach(async () => {
  expect(await stage.leftovers()).toEqual([])
})

const opid = '11111111-2222-4333-8444-555555555555'
const info = { time: () => ({ system: 1, nonebot: 1, system_ts: 1, nonebot_ts: 1 }) }
const fine = (id: string): string => frame(id, '/info', { info: 'time' })

async function requester(options: StageOptions = {}) {
  const staged = stage.requester(options)
  await stage.clock.settle()
  return staged
}

async function responder(options: StageOptions = {}) {
  const staged = stage.responder({ info }, options)
  await stage.clock.settle()
  return staged
}

describe('what an incoming frame is, in this order', () => {
  test('a greeting, although its opid is pending', async () => {
    const { role, peer } = await requester()
    const call = role.ask('info', 'time', {})
    const id = opidOf(await peer.next())
    const hello = frame(id, '/hello', {})
    peer.send(hello)
    expect(await peer.next()).toBe(hello)
    expect(role.pending).toBe(1)
    peer.send(frame(id, '/info', 'reply'))
    expect(await call).toBe('reply')
  })

  test('a rejection, although its opid is pending', async () => {
    const { role, peer, session } = await requester()
    const call = role.ask('info', 'time', {})
    peer.send(frame(opidOf(await peer.next()), '/event', { event: 'reject', code: 'busy', error: 'x' }))
    expect(await call).toMatchObject({ code: 'busy' })
    expect(session.counts.rejected).toBe(1)
  })

  test('a reply, whatever its opnm: an event’s, a request’s, nonsense', async () => {
    for (const opnm of ['/event', '/info', '/nonsense', '']) {
      const { role, peer, asker } = await requester()
      const call = role.ask('info', 'time', {})
      peer.send(frame(opidOf(await peer.next()), opnm, { event: 'bot_online', n: 1 }))
      expect(await call).toEqual({ event: 'bot_online', n: 1 })
      expect(asker.events).toEqual([])
    }
  })

  test('an event by its name, once its opid is not pending', async () => {
    const { peer, asker, session } = await requester()
    peer.send(frame(opid, '/event', { event: 'bot_online', n: 1 }))
    await stage.clock.settle()
    expect(asker.events).toEqual([{ name: 'bot_online', data: { n: 1 } }])
    expect([peer.waiting, session.counts.strangeEvents]).toEqual([[], 1])
  })

  test('else a stray reply at a requester, and a request at a responder', async () => {
    const asks = await requester()
    asks.peer.send(fine(opid))
    expect(readFrame(await asks.peer.next()).opct).toMatchObject({ code: 'unknown_opid' })
    const answers = await responder()
    answers.peer.send(fine(opid))
    expect(readFrame(await answers.peer.next())).toMatchObject({ opid, opnm: '/info' })
  })

  test('an event at a responder is a request that it does not know', async () => {
    const { peer } = await responder()
    peer.send(frame(opid, '/event', { event: 'bot_online' }))
    expect(readFrame(await peer.next()).opct).toMatchObject({ code: 'unknown_operation' })
  })

  test('an event with a key __proto__ is dropped and counted', async () => {
    const { peer, asker, session } = await requester()
    peer.send(`{"opid":"${opid}","opnm":"/event","opct":{"event":"x","\\u005f_proto__":{"a":1}}}`)
    await stage.clock.settle()
    expect([asker.events, session.counts.strangeEvents, peer.waiting]).toEqual([[], 1, []])
  })
})

describe('after the end', () => {
  test('nothing is read, nothing is sent, and ending again does nothing', async () => {
    const { session, peer, pair } = await requester()
    session.end({ code: 1000, reason: '', byUs: true })
    session.end({ code: 1000, reason: '', byUs: true })
    peer.send(fine(opid))
    peer.sendBinary()
    await stage.clock.settle()
    expect([session.counts.received, session.counts.malformed]).toEqual([0, 0])
    expect(() => session.sendText('x')).toThrow(
      expect.objectContaining({ code: 'connection_lost', outcome: 'never_sent' }),
    )
    session.reject(opid, 'malformed', 'x')
    expect(pair.acceptor.sent).toEqual([])
  })
})

test('what is sent and received is counted, and any text is a sign of life', async () => {
  const { session, peer } = await responder()
  peer.send(fine(opid))
  peer.send('bad')
  await stage.clock.settle()
  expect(session.counts).toMatchObject({ received: 2, sent: 1 })
  await stage.clock.advance(5_000)
  peer.send('bad')
  await stage.clock.settle()
  expect(session.heardAt).toBe(stage.clock.now())
})

test('a frame over maxPayload is never sent', async () => {
  const { session, peer } = await requester({ maxPayload: 100 })
  expect(() => session.sendText('字'.repeat(34))).toThrow(expect.objectContaining({ code: 'too_large' }))
  session.sendText('字'.repeat(33))
  await stage.clock.settle()
  expect(peer.waiting).toHaveLength(1)
})
