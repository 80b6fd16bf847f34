import { expect, test } from 'vitest'
import { age, bytes, duration, moment, number, percent } from './format.js'

/** No-break spaces are for the eye. */
const plain = (text: string): string => text.replaceAll(/[\u00A0\u202F]/g, ' ')

test('bytes have the unit that leaves few digits', () => {
  expect(
    [0, 999, 1024, 1536, 10 * 2 ** 20, 1.5 * 2 ** 30, 2 ** 70].map((each) => plain(bytes('en', each))),
  ).toEqual(['0 B', '999 B', '1.0 KiB', '1.5 KiB', '10.0 MiB', '1.5 GiB', '1,048,576 PiB'])
})

test('durations have the two units that matter, in both languages', () => {
  expect([0, 59.9, 60, 3_600, 3_661, 90_000, 172_800].map((each) => plain(duration('en', each)))).toEqual([
    '0 s',
    '59 s',
    '1 min',
    '1 h',
    '1 h 1 min',
    '1 d 1 h',
    '2 d',
  ])
  expect(plain(duration('zh', 90_000))).toBe('1 天 1 小时')
  // Two clocks differ: nothing was in the future.
  expect(plain(age('en', 1_000, 990))).toBe('0 s')
})

test('percents and numbers; what is unknown is a dash', () => {
  expect([0, 0.4, 9.94, 9.96, 12.5, 100].map((each) => plain(percent('en', each)))).toEqual([
    '0 %',
    '0.4 %',
    '9.9 %',
    '10 %',
    '13 %',
    '100 %',
  ])
  expect(number('en', 1_234.5, 1)).toBe('1,234.5')
  for (const none of [null, undefined, NaN, Infinity])
    for (const said of [number, percent, bytes, duration]) expect(said('en', none)).toBe('–')
})

test('a moment of another day has its date', () => {
  const noon = new Date(2026, 4, 3, 12, 0, 0).getTime() / 1000
  expect(moment('en', noon, noon + 60)).toBe('12:00:00')
  expect(moment('en', noon, noon + 100_000)).toContain('May 3')
})
