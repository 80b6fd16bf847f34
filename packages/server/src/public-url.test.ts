import { expect, test } from 'vitest'
import { publicUrlOf } from './public-url.js'

test.each([
  ['https://example.com', 'https://example.com', 'example.com', 'wss://example.com'],
  ['https://Example.com/', 'https://example.com', 'example.com', 'wss://example.com'],
  ['https://example.com:443/guestool/', 'https://example.com', 'example.com', 'wss://example.com/guestool'],
  ['wss://example.com:8443/a/b', 'https://example.com:8443', 'example.com', 'wss://example.com:8443/a/b'],
  ['http://[::1]:80', 'http://[::1]', '[::1]', 'ws://[::1]'],
  ['ws://localhost:37103', 'http://localhost:37103', 'localhost', 'ws://localhost:37103'],
])('%s', (text, origin, name, url) => {
  expect(publicUrlOf(text)).toEqual({ origin, name, url })
})

test.each([
  '',
  'example.com',
  '/guestool',
  'ftp://example.com',
  'https://',
  'https://a b',
  'https://x?y',
  'https://x/#y',
])('%j is none', (text) => {
  expect(() => publicUrlOf(text)).toThrow(/write it as https:\/\/example\.com/)
})

test('a user name and a password are none of it, and not repeated', () => {
  expect(() => publicUrlOf('https://alpha:secret@example.com')).toThrow(/^(?!.*secret)/)
})
