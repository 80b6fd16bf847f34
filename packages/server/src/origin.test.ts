import { expect, test } from 'vitest'
import { foreignPage, nameSet, originSet, type OriginRules } from './origin.js'

const allowed = new Set(['https://console.example'])
const local: OriginRules = { origins: allowed, names: new Set(), localOnly: true }
const open: OriginRules = { origins: allowed, names: undefined, localOnly: false }
const named: OriginRules = { ...open, names: nameSet(['Hub.example', 'other.example:8443']) }
const from = (host: string | undefined, origin?: string, rules = local) =>
  foreignPage({ url: '/join/alpha', address: '127.0.0.1', headers: { host, origin } }, rules) === undefined

test.each([
  'localhost',
  'localhost:37103',
  'LOCALHOST:1',
  '127.0.0.1',
  '127.0.0.1:37103',
  '[::1]',
  '[::1]:37103',
])('an unauthenticated host is called %s', (host) => {
  expect(from(host)).toBe(true)
})

// A page whose name resolves to 127.0.0.1 is of the same origin for its browser, and the name gives it away.
test.each([
  'evil.example',
  'evil.example:37103',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  'xlocalhost',
  '192.168.0.7',
  '[::2]',
  '0.0.0.0',
  '',
  undefined,
])('an unauthenticated host is not called %j', (host) => {
  expect(from(host)).toBe(false)
  expect(from(host, `http://${host}`)).toBe(false)
  expect(from(host, 'https://console.example')).toBe(false)
  // With an authenticator the name is free.
  expect(from(host, undefined, open)).toBe(true)
})

test('no origin, the same one and a listed one may connect', () => {
  expect(from('localhost:37103')).toBe(true)
  expect(from('localhost:37103', 'http://localhost:37103')).toBe(true)
  expect(from('LOCALHOST:37103', 'http://localhost:37103')).toBe(true)
  expect(from('[::1]:37103', 'http://[::1]:37103')).toBe(true)
  expect(from('localhost:37103', 'https://console.example')).toBe(true)
  expect(from('hub.example', 'https://hub.example', open)).toBe(true)
})

test.each([
  'null',
  '',
  'https://evil.example',
  'http://localhost:5173',
  'http://localhost',
  'https://console.example.evil.example',
  'http://console.example',
  'https://console.example:8443',
  'file://',
  'localhost:37103',
])('Origin %j may not connect, authenticator or not', (origin) => {
  expect(from('localhost:37103', origin)).toBe(false)
  expect(from('localhost:37103', origin, open)).toBe(false)
})

test.each([
  '*',
  'console.example',
  'https://console.example/',
  'https://console.example/x',
  'null',
  'HTTPS://X.example',
])('the option origins does not take %j', (origin) => {
  expect(() => originSet([origin])).toThrow(/is not an origin; write it as https:\/\//)
})

test('the option origins takes origins', () => {
  expect(originSet(['https://console.example', 'http://localhost:5173']).size).toBe(2)
})

test.each([
  'hub.example',
  'HUB.example:8080',
  'other.example:8443',
  'localhost:1',
  '127.0.0.1',
  '[::1]:37103',
])('a host with a list of names is called %s', (host) => {
  expect(from(host, undefined, named)).toBe(true)
  expect(from(host, undefined, { ...local, names: named.names })).toBe(true)
})

test.each([
  'evil.example',
  'other.example',
  'other.example:443',
  'hub.example.evil.example',
  'xhub.example',
  '',
  undefined,
])('a host with a list of names is not called %j', (host) => {
  expect(from(host, undefined, named)).toBe(false)
  expect(from(host, 'https://console.example', named)).toBe(false)
})

test('an origin without a host is not that of a request without one', () => {
  expect(from('', 'file://', open)).toBe(false)
})

const about = (rules: OriginRules) =>
  foreignPage({ url: '/guests', address: '127.0.0.1', headers: { host: 'evil.example' } }, rules)

test('a name that is none of a host’s is told so', () => {
  expect(about(named)).toBe('this Host is none of this host\'s names; its option "hosts" can allow it')
  expect(about(local)).toBe(
    'without "authenticate", Host must be localhost, 127.0.0.1 or [::1], or one of the option "hosts"',
  )
})

test.each([
  '',
  'https://hub.example',
  'hub.example/',
  'hub.example/x',
  'a b',
  '*',
  '*.example',
  'hub.example:',
  'hub.example:x',
  '::1',
  'a@b',
])('the option hosts does not take %j', (host) => {
  expect(() => nameSet([host])).toThrow(/is no name of a host; write it as hub\.example/)
})

test('the option hosts takes names, with ports or without', () => {
  expect([...nameSet(['Hub.example', 'hub.example:80', 'a:8443', '192.0.2.7', '[2001:db8::1]:1'])]).toEqual([
    'hub.example',
    'hub.example:80',
    'a:8443',
    '192.0.2.7',
    '[2001:db8::1]:1',
  ])
})
