import { expect, test } from 'vitest'
import { basePathOf, isEntrance, visitOf, type EntranceRequest, type EntranceRules } from './entrance.js'

const rules = {
  origins: new Set(['https://console.example']),
  names: new Set<string>(),
  basePath: '',
  localOnly: true,
}
const open = { ...rules, names: undefined, localOnly: false }
const request = (url: string, about: Partial<EntranceRequest> = {}): EntranceRequest => ({
  url,
  address: '127.0.0.1',
  ...about,
  headers: { host: 'localhost:37103', ...about.headers },
})
const codeOf = (url: string, about?: Partial<EntranceRequest>, by: EntranceRules = rules) => {
  const visit = visitOf(request(url, about), by)
  return 'refusal' in visit ? visit.refusal.code : visit
}

test.each([
  ['/join/alpha', 'alpha'],
  ['/join/alpha?token=x/y', 'alpha'],
  ['/join/A-9_.b', 'A-9_.b'],
  ['/join/_', '_'],
  ['/join/-', '-'],
  [`/join/${'x'.repeat(64)}`, 'x'.repeat(64)],
  ['/', undefined],
  ['/?token=x', undefined],
])('a guest joins at %s', (url, id) => {
  expect(codeOf(url)).toEqual({ role: 'guest', id })
})

test('a console asks at /guests/{id}', () => {
  expect(codeOf('/guests/alpha?x=1')).toEqual({ role: 'console', id: 'alpha' })
})

test('a console asks the hub at /guests', () => {
  expect(codeOf('/guests')).toEqual({ role: 'console', id: undefined })
  expect(codeOf('/guests?token=x')).toEqual({ role: 'console', id: undefined })
})

test.each([
  '/join',
  '/join/',
  '/join/.alpha',
  '/join/al%70ha',
  '/join/alpha/',
  '/join/a/b',
  '/join/../x',
  '/join/a b',
  '/join/机器人',
  '/join/a\n',
  `/join/${'x'.repeat(65)}`,
  '/join/__proto__/x',
  '/guests/',
  '/guests/.x',
  '/guests/a/info',
])('%j is not an id: 4400', (url) => {
  expect(codeOf(url)).toBe(4400)
})

test.each(['/joined/alpha', '/JOIN/alpha', '//join/alpha', '/nowhere', '', '*', 'http://x/join/a'])(
  '%j is no path of a host: 4404',
  (url) => {
    expect(codeOf(url)).toBe(4404)
  },
)

test('without an authenticator only this machine may connect: 4401', () => {
  expect(codeOf('/join/alpha', { address: '192.0.2.7' })).toBe(4401)
  expect(codeOf('/guests/alpha', { address: '::ffff:192.0.2.7' })).toBe(4401)
  expect(codeOf('/join/alpha', { address: '192.0.2.7' }, open)).toMatchObject({ id: 'alpha' })
  for (const address of ['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1', undefined])
    expect(codeOf('/join/alpha', { address })).toMatchObject({ id: 'alpha' })
})

const foreign = { headers: { origin: 'https://evil.example' } }

test('a foreign page is 4403, and a console is told so by HTTP', () => {
  expect(visitOf(request('/join/alpha', foreign), rules)).toMatchObject({
    refusal: { code: 4403 },
    asPage: false,
  })
  expect(visitOf(request('/guests/alpha', foreign), rules)).toMatchObject({
    refusal: { code: 4403 },
    asPage: true,
  })
  expect(visitOf(request('/guests/alpha', foreign), open)).toMatchObject({ asPage: true })
})

test('what is wrong with a path is said by a close code, whoever asks', () => {
  expect(visitOf(request('/nowhere', foreign), rules)).toMatchObject({
    refusal: { code: 4404 },
    asPage: false,
  })
  expect(visitOf(request('/guests/.x'), rules)).toMatchObject({ refusal: { code: 4400 }, asPage: false })
})

test('reasons fit in a close frame and say what to do', () => {
  const requests = [
    request('/nowhere'),
    request('/join/.x'),
    request('/join/x', foreign),
    request('/join/x', { headers: { host: 'evil.example' } }),
    request('/join/x', { address: '192.0.2.7' }),
  ]
  for (const each of requests) {
    const visit = visitOf(each, rules)
    const reason = 'refusal' in visit ? visit.refusal.reason : ''
    expect(Buffer.byteLength(reason)).toBeGreaterThan(20)
    expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(123)
  }
})

test('beside other things on a server only /join and /guests are a host’s', () => {
  const ours = ['/join/alpha', '/join', '/join/%', '/guests', '/guests/a?b']
  expect(ours.map((url) => isEntrance(url, ''))).toEqual(ours.map(() => true))
  const others = ['/', '/?x=/join/a', '/joined', '/guestsx/a', '/api/join/a']
  expect(others.map((url) => isEntrance(url, ''))).toEqual(others.map(() => false))
})

const below = { ...rules, basePath: '/guestool' }

test.each([
  ['/guestool/join/alpha', { role: 'guest', id: 'alpha' }],
  ['/guestool/join/alpha?token=x', { role: 'guest', id: 'alpha' }],
  ['/guestool/', { role: 'guest', id: undefined }],
  ['/guestool', { role: 'guest', id: undefined }],
  ['/guestool?token=x', { role: 'guest', id: undefined }],
  ['/guestool/guests', { role: 'console', id: undefined }],
  ['/guestool/guests/alpha', { role: 'console', id: 'alpha' }],
  ['/guestool/join/.x', 4400],
  ['/join/alpha', 4404],
  ['/', 4404],
  ['/guestool/guestool/join/alpha', 4404],
  ['/guestoolx/join/alpha', 4404],
  ['/guestool//join/alpha', 4404],
  ['/GUESTOOL/join/alpha', 4404],
  ['/guesto%6fl/join/alpha', 4404],
  ['/x/../guestool/join/alpha', 4404],
])('below the base path /guestool, %s', (url, expected) => {
  expect(codeOf(url, {}, below)).toEqual(expected)
})

test('below a base path, and beside other things, /guestool/join and /guestool/guests are a host’s', () => {
  const ours = ['/guestool/join/alpha', '/guestool/join', '/guestool/guests?x']
  expect(ours.map((url) => isEntrance(url, '/guestool'))).toEqual(ours.map(() => true))
  const others = ['/join/alpha', '/guestool', '/guestool/', '/guestool/x', '/guestoolx/join/a']
  expect(others.map((url) => isEntrance(url, '/guestool'))).toEqual(others.map(() => false))
})

test('a path outside the base path is told where to go', () => {
  const visit = visitOf(request('/join/alpha'), below)
  expect('refusal' in visit && visit.refusal.reason).toBe(
    'no such path: below /guestool guests join at /join/{id}, consoles ask at /guests or /guests/{id}',
  )
})

test('the option basePath', () => {
  expect(['/', '', '/guestool', '/guestool/', '/a/b-c_d~e.f/'].map(basePathOf)).toEqual([
    '',
    '',
    '/guestool',
    '/guestool',
    '/a/b-c_d~e.f',
  ])
  for (const path of [
    'guestool',
    '//',
    '/a//b',
    '/a b',
    '/a?b',
    '/a#b',
    '/%61',
    '/..',
    '/a/../b',
    '/.a',
    'http://x/a',
  ])
    expect(() => basePathOf(path)).toThrow(/write it as \/guestool/)
})
