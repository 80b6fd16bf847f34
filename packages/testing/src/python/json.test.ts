import { readdirSync, readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { pyDumps, PyFloat, pyFloat, pyLoads } from './json.js'

const folder = new URL('../recordings/', import.meta.url)

test('every frame that the Python guest ever sent reads and writes back byte for byte', () => {
  let frames = 0
  for (const file of readdirSync(folder)) {
    for (const line of readFileSync(new URL(file, folder), 'utf8').trim().split('\n')) {
      const { dir, text } = JSON.parse(line)
      if (dir !== 'guest>host' || text === undefined) continue
      frames++
      expect(pyDumps(pyLoads(text))).toBe(text)
    }
  }
  expect(frames).toBeGreaterThan(100)
})

// As printed by CPython 3.11: json.dumps(x) for x in (…).
test.each([
  [100, '100.0'],
  [0, '0.0'],
  [-0, '-0.0'],
  [1e16, '1e+16'],
  [123456789012345680, '1.2345678901234568e+17'],
  [1e15, '1000000000000000.0'],
  [1e22, '1e+22'],
  [1e100, '1e+100'],
  [1e-4, '0.0001'],
  [1e-5, '1e-05'],
  [-1.5e-7, '-1.5e-07'],
  [5e-324, '5e-324'],
  [2596.126, '2596.126'],
  [NaN, 'NaN'],
  [Infinity, 'Infinity'],
  [-Infinity, '-Infinity'],
])('a float %s is written %s', (value, text) => {
  expect(pyFloat(value)).toBe(text)
  expect(pyDumps(pyLoads(text))).toBe(text)
})

test('text beyond ASCII is escaped by UTF-16 units, control characters and DEL too', () => {
  expect(pyDumps('你好 😀 \u007f\u0000\n"\\/\ud800')).toBe(
    String.raw`"\u4f60\u597d \ud83d\ude00 \u007f\u0000\n\"\\/\ud800"`,
  )
})

test('a dict keeps the order of keys that look like numbers, and the last of two equal keys', () => {
  expect(pyDumps(pyLoads('{"b":1,"10":2,"9":3.0,"b":4}'))).toBe('{"b": 4, "10": 2, "9": 3.0}')
})

test('an int of any size stays whole', () => {
  expect(pyDumps(pyLoads('[12345678901234567890123, -9007199254740993]'))).toBe(
    '[12345678901234567890123, -9007199254740993]',
  )
})

test.each([
  '',
  '﻿{}',
  '{} {}',
  '{"a":}',
  '[1,]',
  '{a:1}',
  "'x'",
  '01',
  '1.',
  '"\n"',
  'nul',
  '"\\x"',
  '['.repeat(1_000) + ']'.repeat(1_000),
])('what Python does not read: %j', (text) => {
  expect(() => pyLoads(text)).toThrow(SyntaxError)
})

test('reads what JavaScript writes, to the same values', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(JSON.parse(pyDumps(pyLoads(text)))).toEqual(JSON.parse(text))
    }),
  )
})

test('a float is a float whatever its value', () => {
  expect(pyDumps([1, new PyFloat(1)])).toBe('[1, 1.0]')
})
