import { opidOf } from '@guestool/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Dialling } from '../../test/dialling.js'
import type { GuestoolError } from '../errors.js'

let stage: Dialling

beforeEach(() => {
  stage = new Dialling()
})

afterEach(async () => {
  expect(await stage.leftovers()).toEqual([])
})

const lastError = (errors: unknown[]): GuestoolError => errors.at(-1) as GuestoolError

describe('backoff', () => {
  test('full jitter: drawn from 0 to base × 2ⁿ, at most the cap', async () => {
    const { address } = stage.connect({ otherwise: 'refuse' })
    for (const [dials, wait] of [
      [2, 500],
      [3, 1_000],
      [4, 2_000],
      [5, 4_000],
      [6, 8_000],
      [7, 15_000],
      [8, 15_000],
    ] as const) {
      await stage.clock.advance(wait - 1)
      expect(address.dials).toBe(dials - 1)
      await stage.clock.advance(1)
      expect(address.dials).toBe(dials)
    }
  })

  test('starts over after 10 s open, not before', async () => {
    const { address } = stage.connect({ plan: ['refuse', 'refuse', 'refuse'] })
    await stage.clock.advance(500 + 1_000 + 2_000)
    expect(address.dials).toBe(4)
    await stage.clock.advance(9_999)
    address.pair.kill()
    await stage.clock.advance(3_999)
    expect(address.dials).toBe(4)
    await stage.clock.advance(1)
    expect(address.dials).toBe(5)
    await stage.clock.advance(10_000)
    address.pair.kill()
    await stage.clock.advance(500)
    expect(address.dials).toBe(6)
  })

  test('a host that accepts and closes at once does not make it spin', async () => {
    const { address } = stage.connect({ otherwise: { code: 1011, reason: '' } })
    await stage.clock.advance(60_000)
    expect(address.dials).toBeLessThan(10)
  })
})

describe('which closes are dialled again', () => {
  test.each([1001, 1006, 1009, 1011, 1012, 1013, 4400, 4408, 4429, 4999])('%i: yes', async (code) => {
    const { connection, address, states } = await stage.opened()
    if (code === 1006) address.pair.kill()
    else address.pair.acceptor.close(code, 'why')
    await stage.clock.settle()
    expect(connection.state).toBe('reconnecting')
    await stage.clock.advance(500)
    expect([address.dials, connection.state, states]).toEqual([2, 'open', ['open', 'reconnecting', 'open']])
  })

  test.each([1000, 4401, 4403, 4404, 4409])('%i: no, and every later call says why', async (code) => {
    const { connection, address, errors, states } = await stage.opened()
    address.pair.acceptor.close(code, 'because')
    await stage.clock.advance(600_000)
    expect([address.dials, connection.state, states]).toEqual([1, 'closed', ['open', 'closed']])
    expect(lastError(errors)).toStrictEqual(connection.refusal)
    expect(connection.refusal).toMatchObject({ code: 'refused', closeCode: code, remote: true })
    expect(connection.refusal?.message).toContain(`${code}: because`)
    const outcome = await connection.opened(10_000, undefined)
    expect(outcome).toMatchObject({ code: 'refused', details: { closeCode: code } })
    expect(stage.clock.timers).toBe(0)
  })

  test('a refusal before it was ever open is told to who waits', async () => {
    const { connection } = stage.connect({ otherwise: { code: 4404, reason: 'no such guest' } })
    const outcome = await connection.opened(10_000, undefined)
    expect(outcome).toMatchObject({ code: 'refused', text: expect.stringContaining('no such guest') })
  })
})

describe('what a close without a reason tells', () => {
  const before = 'no connection to ws://host/guests/alpha'

  test.each([
    [1001, 'it is going away; wait'],
    [1006, 'is the host running there?'],
    [1009, 'a frame was too large; ask for less'],
    [1011, 'it failed; see its log'],
    [1012, 'it is restarting; wait'],
    [1013, 'this side reads too slowly, or it is full; ask for less, or wait'],
    [4400, 'it does not understand this side; check the URL'],
    [4408, 'hello came too late; is the network slow?'],
    [4429, 'too many connections or attempts; wait'],
    [4999, 'see its log'],
  ])('%i, to whoever listens and to whoever waits: %s', async (code, advice) => {
    const { connection, errors } = stage.connect({ otherwise: { code, reason: '' } })
    const outcome = await Promise.all([connection.opened(400, undefined), stage.clock.advance(400)])
    expect(outcome[0]).toMatchObject({
      code: 'connect_timeout',
      text: `${before} (${code}): ${advice} (waited 400 ms)`,
    })
    expect(errors).toMatchObject([
      { code: 'connection_lost', closeCode: code, message: `${before} (${code}): ${advice}` },
    ])
  })

  test.each([
    [1000, 'it is done; dial again only if you are sure'],
    [4401, 'the token is missing, wrong or over; get a fresh one'],
    [4403, 'this token does not allow it; get one that does'],
    [4404, 'no such path; guests join at /join/{id}, consoles ask at /guests/{id}'],
    [4409, 'another live guest holds this id; give each guest its own'],
  ])('%i, for good: %s', async (code, advice) => {
    const { connection, errors } = stage.connect({ otherwise: { code, reason: '' } })
    const message = `ws://host/guests/alpha closed the connection with ${code}: ${advice}`
    expect(await connection.opened(10_000, undefined)).toMatchObject({ code: 'refused', text: message })
    expect(errors).toMatchObject([{ code: 'refused', closeCode: code, message }])
  })

  test("and with one: the host's, which says what to do", async () => {
    const { errors } = stage.connect({ otherwise: { code: 4429, reason: 'too many; wait a minute' } })
    await stage.clock.settle()
    expect(lastError(errors).message).toBe(`${before} (4429): too many; wait a minute`)
  })

  test('of a lost connection the reason is the socket’s, which does not', async () => {
    const { errors } = stage.connect({ otherwise: 'refuse' })
    await stage.clock.settle()
    expect(lastError(errors).message).toBe(`${before} (1006): nobody listens; is the host running there?`)
  })
})

describe('liveness', () => {
  test('a host that answers pings stays', async () => {
    const { connection, address } = await stage.opened()
    await stage.clock.advance(300_000)
    expect([connection.state, address.dials]).toEqual(['open', 1])
    expect(address.pair.dialler.pings).toBeGreaterThan(5)
    expect(address.pair.dialler.sent).toHaveLength(1)
  })

  test('one that does not is given up after two misses, and dialled again', async () => {
    const { connection, address, errors } = await stage.opened()
    const { pair } = address
    pair.hold()
    await stage.clock.advance(49_000)
    expect(address.dials).toBe(1)
    await stage.clock.advance(12_000)
    expect([address.dials, connection.state]).toEqual([2, 'open'])
    expect(errors).toEqual([])
  })

  test('where there is no ping a fresh hello asks the same', async () => {
    const { connection, address } = await stage.opened({ pair: { ping: false } })
    await stage.clock.advance(300_000)
    expect([connection.state, address.dials]).toEqual(['open', 1])
    const hellos = address.pair.dialler.sent
    expect(hellos.length).toBeGreaterThan(5)
    expect(new Set(hellos.map(opidOf)).size).toBe(hellos.length)
    address.pair.hold()
    await stage.clock.advance(61_000)
    expect(address.dials).toBe(2)
  })

  test('any text proves life', async () => {
    const { peer, address } = await stage.opened()
    for (let i = 0; i < 20; i++) {
      await stage.clock.advance(15_000)
      peer.send('not even JSON')
    }
    expect(address.pair.dialler.pings).toBe(0)
  })
})
