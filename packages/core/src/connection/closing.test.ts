import { readFrame } from '@guestool/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Dialling } from '../../test/dialling.js'
import { revision1 } from '../revision/revision1.js'
import { revision2 } from '../revision/revision2.js'
import type { Receiver } from '../transport.js'

let stage: Dialling

beforeEach(() => {
  stage = new Dialling()
})

afterEach(async () => {
  expect(await stage.leftovers()).toEqual([])
})

test('settles every call and every wait, closes 1000, and is done when the socket is', async () => {
  const { connection, session, peer, states } = await stage.opened()
  const call = session.role.ask('info', 'time', {})
  let done = false
  const closing = connection.close().then(() => (done = true))
  expect(connection.state).toBe('closed')
  expect(await call).toMatchObject({ code: 'closed' })
  expect((await peer.ended).code).toBe(1000)
  await closing
  expect([done, states]).toEqual([true, ['open', 'closed']])
  expect(stage.clock.timers).toBe(0)
  expect(await connection.opened(1_000, undefined)).toMatchObject({ code: 'closed' })
})

test('twice is once', async () => {
  const { connection } = await stage.opened()
  expect(connection.close()).toBe(connection.close())
  await connection.close()
})

test('again from a listener that hears of it', async () => {
  const { connection } = await stage.opened()
  const inner: Promise<void>[] = []
  connection.events.on('state', () => void inner.push(connection.close()))
  const outer = connection.close()
  expect(inner).toEqual([outer])
  await Promise.all(inner)
  expect(stage.clock.timers).toBe(0)
})

test('revision 2 says bye first, and waits for its answer', async () => {
  const { connection, peer, address } = await stage.opened({ revision: revision2 })
  let done = false
  void connection.close().then(() => (done = true))
  const bye = await peer.next()
  expect(readFrame(bye)).toMatchObject({ opnm: '/greet/bye', opct: {} })
  await stage.clock.advance(999)
  expect([done, address.pair.dialler.closing]).toEqual([false, undefined])
  peer.send(bye)
  await stage.clock.settle()
  expect([done, address.pair.dialler.closing?.code]).toEqual([true, 1000])
})

test('an unanswered bye holds it up for one second, a socket that does not close for one more', async () => {
  const { connection, address } = await stage.opened({ revision: revision2 })
  await stage.clock.settle()
  address.pair.hold()
  let done = false
  void connection.close().then(() => (done = true))
  await stage.clock.advance(1_999)
  expect(done).toBe(false)
  await stage.clock.advance(1)
  expect(done).toBe(true)
  expect(address.pair.dialler.over?.code).toBe(1006)
})

test('while it connects', async () => {
  const { connection, address } = stage.connect({ otherwise: 'hang' })
  const waiting = connection.opened(10_000, undefined)
  await connection.close()
  expect(await waiting).toMatchObject({ code: 'closed' })
  await stage.clock.advance(600_000)
  expect([address.dials, stage.clock.timers]).toEqual([1, 0])
})

test.each([revision1, revision2])('while hello is on its way: revision $number', async (revision) => {
  for (let microtasks = 0; microtasks < 12; microtasks++) {
    const { connection, address, states } = stage.connect({ revision })
    for (let i = 0; i < microtasks; i++) await Promise.resolve()
    let done = false
    void connection.close().then(() => (done = true))
    await stage.clock.advance(2_000)
    expect([done, connection.state, states.at(-1)]).toEqual([true, 'closed', 'closed'])
    await stage.clock.advance(600_000)
    expect([address.dials, stage.clock.timers, address.pairs.at(-1)?.dialler.isOpen]).toEqual([1, 0, false])
  }
})

test.each([revision1, revision2])(
  'an echo that comes in the same moment opens nothing any more: revision $number',
  async (revision) => {
    let receiver: Receiver | undefined
    const sent: string[] = []
    const { connection, states } = stage.connect({
      revision,
      dial: (heard) => {
        receiver = heard
        return {
          send: (text) => void sent.push(text),
          close: (code, reason) => void Promise.resolve().then(() => heard.closed(code, reason)),
        }
      },
    })
    receiver!.opened()
    const closing = connection.close()
    receiver!.text(sent[0]!)
    await closing
    expect([connection.state, states]).toEqual(['closed', ['closed']])
    expect(stage.clock.timers).toBe(0)
  },
)

test('while it waits for the next dial', async () => {
  const { connection, address } = stage.connect({ otherwise: 'refuse' })
  await stage.clock.advance(100)
  await connection.close()
  await stage.clock.advance(600_000)
  expect([address.dials, stage.clock.timers]).toEqual([1, 0])
})

test('from a listener that hears of the loss', async () => {
  const { connection, address } = await stage.opened()
  connection.events.on('state', (state) => {
    if (state === 'reconnecting') void connection.close()
  })
  address.pair.kill()
  await stage.clock.advance(600_000)
  expect([connection.state, address.dials, stage.clock.timers]).toEqual(['closed', 1, 0])
})

test('from a listener that hears of a failed dial', async () => {
  const { connection, address } = stage.connect({ otherwise: 'refuse' })
  connection.events.on('error', () => connection.close())
  await stage.clock.advance(600_000)
  expect([connection.state, address.dials, stage.clock.timers]).toEqual(['closed', 1, 0])
})

test('after a refusal, and after a loss that comes meanwhile', async () => {
  const refused = await stage.opened()
  refused.address.pair.acceptor.close(4409, '')
  await stage.clock.settle()
  await refused.connection.close()

  const lost = await stage.opened({ revision: revision2 })
  const closing = lost.connection.close()
  lost.address.pair.kill()
  await closing
  await stage.clock.advance(600_000)
  expect([lost.address.dials, lost.connection.state]).toEqual([1, 'closed'])
})
