import { expect, test, vi } from 'vitest'
import { identify, type Authenticate, type Visitor } from './authentication.js'
import type { Visit } from './entrance.js'
import { hello, hostStage } from './stage.test.kit.js'

const request = {
  url: '/join/alpha?token=a%20b',
  headers: { authorization: 'Bearer x', host: 'hub.example' },
  address: '192.0.2.7',
}
const alpha: Visit = { role: 'guest', id: 'alpha' }
const anyone: Visit = { role: 'guest', id: undefined }
const aConsole: Visit = { role: 'console', id: 'alpha' }

async function outcome(authenticate: Authenticate, visit: Visit) {
  const errors: unknown[] = []
  const identity = await identify(authenticate, request, visit, (error) => errors.push(error))
  return { identity, errors }
}

test('it is asked with what a request says of itself, nothing decoded', async () => {
  let asked: Visitor | undefined
  await outcome((visitor) => {
    asked = visitor
    return undefined
  }, alpha)
  expect(asked).toEqual({
    role: 'guest',
    id: 'alpha',
    path: '/join/alpha',
    query: 'token=a%20b',
    headers: request.headers,
    address: '192.0.2.7',
  })
})

test.each<[string, Authenticate, Visit, unknown]>([
  ['a guest', () => ({ role: 'guest', id: 'alpha' }), alpha, { role: 'guest', id: 'alpha' }],
  ['a promise', async () => ({ role: 'console' }), aConsole, { role: 'console' }],
  ['at /, the principal says the id', () => ({ role: 'guest', id: 'b' }), anyone, { role: 'guest', id: 'b' }],
  ['nobody', () => undefined, alpha, { code: 4401 }],
  ['nobody, later', async () => undefined, aConsole, { code: 4401 }],
  ['another guest', () => ({ role: 'guest', id: 'beta' }), alpha, { code: 4403 }],
  ['a guest that asks', () => ({ role: 'guest', id: 'alpha' }), aConsole, { code: 4403 }],
  ['a console that joins', () => ({ role: 'console' }), alpha, { code: 4403 }],
])('%s', async (_, authenticate, visit, expected) => {
  const { identity, errors } = await outcome(authenticate, visit)
  expect(identity).toMatchObject(expected as object)
  expect(errors).toEqual([])
})

test.each<[string, Authenticate]>([
  [
    'throws',
    () => {
      throw new Error('no database')
    },
  ],
  ['rejects', () => Promise.reject(new Error('no database'))],
  ['gives an id that is none', () => ({ role: 'guest', id: '../x' })],
])('one that %s refuses and is reported', async (_, authenticate) => {
  const { identity, errors } = await outcome(authenticate, anyone)
  expect(identity).toMatchObject({ code: 4401 })
  expect(errors).toHaveLength(1)
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
  expect(await bad.ended).toMatchObject({ code: 4401 })
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
