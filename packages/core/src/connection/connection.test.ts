import { frame, opidOf, readFrame } from '@guestool/testing'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Dialling } from '../../test/dialling.js'
import { Failure, type GuestoolError } from '../errors.js'
import { revision1 } from '../revision/revision1.js'
import { revision2 } from '../revision/revision2.js'

let stage: Dialling

beforeEach(() => {
  stage = new Dialling()
})

afterEach(async () => {
  expect(await stage.leftovers()).toEqual([])
})

const lastError = (errors: unknown[]): GuestoolError => errors.at(-1) as GuestoolError

describe('opening', () => {
  test.each([
    [revision1, '/hello'],
    [revision2, '/greet/hello'],
  ])('revision $number: hello goes first, and it is open at the echo', async (revision, opnm) => {
    const { connection, peers, states } = stage.connect({ revision, echo: false })
    expect(connection.state).toBe('connecting')
    await stage.clock.settle()
    expect([connection.state, connection.session]).toEqual(['connecting', undefined])
    const hello = await peers[0]!.next()
    expect(readFrame(hello)).toMatchObject({ opnm, opct: {} })
    peers[0]!.send(hello)
    await stage.clock.settle()
    expect([connection.state, states]).toEqual(['open', ['open']])
    expect(connection.session?.revision).toBe(revision)
  })

  test('revision 1 takes 2 s of silence for consent', async () => {
    const { connection } = stage.connect({ echo: false })
    await stage.clock.advance(1_999)
    expect(connection.state).toBe('connecting')
    await stage.clock.advance(1)
    expect(connection.state).toBe('open')
  })

  test('revision 1 is open at the first valid frame, too', async () => {
    const { connection, peers } = stage.connect({ echo: false })
    await stage.clock.settle()
    peers[0]!.send(frame('11111111-2222-4333-8444-555555555555', '/event', { event: 'x' }))
    await stage.clock.settle()
    expect(connection.state).toBe('open')
  })

  test('revision 2 gives up after 10 s of silence, and dials again', async () => {
    const { connection, address, peers, errors } = stage.connect({ echo: false, revision: revision2 })
    await stage.clock.advance(9_999)
    expect([connection.state, address.dials]).toEqual(['connecting', 1])
    await stage.clock.advance(1)
    expect((await peers[0]!.ended).code).toBe(1006)
    expect(lastError(errors)).toMatchObject({
      code: 'connection_lost',
      message: expect.stringContaining('hello'),
    })
    await stage.clock.advance(500)
    expect(address.dials).toBe(2)
  })

  test('a socket that never opens is given up after 10 s', async () => {
    const { address } = stage.connect({ plan: ['hang'] })
    await stage.clock.advance(9_999)
    expect(address.dials).toBe(1)
    await stage.clock.advance(501)
    expect(address.dials).toBe(2)
  })

  test('a dial that throws is a loss like any other', async () => {
    const { connection, address, errors } = stage.connect({ plan: ['throw'] })
    await stage.clock.advance(500)
    expect([address.dials, connection.state]).toEqual([2, 'open'])
    // Nothing was dialled: no close code, and nothing to look for at the host.
    expect(lastError(errors)).toMatchObject({
      code: 'connection_lost',
      closeCode: undefined,
      message: 'no connection to ws://host/guests/alpha: this dial was planned to throw',
    })
  })
})

describe('waiting for a connection is a budget of its own', () => {
  test('connect_timeout says what was tried', async () => {
    const { connection } = stage.connect({ otherwise: 'refuse' })
    const seen: unknown[] = []
    void connection.opened(10_000, undefined).then((outcome) => seen.push(outcome))
    await stage.clock.advance(9_999)
    expect(seen).toEqual([])
    await stage.clock.advance(1)
    expect(seen[0]).toMatchObject({
      code: 'connect_timeout',
      text: expect.stringMatching(/ws:\/\/host\/guests\/alpha.*nobody listens.*10000 ms/),
    })
  })

  test('the minute of a call starts when it is sent', async () => {
    const { connection, address } = stage.connect({ plan: ['refuse', 'refuse', 'refuse'] })
    const opening = connection.opened(10_000, undefined)
    await stage.clock.advance(3_500)
    const session = await opening
    if (session instanceof Failure) throw new Error(session.text)
    const call = session.role.ask('info', 'time', {})
    await stage.clock.settle()
    const peer = address.pair.acceptor
    await stage.clock.advance(59_999)
    const request = address.pair.dialler.sent.at(-1)!
    peer.send(frame(opidOf(request), '/info', 'answer'))
    expect(await call).toBe('answer')
  })

  test('a signal ends it, before and during, and leaves no listener', async () => {
    const { connection } = stage.connect({ otherwise: 'refuse' })
    expect(await connection.opened(10_000, { signal: AbortSignal.abort() })).toMatchObject({
      code: 'aborted',
    })
    const controller = new AbortController()
    const added = vi.spyOn(controller.signal, 'addEventListener')
    const removed = vi.spyOn(controller.signal, 'removeEventListener')
    const waiting = connection.opened(10_000, { signal: controller.signal })
    await stage.clock.advance(2_000)
    controller.abort()
    expect(await waiting).toMatchObject({ code: 'aborted' })
    expect(removed.mock.calls.length).toBe(added.mock.calls.length)
  })

  test('a thousand callers that wait are served by one connection', async () => {
    const { connection, address } = stage.connect({ plan: ['refuse'] })
    const waiting = Array.from({ length: 1_000 }, () => connection.opened(10_000, undefined))
    await stage.clock.advance(500)
    const sessions = await Promise.all(waiting)
    expect(new Set(sessions)).toEqual(new Set([connection.session]))
    expect(address.dials).toBe(2)
  })
})

describe('loss', () => {
  test('1 000 calls in flight all settle, and no timer but that of the next dial is left', async () => {
    const { session, address } = await stage.opened()
    const calls = Array.from({ length: 1_000 }, () => session.role.ask('action', 'x', {}))
    await stage.clock.settle()
    address.pair.kill()
    const outcomes = await Promise.all(calls)
    expect(
      outcomes.every((outcome) => outcome instanceof Failure && outcome.code === 'connection_lost'),
    ).toBe(true)
    expect(outcomes[0]).toMatchObject({ details: { outcome: 'unknown', closeCode: 1006 } })
    expect([session.role.pending, stage.clock.timers]).toEqual([0, 1])
  })

  test('a reply to a request of the connection before is not accepted', async () => {
    const { connection, session, address } = await stage.opened()
    void session.role.ask('info', 'time', {})
    await stage.clock.settle()
    const request = address.pair.dialler.sent.at(-1)!
    address.pair.kill()
    await stage.clock.advance(500)
    address.pair.acceptor.send(frame(opidOf(request), '/info', 'late'))
    await stage.clock.settle()
    expect(connection.counts.unknown).toBe(1)
  })

  test('counts go on over connections', async () => {
    const { connection, address } = await stage.opened()
    address.pair.kill()
    await stage.clock.advance(500)
    expect(connection.counts).toMatchObject({ sent: 2, received: 2 })
  })
})

test('what a listener throws is an error event, and the connection goes on', async () => {
  const { connection, errors } = stage.connect()
  connection.events.on('state', () => {
    throw new Error('listener')
  })
  connection.events.on('state', async () => Promise.reject(new Error('async listener')))
  await stage.clock.settle()
  expect(connection.state).toBe('open')
  expect(errors.map((error) => (error as Error).message)).toEqual(['listener', 'async listener'])
})

test('errors never show credentials or a query', async () => {
  const { errors } = stage.connect({ otherwise: 'refuse' })
  await stage.clock.settle()
  expect(lastError(errors).message).toContain(
    'no connection to ws://host/guests/alpha (1006): nobody listens; is the host running there?',
  )
})
