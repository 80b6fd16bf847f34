import { expect, test } from 'vitest'
import { bar, duration, printable } from './text.js'

test.each([
  [0, '0s'],
  [-3, '0s'],
  [59.9, '59s'],
  [304, '5m 04s'],
  [11_100, '3h 05m'],
  [184_000, '2d 03h'],
])('%d s is %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text)
})

test.each([
  [-1, '░░░░'],
  [0, '░░░░'],
  [50, '██░░'],
  [100, '████'],
  [250, '████'],
])('a bar of %d %%', (value, blocks) => {
  expect(bar(value, 4)).toBe(blocks)
})

test.each([
  ['plain ünïcode 名前', 'plain ünïcode 名前'],
  ['\u001b[2Jx', '�[2Jx'],
  ['two\nlines\r\t', 'two�lines��'],
  ['\u009b31m', '�31m'],
  ['right \u202e left', 'right � left'],
  ['half \ud83d pair', 'half � pair'],
  ['a\u2028b\u0000', 'a�b�'],
])('%j reaches a terminal as %j', (text, shown) => {
  expect(printable(text)).toBe(shown)
})
