import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Dialling } from '../../test/dialling.js'
import type { GuestoolError } from '../errors.js'

const secret = 's3cret-Token'

let stage: Dialling

beforeEach(() => {
  stage = new Dialling()
})

afterEach(async () => {
  expect(await stage.leftovers()).toEqual([])
})

/** What errors say, with all that hangs on them. */
const shown = (errors: unknown[]): string => errors.map((error) => inspect(error, { depth: 10 })).join('\n')

describe('a text', () => {
  test('goes to the dial at once, and to every later one', async () => {
    const { connection, tokens, address } = stage.connect({ token: secret })
    expect(tokens).toEqual([secret])
    await stage.clock.settle()
    expect(connection.state).toBe('open')
    address.pair.kill()
    await stage.clock.advance(500)
    expect(tokens).toEqual([secret, secret])
  })

  test('none is none', async () => {
    const { tokens } = await stage.opened()
    expect(tokens).toEqual([undefined])
  })

  test.each(['', ' ', 'x'.repeat(513), 'two words', 'line\n', 'pässword', 'ключ', '\u0000', 7, null, {}])(
    '%j is none, said early and not shown',
    (token) => {
      const connect = () => stage.connect({ token: token as string })
      expect(connect).toThrow(TypeError)
      expect(connect).toThrow('the option token is no token')
      expect(connect).not.toThrow(/two|line|ssword|ключ/)
    },
  )

  test('4401 is for good: the same one never helps', async () => {
    const { connection, tokens } = stage.connect({ token: secret, otherwise: { code: 4401, reason: '' } })
    await stage.clock.advance(600_000)
    expect([connection.state, tokens]).toEqual(['closed', [secret]])
    expect(connection.refusal?.message).toContain(
      '4401: the token is missing, wrong or over; get a fresh one',
    )
  })
})

describe('a function', () => {
  test('is asked again at each dial', async () => {
    let asked = 0
    const { connection, tokens, address } = stage.connect({
      token: () => `token-${++asked}`,
      plan: ['refuse'],
    })
    await stage.clock.advance(499)
    expect([asked, tokens]).toEqual([1, ['token-1']])
    await stage.clock.advance(1)
    expect([connection.state, tokens]).toEqual(['open', ['token-1', 'token-2']])
    address.pair.kill()
    await stage.clock.advance(1_000)
    expect([connection.state, tokens]).toEqual(['open', ['token-1', 'token-2', 'token-3']])
  })

  test('may take its time; what is dialled after it has all of its own', async () => {
    const { connection, clock, address, token } = slow({ plan: ['hang'] })
    await clock.advance(9_000)
    expect([address.dials, connection.state]).toEqual([0, 'connecting'])
    token.resolve(secret)
    await clock.advance(9_999)
    expect(address.dials).toBe(1)
    await clock.advance(501)
    expect([address.dials, connection.state]).toEqual([2, 'open'])
  })

  const noToken = 'no connection to ws://host/guests/alpha: the token function gave no token'

  test.each<[string, () => unknown, string]>([
    ['throws', () => JSON.parse(secret), 'the token function failed'],
    ['rejects', () => Promise.reject(new Error(`not ${secret}`)), 'the token function failed'],
    ['throws what is no error', () => Promise.reject(secret), 'the token function failed'],
    ['gives nothing', () => undefined, noToken],
    ['gives an empty text', () => Promise.resolve(''), noToken],
    ['gives a line break with it', () => `${secret}\n`, noToken],
    ['gives an object', () => ({ token: secret }), noToken],
  ])('that %s is a loss that says so, and is asked again', async (_, fail, text) => {
    let asked = 0
    const { connection, tokens, errors } = stage.connect({
      token: () => (++asked < 3 ? (fail() as string) : secret),
    })
    await stage.clock.settle()
    expect([asked, connection.state, tokens]).toEqual([1, 'connecting', []])
    expect(errors).toMatchObject([
      {
        name: 'GuestoolError',
        code: 'connection_lost',
        outcome: 'never_sent',
        closeCode: undefined,
        message: expect.stringContaining(text),
      },
    ])
    const waiting = connection.opened(400, undefined)
    await stage.clock.advance(400)
    expect(await waiting).toMatchObject({ code: 'connect_timeout', text: expect.stringContaining(text) })
    await stage.clock.advance(99)
    expect(asked).toBe(1)
    await stage.clock.advance(1)
    expect(asked).toBe(2)
    await stage.clock.advance(1_000)
    expect([asked, connection.state, tokens]).toEqual([3, 'open', [secret]])
    // Nor is it the host's fault.
    expect(shown(errors)).not.toMatch(/cret|running there/)
  })

  test('that never settles is asked again after 10 s; what it gives later is not dialled with', async () => {
    const { connection, clock, tokens, errors, token } = slow()
    await clock.advance(9_999)
    expect(errors).toEqual([])
    await clock.advance(1)
    expect(errors).toMatchObject([
      { message: expect.stringContaining('the token function gave nothing in time') },
    ])
    token.resolve('too late')
    await clock.advance(500)
    expect([connection.state, tokens]).toEqual(['open', [secret]])
  })

  test.each(['resolve', 'reject'] as const)(
    'a connection that is closed meanwhile is closed at once, and dials no more: %s',
    async (settle) => {
      const { connection, clock, tokens, errors, token } = slow()
      await clock.advance(1_000)
      const waiting = connection.opened(10_000, undefined)
      await connection.close()
      expect(clock.timers).toBe(0)
      expect(await waiting).toMatchObject({ code: 'closed' })
      token[settle](secret)
      await clock.advance(600_000)
      expect([connection.state, tokens, errors]).toEqual(['closed', [], []])
    },
  )

  test('may itself close the connection', async () => {
    let again = false
    const token = (): string => {
      if (again) void connection.close()
      again = true
      return secret
    }
    const { connection, tokens, address } = await stage.opened({ token })
    address.pair.kill()
    await stage.clock.advance(600_000)
    expect([connection.state, tokens]).toEqual(['closed', [secret]])
  })

  test('4401: asked for a fresh one, once', async () => {
    let asked = 0
    const { connection, tokens, errors } = stage.connect({
      token: () => `token-${++asked}`,
      otherwise: { code: 4401, reason: '' },
    })
    await stage.clock.advance(600_000)
    expect([connection.state, tokens]).toEqual(['closed', ['token-1', 'token-2']])
    expect(errors.map((error) => (error as GuestoolError).code)).toEqual(['connection_lost', 'refused'])
  })

  test('4401: once more when it was open in between', async () => {
    let asked = 0
    const { connection, tokens, address } = stage.connect({
      token: () => `token-${++asked}`,
      plan: [{ code: 4401, reason: '' }],
    })
    await stage.clock.advance(1_000)
    expect(connection.state).toBe('open')
    address.pair.acceptor.close(4401, 'the token is over')
    await stage.clock.advance(5_000)
    expect([connection.state, tokens]).toEqual(['open', ['token-1', 'token-2', 'token-3']])
  })

  test('4401: the fresh one is still to come when asking for it failed first', async () => {
    const given = ['old', '', 'old']
    const { connection, tokens } = stage.connect({
      token: () => given.shift() ?? 'another',
      otherwise: { code: 4401, reason: '' },
    })
    await stage.clock.advance(600_000)
    expect([connection.state, tokens]).toEqual(['closed', ['old', 'old']])
  })
})

describe('is never shown', () => {
  test('where the peer or the dial says it', async () => {
    const refused = stage.connect({ token: secret, otherwise: { code: 4403, reason: `${secret} may not` } })
    const lost = stage.connect({
      token: () => secret,
      otherwise: { code: 4429, reason: `${secret}, ${secret}` },
    })
    const thrown = stage.connect({
      token: secret,
      dial: (_, token) => {
        throw new Error(`cannot dial with ${token}`)
      },
    })
    const open = await stage.opened({ token: secret })
    const call = open.session.role.ask('action', 'x', {})
    open.address.pair.acceptor.close(1011, `failed: ${secret}`)
    await stage.clock.settle()
    const errors = [
      ...refused.errors,
      ...lost.errors,
      ...thrown.errors,
      refused.connection.refusal,
      await call,
    ]
    expect(errors.map(String)).toEqual([
      expect.stringContaining('4403: … may not'),
      expect.stringContaining('…, …'),
      expect.stringContaining('cannot dial with …'),
      expect.stringContaining('4403: … may not'),
      expect.anything(),
    ])
    expect(shown(errors)).toContain('failed: …')
    expect(shown(errors)).not.toContain(secret)
  })

  test('in the connection itself', async () => {
    const { connection } = await stage.opened({ token: () => secret })
    const text = inspect(connection, { depth: 10, showHidden: true }) + JSON.stringify(connection)
    expect(text).toContain('Connection')
    expect(text).not.toContain(secret)
  })
})

const unset = (): void => {}

/** A token that comes when the test says so; every later one at once. */
function slow(setup: { plan?: 'hang'[] } = {}) {
  const token: Record<'resolve' | 'reject', (value: string) => void> = { resolve: unset, reject: unset }
  const first = new Promise<string>((resolve, reject) => Object.assign(token, { resolve, reject }))
  let asked = 0
  const all = stage.connect({ ...setup, token: () => (++asked === 1 ? first : secret) })
  return { ...all, clock: stage.clock, token }
}
