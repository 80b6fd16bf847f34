import { frame, opidOf, Stage } from '@guestool/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { asked, codes, rejectionsIn, reply } from '../../test/asked.js'
import type { Failure } from '../errors.js'
import { revision1 } from '../revision/revision1.js'
import { revision2 } from '../revision/revision2.js'

let stage: Stage

beforeEach(() => {
  stage = new Stage()
})

afterEach(async () => {
  expect(await stage.leftovers()).toEqual([])
})

const opid = '11111111-2222-4333-8444-555555555555'

describe('a reply', () => {
  test('settles its call whatever its operation name, in whatever order', async () => {
    const { role, peer } = stage.requester()
    await stage.clock.settle()
    const calls = ['cpu', 'memory', 'time'].map((name) => role.ask('info', name, {}))
    const opids = [await peer.next(), await peer.next(), await peer.next()].map(opidOf)
    for (const id of opids.toReversed()) peer.send(frame(id, '/whatever', id))
    expect(await Promise.all(calls)).toEqual(opids)
  })

  test('on another connection is not accepted', async () => {
    const one = await asked(stage)
    const two = stage.requester()
    await stage.clock.settle()
    two.peer.send(reply(one.opid))
    await stage.clock.settle()
    expect(one.call.outcomes).toEqual([])
    expect(two.session.counts.unknown).toBe(1)
    one.peer.send(reply(one.opid))
    await stage.clock.settle()
    expect(one.call.outcomes).toEqual([{ fine: true }])
  })

  test('that comes twice is dropped and counted, and answers nothing', async () => {
    const { call, peer, opid: id, session } = await asked(stage)
    peer.send(reply(id))
    peer.send(reply(id, 'second'))
    await stage.clock.settle()
    expect(call.outcomes).toEqual([{ fine: true }])
    expect(session.counts.duplicate).toBe(1)
    expect(peer.waiting).toEqual([])
  })

  test('to nothing is rejected once as unknown_opid', async () => {
    const { peer, session } = stage.requester()
    await stage.clock.settle()
    for (let i = 0; i < 3; i++) peer.send(reply(opid))
    await stage.clock.settle()
    expect(rejectionsIn(peer.waiting)).toEqual([[opid, 'unknown_opid']])
    expect(session.counts).toMatchObject({ unknown: 1, duplicate: 2 })
  })

  test('may be null, a string, an array: results are not always objects', async () => {
    for (const content of [null, 'text', [1], 0, false]) {
      const { call, peer, opid: id } = await asked(stage)
      peer.send(reply(id, content))
      await stage.clock.settle()
      expect(call.outcomes).toEqual([content])
    }
  })

  test('with a key __proto__, however written, is invalid_result with what came', async () => {
    for (const key of ['__proto__', String.raw`\u005f_proto__`]) {
      const { call, peer, opid: id } = await asked(stage)
      peer.send(`{"opid":"${id}","opnm":"/info","opct":{"a":{"${key}":1}}}`)
      await stage.clock.settle()
      expect(codes(call)).toEqual(['invalid_result'])
      expect((call.outcomes[0] as Failure).details?.raw).toBeTypeOf('object')
    }
  })

  test('that is not JSON but says whom it answers fails that call with its text, and is not counted', async () => {
    const { call, peer, opid: id, session } = await asked(stage)
    const text = `{"opid": "${id}", "opnm": "/event/report/info", "opct": {"cpu_percent": NaN}}`
    peer.send(text)
    await stage.clock.settle()
    expect(codes(call)).toEqual(['invalid_result'])
    expect((call.outcomes[0] as Failure).details?.raw).toBe(text)
    expect(session.counts.malformed).toBe(0)
    expect(peer.waiting).toEqual([])
  })

  test('that is JSON but no message fails its call at once, and is counted and rejected as any', async () => {
    const { call, peer, opid: id, session } = await asked(stage)
    peer.send(`{"opid": "${id}", "opnm": "/event/report/info"}`)
    await stage.clock.settle()
    expect(codes(call)).toEqual(['invalid_result'])
    expect(session.counts.malformed).toBe(1)
    expect(peer.waiting).toHaveLength(1)
  })
})

describe('a rejection', () => {
  const forms = [
    [revision1, (id: string, content: object) => frame(id, '/event', { event: 'reject', ...content })],
    [revision2, (id: string, content: object) => frame(id, '/event/reject', content)],
  ] as const

  test.each(forms)('revision $number: settles its call with its code', async (revision, write) => {
    const { call, peer, opid: id, session } = await asked(stage, { revision })
    peer.send(write(id, { code: 'busy', error: 'later' }))
    await stage.clock.settle()
    expect(codes(call)).toEqual(['busy'])
    expect(call.outcomes[0]).toMatchObject({ text: 'later', details: { remote: true } })
    expect(session.counts.rejected).toBe(1)
  })

  test.each(forms)('revision $number: is never answered, known or not', async (revision, write) => {
    const { peer, opid: id, session } = await asked(stage, { revision })
    for (const one of [id, id, opid, opid]) peer.send(write(one, { code: 'expired', error: 'x' }))
    await stage.clock.settle()
    expect(peer.waiting).toEqual([])
    expect(session.counts).toMatchObject({ rejected: 4, unknown: 0 })
  })

  test('with a code that is none of ours is failed, and says which', async () => {
    const { call, peer, opid: id } = await asked(stage)
    peer.send(frame(id, '/event', { event: 'reject', code: 'teapot', error: 'short and stout' }))
    await stage.clock.settle()
    expect(call.outcomes[0]).toMatchObject({ code: 'failed', text: 'short and stout (teapot)' })
  })
})

describe('rejections are rate-limited', () => {
  test('32 at once, 8 a second after that; the connection lives', async () => {
    const { peer, session } = stage.requester()
    await stage.clock.settle()
    const unknownOpids = (count: number, digit: number) => {
      for (let i = 0; i < count; i++)
        peer.send(reply(`${digit}1111111-2222-4333-8444-${String(i).padStart(12, '0')}`))
    }
    unknownOpids(100, 1)
    await stage.clock.settle()
    expect(peer.waiting).toHaveLength(32)
    await stage.clock.advance(1_000)
    unknownOpids(100, 2)
    await stage.clock.settle()
    expect(peer.waiting).toHaveLength(40)
    expect(session.counts.unknown).toBe(200)
    expect(peer.received).toHaveLength(40)
  })
})

describe('the ledger is bounded', () => {
  test('what fell out of it is unknown_opid: the oldest of 4 097 unanswered', async () => {
    const { role, peer } = stage.requester()
    await stage.clock.settle()
    const calls = Array.from({ length: 4_097 }, () => role.ask('info', 'time', {}))
    await stage.clock.advance(60_000)
    await Promise.all(calls)
    const [first, second] = peer.waiting.splice(0).map(opidOf)
    peer.send(reply(second!))
    peer.send(reply(first!))
    await stage.clock.settle()
    expect(rejectionsIn(peer.waiting)).toEqual([
      [second, 'expired'],
      [first, 'unknown_opid'],
    ])
  })

  test('and the oldest of 1 025 answered', async () => {
    const { role, peer, session } = stage.requester()
    await stage.clock.settle()
    const calls = Array.from({ length: 1_025 }, () => role.ask('info', 'time', {}))
    await stage.clock.settle()
    const opids = peer.waiting.splice(0).map(opidOf)
    for (const id of opids) peer.send(reply(id))
    await Promise.all(calls)
    peer.send(reply(opids[1]!))
    peer.send(reply(opids[0]!))
    await stage.clock.settle()
    expect(session.counts).toMatchObject({ duplicate: 1, unknown: 1 })
    expect(rejectionsIn(peer.waiting)).toEqual([[opids[0], 'unknown_opid']])
  })
})

describe('every way in which it can end settles the call once', () => {
  test('loss: connection_lost, outcome unknown', async () => {
    const { call, pair } = await asked(stage)
    pair.kill()
    await stage.clock.settle()
    expect(call.outcomes[0]).toMatchObject({
      code: 'connection_lost',
      details: { outcome: 'unknown', closeCode: 1006 },
    })
    await stage.clock.advance(600_000)
    expect(call.outcomes).toHaveLength(1)
  })

  test('this side closes: closed', async () => {
    const { call, session } = await asked(stage)
    session.end({ code: 1000, reason: '', byUs: true })
    session.end({ code: 1006, reason: '', byUs: false })
    await stage.clock.settle()
    expect(codes(call)).toEqual(['closed'])
  })

  test('the socket does not take it: connection_lost, never sent, and nothing is left behind', async () => {
    const { role, end } = stage.requester()
    await stage.clock.settle()
    end.send = () => {
      throw new Error('broken pipe')
    }
    const outcome = await role.ask('info', 'time', {})
    expect(outcome).toMatchObject({ code: 'connection_lost', details: { outcome: 'never_sent' } })
    expect(role.pending).toBe(0)
  })

  test('asking after the end fails at once and leaves no timer', async () => {
    const { role, session } = stage.requester()
    await stage.clock.settle()
    session.end({ code: 1000, reason: '', byUs: true })
    const outcome = await role.ask('info', 'time', {})
    expect(outcome).toMatchObject({ code: 'connection_lost', details: { outcome: 'never_sent' } })
    expect(stage.clock.timers).toBe(0)
  })

  test('params that are not JSON: failed, and nothing was sent', async () => {
    const { role, peer } = stage.requester()
    await stage.clock.settle()
    expect(await role.ask('info', 'x', { n: 1n })).toMatchObject({ code: 'failed' })
    expect(await role.ask('info', 'x', { text: 'x'.repeat(1024 * 1024) })).toMatchObject({
      code: 'too_large',
    })
    await stage.clock.settle()
    expect([peer.waiting, role.pending]).toEqual([[], 0])
  })

  test('1 000 calls in flight die with the connection, and all settle', async () => {
    const { role, pair } = stage.requester()
    await stage.clock.settle()
    const calls = Array.from({ length: 1_000 }, () => role.ask('action', 'x', {}))
    pair.kill()
    const outcomes = await Promise.all(calls)
    expect(new Set(outcomes.map((outcome) => (outcome as Failure).code))).toEqual(
      new Set(['connection_lost']),
    )
    expect([role.pending, stage.clock.timers]).toEqual([0, 0])
  })
})

test('an opid is fresh for each request, also for two equal ones', async () => {
  const { role, peer } = stage.requester()
  await stage.clock.settle()
  void role.ask('info', 'time', {})
  void role.ask('info', 'time', {})
  expect(opidOf(await peer.next())).not.toBe(opidOf(await peer.next()))
})

test('the round trip is measured', async () => {
  const { role, peer, opid: id } = await asked(stage)
  expect(role.roundTrip).toBeUndefined()
  await stage.clock.advance(250)
  peer.send(reply(id))
  await stage.clock.settle()
  expect(role.roundTrip).toBe(250)
})
