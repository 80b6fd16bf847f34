import { expect, test, vi } from 'vitest'
import { VirtualClock } from '@guestool/testing'
import { Door, type Authenticate, type Visitor } from './authentication.js'
import type { Visit } from './entrance.js'
import { hello, hostStage } from './stage.test.kit.js'

const request = {
  url: '/join/alpha?token=a%2Db',
  headers: { authorization: 'Bearer secret-x', host: 'hub.example' },
  address: '192.0.2.7',
}
const alpha: Visit = { role: 'guest', id: 'alpha' }
const anyone: Visit = { role: 'guest', id: undefined }
const aConsole: Visit = { role: 'console', id: 'alpha' }

async function outcome(authenticate: Authenticate, visit: Visit) {
  const errors: unknown[] = []
  const door = new Door(authenticate, new VirtualClock())
  const identity = await door.identify(request, visit, (error) => errors.push(error))
  return { identity, errors }
}

test('it is asked with what a request says of itself, nothing decoded but the token', async () => {
  let asked: Visitor | undefined
  await outcome((visitor) => {
    asked = visitor
    return undefined
  }, alpha)
  expect(asked).toEqual({
    role: 'guest',
    id: 'alpha',
    path: '/join/alpha',
    token: 'secret-x',
    query: 'token=a%2Db',
    headers: request.headers,
    address: '192.0.2.7',
  })
})

const readOnly = { role: 'console', guests: '*', actions: false, admin: false }
const closed = (code: number) => ({ code, reason: expect.any(String) })
const refused = { code: 4429, reason: 'come back tomorrow' }

test.each<[string, Authenticate, Visit, unknown]>([
  ['a guest', () => ({ role: 'guest', id: 'alpha' }), alpha, { role: 'guest', id: 'alpha' }],
  ['a promise', async () => ({ role: 'console' }), aConsole, readOnly],
  ['a console of the hub', () => ({ role: 'console' }), { role: 'console', id: undefined }, readOnly],
  [
    'what a console may do',
    () => ({ role: 'console', guests: 'team-*,beta', actions: true }),
    aConsole,
    { role: 'console', guests: 'team-*,beta', actions: true, admin: false },
  ],
  [
    'an admin',
    () => ({ role: 'console', admin: true }),
    aConsole,
    { role: 'console', guests: '*', actions: false, admin: true },
  ],
  ['at /, the principal says the id', () => ({ role: 'guest', id: 'b' }), anyone, { role: 'guest', id: 'b' }],
  ['nobody', () => undefined, alpha, closed(4401)],
  ['nobody, later', async () => undefined, aConsole, closed(4401)],
  ['a refusal', () => refused, alpha, refused],
  ['a refusal, later', async () => refused, aConsole, refused],
  ['another guest', () => ({ role: 'guest', id: 'beta' }), alpha, closed(4403)],
  ['a guest that asks', () => ({ role: 'guest', id: 'alpha' }), aConsole, closed(4403)],
  ['a console that joins', () => ({ role: 'console' }), alpha, closed(4403)],
])('%s', async (_, authenticate, visit, expected) => {
  const { identity, errors } = await outcome(authenticate, visit)
  expect(identity).toEqual(expected)
  expect(errors).toEqual([])
})

/** What is no verdict, as a program without types may give it. */
const saying = (verdict: unknown) => (): any => verdict

test.each<[string, Authenticate, Visit]>([
  [
    'throws',
    () => {
      throw new Error('no database')
    },
    anyone,
  ],
  ['rejects', () => Promise.reject(new Error('no database')), anyone],
  ['gives an id that is none', () => ({ role: 'guest', id: '../x' }), anyone],
  ['gives no id', saying({ role: 'guest' }), anyone],
  ['gives a broken pattern', () => ({ role: 'console', guests: 'a b' }), aConsole],
  ['gives an empty pattern', () => ({ role: 'console', guests: '' }), aConsole],
  ['gives null for a pattern', saying({ role: 'console', guests: null }), aConsole],
  ['gives a list for a pattern', saying({ role: 'console', guests: ['a'] }), aConsole],
  ['gives a text for actions', saying({ role: 'console', actions: 'no' }), aConsole],
  ['gives another role', saying({ role: 'admin' }), aConsole],
  ['gives true', saying(true), aConsole],
  ['refuses with 1000', () => ({ code: 1000, reason: 'bye' }), aConsole],
  ['refuses with 4000', () => ({ code: 4000, reason: 'bye' }), aConsole],
  ['refuses with 4401.5', () => ({ code: 4401.5, reason: 'bye' }), aConsole],
  ['refuses without a reason', saying({ code: 4401 }), aConsole],
])('one that %s is reported, and may be tried again', async (_, authenticate, visit) => {
  const { identity, errors } = await outcome(authenticate, visit)
  // 4401 would send away for good a guest that has done nothing wrong.
  expect(identity).toEqual({ code: 1011, reason: 'this host cannot authenticate now; try again later' })
  expect(errors).toHaveLength(1)
})

test.each<[string, Authenticate]>([
  ['refuses', ({ token }) => ({ code: 4403, reason: `${token} is not on the list` })],
  ['takes the token for an id', ({ token = '' }) => ({ role: 'guest', id: `${token}!` })],
  ['takes the token for a pattern', ({ token = '' }) => ({ role: 'console', guests: `${token}!` })],
])('the token of one that %s is in no reason and no error', async (_, authenticate) => {
  const { identity, errors } = await outcome(authenticate, anyone)
  expect(JSON.stringify([identity, errors.map(String)])).not.toContain('secret-x')
  expect(JSON.stringify([identity, errors.map(String)])).toContain('…')
})

test('whoever is refused hears it without saying hello', async () => {
  const stage = hostStage({ authenticate: () => undefined })
  for (const path of ['/join/alpha', '/', '/guests/alpha']) {
    const peer = stage.peer(path)
    expect(await peer.ended).toMatchObject({ code: 4401 })
  }
  expect(stage.errors).toEqual([])
  expect(await stage.leftovers()).toEqual([])
})

test('hello is not answered before the authentication is over', async () => {
  const pass: (() => void)[] = []
  const stage = hostStage({
    authenticate: ({ id }) =>
      new Promise((resolve) => pass.push(() => resolve({ role: 'guest', id: id ?? 'made-up' }))),
  })
  const peer = stage.peer('/')
  const echo = hello(peer)
  await stage.clock.advance(5_000)
  expect(peer.received).toEqual([])
  pass[0]?.()
  await echo
  await stage.clock.settle()
  expect(stage.host.guests.map(({ id }) => id)).toEqual(['made-up'])
  expect(await stage.leftovers()).toEqual([])
})

test('one that never answers holds a socket for ten seconds', async () => {
  const stage = hostStage({ authenticate: () => new Promise(() => undefined) })
  const peer = stage.peer('/join/alpha')
  void hello(peer).catch(() => undefined)
  await stage.clock.advance(9_999)
  expect(stage.pair.dialler.over).toBeUndefined()
  await stage.clock.advance(1)
  // An authentication that hangs is the host's fault: a guest is to try again.
  expect(stage.pair.dialler.over).toMatchObject({ code: 1011 })
  expect(await stage.leftovers()).toEqual([])
})

test('one that never answers leaves nothing when the host is closed', async () => {
  const stage = hostStage({ authenticate: () => new Promise(() => undefined) })
  stage.peer('/join/alpha')
  await stage.clock.settle()
  expect(await stage.leftovers()).toEqual([])
})

test('one that throws does not hurt the host', async () => {
  const authenticate = vi.fn(({ id }: Visitor) => {
    if (id === 'bad') throw new Error('no database')
    return { role: 'guest', id: id ?? '' } as const
  })
  const stage = hostStage({ authenticate })
  const bad = stage.peer('/join/bad')
  expect(await bad.ended).toMatchObject({ code: 1011 })
  expect(stage.errors).toEqual([new Error('no database')])
  await stage.guest('good')
  expect(stage.log).toEqual(['guest good'])
  expect(await stage.leftovers()).toEqual([])
})

test('with an authenticator other machines and names may connect', async () => {
  const stage = hostStage({ authenticate: ({ id }) => ({ role: 'guest', id: id ?? '' }) })
  await stage.guest('alpha', 1, { address: '192.0.2.7', headers: { host: 'hub.example' } })
  expect(stage.host.guest('alpha')?.address).toBe('192.0.2.7')
  expect(await stage.leftovers()).toEqual([])
})

test('an attempt that fails is one of its address, and none other’s', async () => {
  const authenticate = vi.fn(({ token }: Visitor) =>
    token === 'right' ? ({ role: 'console' } as const) : undefined,
  )
  const clock = new VirtualClock()
  const door = new Door(authenticate, clock)
  const attempt = (token: string, address = '192.0.2.7', visit = aConsole) =>
    door.identify(
      { url: '/', headers: { authorization: `Bearer ${token}` }, address },
      visit,
      () => undefined,
    )
  for (let failed = 0; failed < 9; failed++) expect(await attempt('wrong')).toMatchObject({ code: 4401 })
  expect(await attempt('right')).toMatchObject({ role: 'console' })
  // The right token at the wrong door.
  expect(await attempt('right', '192.0.2.7', alpha)).toMatchObject({ code: 4403 })
  const asked = authenticate.mock.calls.length
  expect(await attempt('right')).toEqual({
    code: 4429,
    reason: 'too many failed attempts from this address; wait a minute, then try again with a valid token',
  })
  expect(authenticate).toHaveBeenCalledTimes(asked)
  expect(await attempt('right', '192.0.2.8')).toMatchObject({ role: 'console' })
  await clock.advance(5_999)
  expect(await attempt('right')).toMatchObject({ code: 4429 })
  await clock.advance(1)
  expect(await attempt('right')).toMatchObject({ role: 'console' })
  expect(await attempt('wrong')).toMatchObject({ code: 4401 })
  expect(await attempt('right')).toMatchObject({ code: 4429 })
})

test('of many guesses at the same time no more than ten are told from one another', async () => {
  const door = new Door(
    async ({ token }) => (token === 'right' ? { role: 'console' } : undefined),
    new VirtualClock(),
  )
  const guesses = Array.from({ length: 40 }, (_, i) => (i === 30 ? 'right' : 'wrong'))
  const outcomes = await Promise.all(
    guesses.map((guess) =>
      door.identify({ ...request, headers: { authorization: `Bearer ${guess}` } }, aConsole, () => undefined),
    ),
  )
  expect(outcomes.slice(0, 10)).toEqual(outcomes.slice(0, 10).map(() => closed(4401)))
  expect(outcomes.slice(10)).toEqual(outcomes.slice(10).map(() => closed(4429)))
})

test.each<[string, Authenticate]>([
  ['an authenticator that fails', () => Promise.reject(new Error('no database'))],
  ['a refusal with another code', () => ({ code: 4429, reason: 'come back tomorrow' })],
  ['success', () => ({ role: 'console' })],
])('%s is no failed attempt', async (_, authenticate) => {
  const door = new Door(authenticate, new VirtualClock())
  const first = await door.identify(request, aConsole, () => undefined)
  for (let i = 0; i < 20; i++) expect(await door.identify(request, aConsole, () => undefined)).toEqual(first)
})
