import { afterEach, describe, expect, test, vi } from 'vitest'
import { newOpid, uuid4FromBytes } from './fresh-opid.js'
import { newOpid as newOpidOfBrowser } from './fresh-opid-plain.js'
import { form, isOpid } from './opid.js'

afterEach(() => {
  vi.unstubAllGlobals()
})

describe.each([
  ['of Node', newOpid],
  ['of a browser', newOpidOfBrowser],
])('a fresh opid %s', (_where, fresh) => {
  test('is a uuid4, and another one each time', () => {
    const opids = Array.from({ length: 1_000 }, fresh)
    expect(opids.filter((opid) => !isOpid(opid))).toEqual([])
    expect(new Set(opids).size).toBe(1_000)
  })

  test('has every digit at every place, and its dashes and its version', () => {
    const opids = Array.from({ length: 1_000 }, fresh)
    const seen = Array.from({ length: 36 }, (_, at) => new Set(opids.map((opid) => opid[at])).size)
    expect(seen).toEqual(Array.from(form, (character) => ({ x: 16, v: 4 })[character] ?? 1))
  })

  test('is one also where crypto.randomUUID is missing, as on plain-http pages', () => {
    const { crypto } = globalThis
    vi.stubGlobal('crypto', {
      getRandomValues: (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes),
    })
    const opids = Array.from({ length: 1_000 }, fresh)
    expect(opids.every(isOpid)).toBe(true)
    expect(new Set(opids).size).toBe(1_000)
  })
})

test('the bytes become a uuid4 whatever they are', () => {
  expect(uuid4FromBytes(new Uint8Array(16))).toBe('00000000-0000-4000-8000-000000000000')
  expect(uuid4FromBytes(new Uint8Array(16).fill(255))).toBe('ffffffff-ffff-4fff-bfff-ffffffffffff')
})
