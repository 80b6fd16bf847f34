import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { plainText } from './plain-text.js'

test('is cut, in one line, and without half characters', () => {
  expect(plainText('a'.repeat(10_240))).toBe(`${'a'.repeat(120)}…`)
  expect(plainText('a\r\nb\u0000c\u202Etxt.exe')).toBe('a b c txt.exe')
  expect(plainText('\uD800x\uDC00 😀')).toBe('\uFFFDx\uFFFD 😀')
  expect(plainText('😀😀', 1)).toBe('\uFFFD…')
  expect(plainText('机器人-二号')).toBe('机器人-二号')
})

/** Any UTF-16, halves of characters included. */
const text = fc.array(fc.nat(0xffff), { maxLength: 300 }).map((units) => String.fromCharCode(...units))

test('any text becomes one that can be shown', () => {
  fc.assert(
    fc.property(text, (given) => {
      const shown = plainText(given)
      expect(shown.length).toBeLessThanOrEqual(121)
      expect(encodeURIComponent(shown)).toBeTypeOf('string')
    }),
  )
})
