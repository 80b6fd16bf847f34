import { expect, test } from 'vitest'
import { backoffDelay } from './backoff.js'

const drawn = (random: number, options = { base: 1_000, cap: 30_000 }, count = 8): number[] =>
  Array.from({ length: count }, (_, failed) => backoffDelay(options, failed, () => random))

test('doubles up to the cap', () => {
  expect(drawn(1)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000])
  expect(drawn(1, { base: 6_000, cap: 30_000 }, 5)).toEqual([6_000, 12_000, 24_000, 30_000, 30_000])
})

test('full jitter: anything from 0 up to that', () => {
  expect(drawn(0)).toEqual([0, 0, 0, 0, 0, 0, 0, 0])
  expect(drawn(0.5, undefined, 3)).toEqual([500, 1_000, 2_000])
})

test('is still a number after years of failing', () => {
  expect(new Set(drawn(0, undefined, 2_000))).toEqual(new Set([0]))
})
