import {
  frame,
  MemoryAddress,
  opidOf,
  Peer,
  readFrame,
  VirtualClock,
  type DialOutcome,
  type MemoryPairOptions,
} from '@guestool/testing'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Failure, type GuestoolError } from '../errors.js'
import type { Receiver } from '../transport.js'
import { revision1 } from '../revision/revision1.js'
import { revision2 } from '../revision/revision2.js'
import { SessionRequester } from '../session/requester.js'
import { Connection, type ConnectionOptions } from './connection.js'

let clock: VirtualClock
let connections: Connection<SessionRequester>[]
let random: number

beforeEach(() => {
  clock = new VirtualClock()
  connections = []
  random = 0.5
})

afterEach(async () => {
  for (const connection of connections) void connection.close()
  await clock.advance(5_000)
  expect(clock.timers).toBe(0)
})

interface Setup extends Partial<ConnectionOptions<SessionRequester>> {
  /** Echo hello. @default true */
  readonly echo?: boolean
  readonly plan?: DialOutcome[]
  readonly otherwise?: DialOutcome
  readonly pair?: MemoryPairOptions
}

/** A host that echoes hello and is otherwise played by the test. */
function connect({ echo = true, plan = [], otherwise = 'accept', pair, ...options }: Setup = {}) {
  const peers: Peer[] = []
  const address = new MemoryAddress((end) => {
    const peer = new (class extends Peer {
      override text(text: string): void {
        super.text(text)
        if (echo && /"\/(greet\/)?hello"/.test(text)) this.send(this.waiting.pop() ?? '')
      }
    })(end)
    peers.push(peer)
    return peer
  }, pair)
  address.plan.push(...plan)
  address.otherwise = otherwise
  const connection = new Connection({
    dial: address.dial,
    role: (session) => new SessionRequester(session, () => undefined),
    revision: revision1,
    clock,
    backoff: { base: 1_000, cap: 30_000 },
    peer: 'ws://host/guests/alpha',
    random: () => random,
    ...options,
  })
  connections.push(connection)
  const states: string[] = []
  const errors: unknown[] = []
  connection.events.on('state', (state) => states.push(state))
  connection.events.on('error', (error) => errors.push(error))
  return { connection, address, peers, states, errors }
}

async function opened(setup?: Setup) {
  const all = connect(setup)
  await clock.settle()
  expect(all.connection.state).toBe('open')
  return { ...all, session: all.connection.session!, peer: all.peers[0]! }
}

const lastError = (errors: unknown[]): GuestoolError => errors.at(-1) as GuestoolError

describe('opening', () => {
  test.each([
    [revision1, '/hello'],
    [revision2, '/greet/hello'],
  ])('revision $number: hello goes first, and it is open at the echo', async (revision, opnm) => {
    const { connection, peers, states } = connect({ revision, echo: false })
    expect(connection.state).toBe('connecting')
    await clock.settle()
    expect([connection.state, connection.session]).toEqual(['connecting', undefined])
    const hello = await peers[0]!.next()
    expect(readFrame(hello)).toMatchObject({ opnm, opct: {} })
    peers[0]!.send(hello)
    await clock.settle()
    expect([connection.state, states]).toEqual(['open', ['open']])
    expect(connection.session?.revision).toBe(revision)
  })

  test('revision 1 takes 2 s of silence for consent', async () => {
    const { connection } = connect({ echo: false })
    await clock.advance(1_999)
    expect(connection.state).toBe('connecting')
    await clock.advance(1)
    expect(connection.state).toBe('open')
  })

  test('revision 1 is open at the first valid frame, too', async () => {
    const { connection, peers } = connect({ echo: false })
    await clock.settle()
    peers[0]!.send(frame('11111111-2222-4333-8444-555555555555', '/event', { event: 'x' }))
    await clock.settle()
    expect(connection.state).toBe('open')
  })

  test('revision 2 gives up after 10 s of silence, and dials again', async () => {
    const { connection, address, peers, errors } = connect({ echo: false, revision: revision2 })
    await clock.advance(9_999)
    expect([connection.state, address.dials]).toEqual(['connecting', 1])
    await clock.advance(1)
    expect((await peers[0]!.ended).code).toBe(1006)
    expect(lastError(errors)).toMatchObject({
      code: 'connection_lost',
      message: expect.stringContaining('hello'),
    })
    await clock.advance(500)
    expect(address.dials).toBe(2)
  })

  test('a socket that never opens is given up after 10 s', async () => {
    const { address } = connect({ plan: ['hang'] })
    await clock.advance(9_999)
    expect(address.dials).toBe(1)
    await clock.advance(501)
    expect(address.dials).toBe(2)
  })

  test('a dial that throws is a loss like any other', async () => {
    const { connection, address } = connect({ plan: ['throw'] })
    await clock.advance(500)
    expect([address.dials, connection.state]).toEqual([2, 'open'])
  })
})

describe('backoff', () => {
  test('full jitter: drawn from 0 to base × 2ⁿ, at most the cap', async () => {
    const { address } = connect({ otherwise: 'refuse' })
    for (const [dials, wait] of [
      [2, 500],
      [3, 1_000],
      [4, 2_000],
      [5, 4_000],
      [6, 8_000],
      [7, 15_000],
      [8, 15_000],
    ] as const) {
      await clock.advance(wait - 1)
      expect(address.dials).toBe(dials - 1)
      await clock.advance(1)
      expect(address.dials).toBe(dials)
    }
  })

  test('starts over after 10 s open, not before', async () => {
    const { address } = connect({ plan: ['refuse', 'refuse', 'refuse'] })
    await clock.advance(500 + 1_000 + 2_000)
    expect(address.dials).toBe(4)
    await clock.advance(9_999)
    address.pair.kill()
    await clock.advance(3_999)
    expect(address.dials).toBe(4)
    await clock.advance(1)
    expect(address.dials).toBe(5)
    await clock.advance(10_000)
    address.pair.kill()
    await clock.advance(500)
    expect(address.dials).toBe(6)
  })

  test('a host that accepts and closes at once does not make it spin', async () => {
    const { address } = connect({ otherwise: { code: 1011, reason: '' } })
    await clock.advance(60_000)
    expect(address.dials).toBeLessThan(10)
  })
})

describe('which closes are dialled again', () => {
  test.each([1001, 1006, 1009, 1011, 1012, 1013, 4400, 4408, 4429, 4999])('%i: yes', async (code) => {
    const { connection, address, states } = await opened()
    if (code === 1006) address.pair.kill()
    else address.pair.acceptor.close(code, 'why')
    await clock.settle()
    expect(connection.state).toBe('reconnecting')
    await clock.advance(500)
    expect([address.dials, connection.state, states]).toEqual([2, 'open', ['open', 'reconnecting', 'open']])
  })

  test.each([1000, 4401, 4403, 4404, 4409])('%i: no, and every later call says why', async (code) => {
    const { connection, address, errors, states } = await opened()
    address.pair.acceptor.close(code, 'because')
    await clock.advance(600_000)
    expect([address.dials, connection.state, states]).toEqual([1, 'closed', ['open', 'closed']])
    expect(lastError(errors)).toBe(connection.refusal)
    expect(connection.refusal).toMatchObject({ code: 'refused', closeCode: code, remote: true })
    expect(connection.refusal?.message).toContain(`${code}: "because"`)
    const outcome = await connection.opened(10_000, undefined)
    expect(outcome).toMatchObject({ code: 'refused', details: { closeCode: code } })
    expect(clock.timers).toBe(0)
  })

  test('4401: once, where a fresh token may help', async () => {
    const { connection, address } = connect({
      canRefreshToken: true,
      otherwise: { code: 4401, reason: 'token' },
    })
    await clock.advance(60_000)
    expect([address.dials, connection.state]).toEqual([2, 'closed'])
  })

  test('4401: and once more after it was open again', async () => {
    const { connection, address } = connect({
      canRefreshToken: true,
      plan: [{ code: 4401, reason: '' }],
    })
    await clock.advance(1_000)
    expect(connection.state).toBe('open')
    address.pair.acceptor.close(4401, 'the token is over')
    await clock.advance(5_000)
    expect([address.dials, connection.state]).toEqual([3, 'open'])
  })

  test('a refusal before it was ever open is told to who waits', async () => {
    const { connection } = connect({ otherwise: { code: 4404, reason: 'no such guest' } })
    const outcome = await connection.opened(10_000, undefined)
    expect(outcome).toMatchObject({ code: 'refused', text: expect.stringContaining('no such guest') })
  })
})

describe('waiting for a connection is a budget of its own', () => {
  test('connect_timeout says what was tried', async () => {
    const { connection } = connect({ otherwise: 'refuse' })
    const seen: unknown[] = []
    void connection.opened(10_000, undefined).then((outcome) => seen.push(outcome))
    await clock.advance(9_999)
    expect(seen).toEqual([])
    await clock.advance(1)
    expect(seen[0]).toMatchObject({
      code: 'connect_timeout',
      text: expect.stringMatching(/10000 ms.*ws:\/\/host\/guests\/alpha.*nobody listens/),
    })
  })

  test('the minute of a call starts when it is sent', async () => {
    const { connection, address } = connect({ plan: ['refuse', 'refuse', 'refuse'] })
    const opening = connection.opened(10_000, undefined)
    await clock.advance(3_500)
    const session = await opening
    if (session instanceof Failure) throw new Error(session.text)
    const call = session.role.ask('info', 'time', {})
    await clock.settle()
    const peer = address.pair.acceptor
    await clock.advance(59_999)
    const request = address.pair.dialler.sent.at(-1)!
    peer.send(frame(opidOf(request), '/info', 'answer'))
    expect(await call).toBe('answer')
  })

  test('a signal ends it, before and during, and leaves no listener', async () => {
    const { connection } = connect({ otherwise: 'refuse' })
    expect(await connection.opened(10_000, { signal: AbortSignal.abort() })).toMatchObject({
      code: 'aborted',
    })
    const controller = new AbortController()
    const added = vi.spyOn(controller.signal, 'addEventListener')
    const removed = vi.spyOn(controller.signal, 'removeEventListener')
    const waiting = connection.opened(10_000, { signal: controller.signal })
    await clock.advance(2_000)
    controller.abort()
    expect(await waiting).toMatchObject({ code: 'aborted' })
    expect(removed.mock.calls.length).toBe(added.mock.calls.length)
  })

  test('a thousand callers that wait are served by one connection', async () => {
    const { connection, address } = connect({ plan: ['refuse'] })
    const waiting = Array.from({ length: 1_000 }, () => connection.opened(10_000, undefined))
    await clock.advance(500)
    const sessions = await Promise.all(waiting)
    expect(new Set(sessions)).toEqual(new Set([connection.session]))
    expect(address.dials).toBe(2)
  })
})

describe('loss', () => {
  test('1 000 calls in flight all settle, and no timer but that of the next dial is left', async () => {
    const { session, address } = await opened()
    const calls = Array.from({ length: 1_000 }, () => session.role.ask('action', 'x', {}))
    await clock.settle()
    address.pair.kill()
    const outcomes = await Promise.all(calls)
    expect(
      outcomes.every((outcome) => outcome instanceof Failure && outcome.code === 'connection_lost'),
    ).toBe(true)
    expect(outcomes[0]).toMatchObject({ details: { outcome: 'unknown', closeCode: 1006 } })
    expect([session.role.pending, clock.timers]).toEqual([0, 1])
  })

  test('a reply to a request of the connection before is not accepted', async () => {
    const { connection, session, address } = await opened()
    void session.role.ask('info', 'time', {})
    await clock.settle()
    const request = address.pair.dialler.sent.at(-1)!
    address.pair.kill()
    await clock.advance(500)
    address.pair.acceptor.send(frame(opidOf(request), '/info', 'late'))
    await clock.settle()
    expect(connection.counts.unknown).toBe(1)
  })

  test('counts go on over connections', async () => {
    const { connection, address } = await opened()
    address.pair.kill()
    await clock.advance(500)
    expect(connection.counts).toMatchObject({ sent: 2, received: 2 })
  })
})

describe('liveness', () => {
  test('a host that answers pings stays', async () => {
    const { connection, address } = await opened()
    await clock.advance(300_000)
    expect([connection.state, address.dials]).toEqual(['open', 1])
    expect(address.pair.dialler.pings).toBeGreaterThan(5)
    expect(address.pair.dialler.sent).toHaveLength(1)
  })

  test('one that does not is given up after two misses, and dialled again', async () => {
    const { connection, address, errors } = await opened()
    const { pair } = address
    pair.hold()
    await clock.advance(49_000)
    expect(address.dials).toBe(1)
    await clock.advance(12_000)
    expect([address.dials, connection.state]).toEqual([2, 'open'])
    expect(errors).toEqual([])
  })

  test('where there is no ping a fresh hello asks the same', async () => {
    const { connection, address } = await opened({ pair: { ping: false } })
    await clock.advance(300_000)
    expect([connection.state, address.dials]).toEqual(['open', 1])
    const hellos = address.pair.dialler.sent
    expect(hellos.length).toBeGreaterThan(5)
    expect(new Set(hellos.map(opidOf)).size).toBe(hellos.length)
    address.pair.hold()
    await clock.advance(61_000)
    expect(address.dials).toBe(2)
  })

  test('any text proves life', async () => {
    const { peer, address } = await opened()
    for (let i = 0; i < 20; i++) {
      await clock.advance(15_000)
      peer.send('not even JSON')
    }
    expect(address.pair.dialler.pings).toBe(0)
  })
})

describe('close', () => {
  test('settles every call and every wait, closes 1000, and is done when the socket is', async () => {
    const { connection, session, peer, states } = await opened()
    const call = session.role.ask('info', 'time', {})
    let done = false
    const closing = connection.close().then(() => (done = true))
    expect(connection.state).toBe('closed')
    expect(await call).toMatchObject({ code: 'closed' })
    expect((await peer.ended).code).toBe(1000)
    await closing
    expect([done, states]).toEqual([true, ['open', 'closed']])
    expect(clock.timers).toBe(0)
    expect(await connection.opened(1_000, undefined)).toMatchObject({ code: 'closed' })
  })

  test('twice is once', async () => {
    const { connection } = await opened()
    expect(connection.close()).toBe(connection.close())
    await connection.close()
  })

  test('revision 2 says bye first, and waits for its answer', async () => {
    const { connection, peer, address } = await opened({ revision: revision2 })
    let done = false
    void connection.close().then(() => (done = true))
    const bye = await peer.next()
    expect(readFrame(bye)).toMatchObject({ opnm: '/greet/bye', opct: {} })
    await clock.advance(999)
    expect([done, address.pair.dialler.closing]).toEqual([false, undefined])
    peer.send(bye)
    await clock.settle()
    expect([done, address.pair.dialler.closing?.code]).toEqual([true, 1000])
  })

  test('an unanswered bye holds it up for one second, a socket that does not close for one more', async () => {
    const { connection, address } = await opened({ revision: revision2 })
    await clock.settle()
    address.pair.hold()
    let done = false
    void connection.close().then(() => (done = true))
    await clock.advance(1_999)
    expect(done).toBe(false)
    await clock.advance(1)
    expect(done).toBe(true)
    expect(address.pair.dialler.over?.code).toBe(1006)
  })

  test('while it connects', async () => {
    const { connection, address } = connect({ otherwise: 'hang' })
    const waiting = connection.opened(10_000, undefined)
    await connection.close()
    expect(await waiting).toMatchObject({ code: 'closed' })
    await clock.advance(600_000)
    expect([address.dials, clock.timers]).toEqual([1, 0])
  })

  test.each([revision1, revision2])('while hello is on its way: revision $number', async (revision) => {
    for (let microtasks = 0; microtasks < 12; microtasks++) {
      const { connection, address, states } = connect({ revision })
      for (let i = 0; i < microtasks; i++) await Promise.resolve()
      let done = false
      void connection.close().then(() => (done = true))
      await clock.advance(2_000)
      expect([done, connection.state, states.at(-1)]).toEqual([true, 'closed', 'closed'])
      await clock.advance(600_000)
      expect([address.dials, clock.timers, address.pairs.at(-1)?.dialler.isOpen]).toEqual([1, 0, false])
    }
  })

  test.each([revision1, revision2])(
    'an echo that comes in the same moment opens nothing any more: revision $number',
    async (revision) => {
      let receiver: Receiver | undefined
      const sent: string[] = []
      const { connection, states } = connect({
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
      expect(clock.timers).toBe(0)
    },
  )

  test('while it waits for the next dial', async () => {
    const { connection, address } = connect({ otherwise: 'refuse' })
    await clock.advance(100)
    await connection.close()
    await clock.advance(600_000)
    expect([address.dials, clock.timers]).toEqual([1, 0])
  })

  test('after a refusal, and after a loss that comes meanwhile', async () => {
    const refused = await opened()
    refused.address.pair.acceptor.close(4409, '')
    await clock.settle()
    await refused.connection.close()

    const lost = await opened({ revision: revision2 })
    const closing = lost.connection.close()
    lost.address.pair.kill()
    await closing
    await clock.advance(600_000)
    expect([lost.address.dials, lost.connection.state]).toEqual([1, 'closed'])
  })
})

test('what a listener throws is an error event, and the connection goes on', async () => {
  const { connection, errors } = connect()
  connection.events.on('state', () => {
    throw new Error('listener')
  })
  connection.events.on('state', async () => Promise.reject(new Error('async listener')))
  await clock.settle()
  expect(connection.state).toBe('open')
  expect(errors.map((error) => (error as Error).message)).toEqual(['listener', 'async listener'])
})

test('errors never show credentials or a query', async () => {
  const { errors } = connect({ otherwise: 'refuse' })
  await clock.settle()
  expect(lastError(errors).message).toContain(
    'no connection to ws://host/guests/alpha (1006, "nobody listens")',
  )
})
