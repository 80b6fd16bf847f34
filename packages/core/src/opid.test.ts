import { afterEach, expect, test, vi } from 'vitest'
import { isOpid, newOpid, uuid4FromBytes } from './opid.js'

afterEach(() => {
  vi.unstubAllGlobals()
})

test.each([
  ['8fcbe0f6-9175-4f64-a4ff-f7537338aab8', true],
  ['15DCD9B6-DE44-47C1-9CDC-AF28DD1B44E2', true],
  ['8fcbe0f6-9175-1f64-a4ff-f7537338aab8', false],
  ['8fcbe0f6-9175-4f64-c4ff-f7537338aab8', false],
  ['8fcbe0f691754f64a4fff7537338aab8', false],
  ['8fcbe0f6-9175-4f64-a4ff-f7537338aab8 ', false],
  ['8fcbe0f6-9175-4f64-a4ff-f7537338aab8\n', false],
  ['not-a-uuid', false],
  ['', false],
  [42, false],
  [null, false],
  [undefined, false],
])('isOpid(%j) is %s', (value, expected) => {
  expect(isOpid(value)).toBe(expected)
})

test('a fresh opid is a uuid4, and another one each time', () => {
  const opids = Array.from({ length: 1_000 }, newOpid)
  expect(opids.every(isOpid)).toBe(true)
  expect(new Set(opids).size).toBe(1_000)
})

test('also where crypto.randomUUID is missing, as on plain-http pages', () => {
  const { crypto } = globalThis
  vi.stubGlobal('crypto', {
    getRandomValues: (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes),
  })
  const opids = Array.from({ length: 1_000 }, newOpid)
  expect(opids.every(isOpid)).toBe(true)
  expect(new Set(opids).size).toBe(1_000)
})

test('the bytes become a uuid4 whatever they are', () => {
  expect(uuid4FromBytes(new Uint8Array(16))).toBe('00000000-0000-4000-8000-000000000000')
  expect(uuid4FromBytes(new Uint8Array(16).fill(255))).toBe('ffffffff-ffff-4fff-bfff-ffffffffffff')
})
