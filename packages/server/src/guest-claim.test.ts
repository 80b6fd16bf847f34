import { newOpid, type Receiver } from '@guestool/core'
import { frame, memoryPair, peerOn, readFrame, type Peer } from '@guestool/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { answer, hello, hostStage, time } from './stage.test.kit.js'

let stage: ReturnType<typeof hostStage>

beforeEach(() => {
  stage = hostStage()
})

afterEach(async () => {
  expect(stage.errors).toEqual([])
  expect(await stage.leftovers()).toEqual([])
})

/** A newcomer that says hello; what becomes of it is the test's question. */
function newcomer(id = 'alpha', revision: 1 | 2 = 1) {
  const peer = stage.peer(`/join/${id}`)
  const outcome = hello(peer, revision).then(
    () => 'in',
    () => peer.ended,
  )
  return { peer, pair: stage.pair, outcome }
}

const holder = () => stage.host.guest('alpha')

/** Answers everything, as a guest that lives does. */
async function live(peer: Peer, result: unknown = time): Promise<void> {
  for (;;) await answer(peer, result)
}

test.each([1, 2] as const)('a holder of revision %i that answers keeps its id', async (revision) => {
  const first = await stage.guest('alpha', revision)
  const held = holder()
  const { outcome } = newcomer()
  const asked = await answer(first, time)
  expect(asked).toEqual(
    revision === 1 ? { opnm: '/info', opct: { info: 'time' } } : { opnm: '/info/time', opct: {} },
  )
  expect(await outcome).toEqual({
    code: 4409,
    reason: 'another live guest holds id alpha; give each guest its own',
  })
  expect(holder()).toBe(held)
  expect(held?.state).toBe('alive')
  expect(stage.log).toEqual(['guest alpha'])
})

test('an error is as good a proof of life as a result', async () => {
  const first = await stage.guest('alpha')
  const { outcome } = newcomer()
  const { opid } = readFrame(await first.next())
  first.send(frame(String(opid), '/event', { event: 'reject', code: 'unsupported', error: 'no clock' }))
  expect(await outcome).toMatchObject({ code: 4409 })
})

test('a holder keeps its id whose answer is there before the time of a host is that stood still', async () => {
  const first = await stage.guest('alpha')
  const held = holder()
  const { outcome } = newcomer()
  const { opid } = readFrame(await first.next())
  stage.machine.freeze()
  first.send(frame(String(opid), '/info', time))
  await stage.clock.advance(5_000)
  stage.machine.thaw('timers')
  await stage.clock.advance(0)
  expect(await outcome).toMatchObject({ code: 4409 })
  expect(holder()).toBe(held)
})

test('so is any other text, as long as it comes in time', async () => {
  const first = await stage.guest('alpha')
  const { outcome } = newcomer()
  await stage.clock.advance(1_999)
  first.send(frame(newOpid(), '/event', { event: 'unheard_of' }))
  await stage.clock.advance(1)
  expect(await outcome).toMatchObject({ code: 4409 })
})

test('a holder that does not answer within two seconds is replaced', async () => {
  await stage.guest('alpha')
  const first = holder()
  const oldPair = stage.pair
  const inFlight = first!.info('memory')
  const { outcome } = newcomer()
  await stage.clock.advance(1_999)
  expect(holder()).toBe(first)
  expect(stage.log).toEqual(['guest alpha'])
  await stage.clock.advance(1)
  await expect(inFlight).rejects.toMatchObject({ code: 'connection_lost', outcome: 'unknown' })
  expect(await outcome).toBe('in')
  await stage.clock.settle()
  expect(first?.state).toBe('gone')
  expect(holder()).not.toBe(first)
  expect(stage.log).toEqual(['guest alpha', 'state alpha gone', 'left alpha', 'guest alpha'])
  expect(oldPair.dialler.over).toMatchObject({
    code: 4409,
    reason: expect.stringContaining('another connection claimed its id'),
  })
})

test('the late close of the old socket never removes its successor', async () => {
  await stage.guest('alpha')
  const oldPair = stage.pair
  oldPair.hold()
  const { peer, outcome } = newcomer()
  await stage.clock.advance(2_000)
  expect(await outcome).toBe('in')
  const successor = holder()
  await stage.clock.advance(20_000)
  oldPair.release()
  oldPair.kill()
  await stage.clock.settle()
  expect(oldPair.acceptor.over).toBeDefined()
  expect(holder()).toBe(successor)
  expect(successor?.state).toBe('alive')
  expect(stage.log.slice(-1)).toEqual(['guest alpha'])
  const asked = successor!.info('time')
  await answer(peer, time)
  expect(await asked).toEqual(time)
})

test('a holder that is lost while it is asked leaves the id to the newcomer', async () => {
  await stage.guest('alpha')
  const oldPair = stage.pair
  const { outcome } = newcomer()
  await stage.clock.advance(1_000)
  oldPair.kill()
  expect(await outcome).toBe('in')
  expect(stage.log).toEqual(['guest alpha', 'state alpha gone', 'left alpha', 'guest alpha'])
})

test('a holder that says bye while it is asked leaves the id to the newcomer', async () => {
  const first = await stage.guest('alpha', 2)
  const { outcome } = newcomer()
  await stage.clock.settle()
  first.send(frame(newOpid(), '/greet/bye', {}))
  expect(await outcome).toBe('in')
})

test('a newcomer whose socket fails at the echo holds up nobody', async () => {
  const pair = memoryPair()
  let receiver: Receiver | undefined
  stage.host.accept(
    (listener) => {
      receiver = listener
      pair.acceptor.attach(listener)
      return {
        close: () => undefined,
        send() {
          throw new Error('it is closing')
        },
      }
    },
    { url: '/join/alpha', headers: { host: 'localhost' }, address: undefined },
  )
  const peer = peerOn(pair.dialler)
  await peer.ready
  peer.send(frame(newOpid(), '/hello', {}))
  await stage.clock.settle()
  const { outcome } = newcomer()
  await stage.clock.settle()
  expect(stage.log).toEqual([])
  receiver!.closed(1006, '')
  expect(await outcome).toBe('in')
})

test('a newcomer that leaves while the holder is asked replaces nobody', async () => {
  await stage.guest('alpha')
  const first = holder()
  const { pair } = newcomer()
  await stage.clock.advance(1_000)
  pair.kill()
  await stage.clock.advance(5_000)
  expect(holder()).toBe(first)
  expect(first?.state).toBe('alive')
  expect(stage.log).toEqual(['guest alpha'])
})

test('of two newcomers at once one gets in', async () => {
  const both = [newcomer(), newcomer()]
  for (const { peer, outcome } of both) void outcome.then(() => live(peer)).catch(() => undefined)
  const outcomes = await Promise.all(both.map(({ outcome }) => outcome))
  expect(outcomes.filter((outcome) => outcome === 'in')).toHaveLength(1)
  expect(outcomes.filter((outcome) => outcome !== 'in')).toMatchObject([{ code: 4409 }])
  expect(stage.log).toEqual(['guest alpha'])
})

test('of two newcomers at once to a dead holder one replaces it, the other hears of that one', async () => {
  await stage.guest('alpha')
  const both = [newcomer(), newcomer()]
  for (const { peer, outcome } of both) void outcome.then(() => live(peer)).catch(() => undefined)
  await stage.clock.advance(2_000)
  const outcomes = await Promise.all(both.map(({ outcome }) => outcome))
  expect(outcomes).toMatchObject(['in', { code: 4409 }])
  expect(stage.log).toEqual(['guest alpha', 'state alpha gone', 'left alpha', 'guest alpha'])
})

test('a newcomer that waits its turn and leaves holds up nobody', async () => {
  const first = await stage.guest('alpha')
  const all = [newcomer(), newcomer(), newcomer()]
  await stage.clock.settle()
  all[1]!.pair.kill()
  all[0]!.pair.kill()
  await stage.clock.advance(4_000)
  expect(await all[2]!.outcome).toBe('in')
  // Nor is the holder asked for its sake: once for the first newcomer, once for the last.
  expect(first.received.slice(1)).toHaveLength(2)
})

test('other ids are not held up by a claim', async () => {
  await stage.guest('alpha')
  newcomer('alpha')
  expect(await newcomer('beta').outcome).toBe('in')
  expect(stage.host.guest('beta')?.state).toBe('alive')
})

test('the question is asked outside any sharing and any queue', async () => {
  const first = await stage.guest('alpha', 2)
  void holder()!
    .info('cpu', 1)
    .catch(() => undefined)
  void holder()!
    .info('processes', 0.1)
    .catch(() => undefined)
  await stage.clock.settle()
  newcomer()
  await stage.clock.settle()
  expect(first.waiting.map((text) => readFrame(text).opnm)).toEqual(['/info/cpu', '/info/time'])
})

test('what a newcomer sends before it is let in is read after that', async () => {
  const first = await stage.guest('alpha')
  const { peer, outcome } = newcomer()
  await stage.clock.settle()
  peer.send(frame(newOpid(), '/event', { event: 'early' }))
  stage.pairs[0]!.kill()
  expect(await outcome).toBe('in')
  await stage.clock.settle()
  expect(holder()?.counts).toMatchObject({ received: 2, strangeEvents: 1 })
  expect(first.received).toHaveLength(2)
})

test('a guest that closes makes room at once', async () => {
  await stage.guest('alpha', 2)
  const closing = holder()!.close()
  const { outcome } = newcomer()
  expect(await outcome).toBe('in')
  await stage.clock.advance(2_000)
  await closing
  expect(holder()?.state).toBe('alive')
})

test('the host closes while a claim is being decided: nothing is left', async () => {
  await stage.guest('alpha')
  newcomer()
  newcomer()
  await stage.clock.advance(500)
})

test('the public guest keeps its id, and a deaf one loses it', async () => {
  await stage.python('alpha')
  expect(await newcomer('alpha').outcome).toMatchObject({ code: 4409 })
  await stage.python('deaf', { deaf: true })
  const { outcome } = newcomer('deaf')
  await stage.clock.advance(2_000)
  expect(await outcome).toBe('in')
})
