import { expect, test } from 'vitest'
import { tokenOf } from './credentials.js'

const token = 'Ab9-_.~x'
const base64 = (text: string) => Buffer.from(text).toString('base64')
const base64url = (text: string) => Buffer.from(text).toString('base64url')
const of = (headers: Record<string, string | string[]>, query = '') =>
  tokenOf({ url: `/join/alpha${query}`, headers, address: undefined })
const authorization = (text: string, query?: string) => of({ authorization: text }, query)
const offer = (text: string, query?: string) => of({ 'sec-websocket-protocol': text }, query)

test.each([
  ['Bearer', authorization(`Bearer ${token}`)],
  ['bearer, in any case of letters', authorization(`bEARER  ${token} `)],
  ['a URL’s userinfo', authorization(`Basic ${base64(`alpha:${token}`)}`)],
  ['the same in any case of letters', authorization(`basic ${base64(`alpha:${token}`)}`)],
  ['without padding', authorization(`Basic ${base64(`al:${token}`).replaceAll('=', '')}`)],
  ['a password alone', authorization(`Basic ${base64(`:${token}`)}`)],
  ['a user name alone', authorization(`Basic ${base64(`${token}:`)}`)],
  ['a subprotocol', offer(`guestool, bearer.${base64url(token)}`)],
  ['the only subprotocol', offer(`bearer.${base64url(token)}`)],
  [
    'a subprotocol in a header of its own',
    of({ 'sec-websocket-protocol': ['guestool', `bearer.${base64url(token)}`] }),
  ],
  ['a query', of({}, `?token=${token}`)],
  ['a query, percent-decoded', of({}, '?x=1&token=Ab9%2D_%2E~x&y')],
])('%s', (_, found) => {
  expect(found).toBe(token)
})

test('a password is everything after the first colon, not percent-decoded', () => {
  expect(authorization(`Basic ${base64('alpha:a:b%2Dc')}`)).toBe('a:b%2Dc')
})

test('in a query + is no space', () => {
  expect(of({}, '?token=a+b')).toBe('a+b')
})

const ways = (text: string) => [
  authorization(`Bearer ${text}`),
  authorization(`Basic ${base64(`a:${text}`)}`),
  offer(`guestool, bearer.${base64url(text)}`),
  of({}, `?token=${text}`),
]

test('a token of 512 characters is one, a longer one is none, by every way', () => {
  const longest = 'x'.repeat(512)
  expect(ways(longest)).toEqual([longest, longest, longest, longest])
  expect(ways(`${longest}x`)).toEqual([undefined, undefined, undefined, undefined])
})

test('the stronger way counts', () => {
  const all = {
    authorization: 'Bearer one',
    'sec-websocket-protocol': `guestool, bearer.${base64url('two')}`,
  }
  expect(of(all, '?token=three')).toBe('one')
  expect(offer(all['sec-websocket-protocol'], '?token=three')).toBe('two')
  expect(offer('guestool', '?token=three')).toBe('three')
})

test.each([
  ['no credential', of({})],
  ['another parameter', of({}, '?atoken=x&tokens=y&TOKEN=z&x=token=1')],
  ['the subprotocol alone', offer('guestool')],
])('%s: no token', (_, found) => {
  expect(found).toBeUndefined()
})

const weaker = '?token=weaker'

test.each([
  ['empty Authorization', authorization('', weaker)],
  ['another scheme', authorization(`Digest ${token}`, weaker)],
  ['no scheme', authorization(token, weaker)],
  ['no token after the scheme', authorization('Bearer ', weaker)],
  ['two tokens', authorization('Bearer a b', weaker)],
  ['two headers', of({ authorization: ['Bearer a', 'Bearer b'] }, weaker)],
  ['Basic that is no base64', authorization('Basic *', weaker)],
  ['Basic in the other alphabet', authorization(`Basic ${base64url('a:ÿ?')}`, weaker)],
  ['Basic without a colon', authorization(`Basic ${base64(token)}`, weaker)],
  ['Basic without anything', authorization(`Basic ${base64(':')}`, weaker)],
  ['Basic with a space', authorization(`Basic ${base64('a:b c')}`, weaker)],
  ['Basic with a control character', authorization(`Basic ${base64('a:b\r\nc')}`, weaker)],
  [
    'Basic that is no UTF-8',
    authorization(`Basic ${Buffer.from('a:\xff', 'latin1').toString('base64')}`, weaker),
  ],
  ['an empty subprotocol', offer('guestool, bearer.', weaker)],
  ['a subprotocol that is no base64url', offer('guestool, bearer.a*b', weaker)],
  ['a subprotocol with padding', offer(`guestool, bearer.${base64('a')}`, weaker)],
  ['two subprotocols', offer(`bearer.${base64url('a')}, bearer.${base64url('b')}`, weaker)],
  ['a token that is not ASCII', authorization('Bearer ключ', weaker)],
  ['a query twice', of({}, '?token=a&token=b')],
  ['an empty query', of({}, '?token=')],
  ['a query with a broken escape', of({}, '?token=%zz')],
  ['a query with a zero', of({}, '?token=a%00b')],
])('%s is there and cannot be read: no token, whatever else there is', (_, found) => {
  expect(found).toBeUndefined()
})
