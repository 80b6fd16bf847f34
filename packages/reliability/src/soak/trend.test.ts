import { expect, test } from 'vitest'
import { seededRandom } from '../random.js'
import { isFlat, trendOf } from './trend.js'

const points = (slope: number, noise: number, count = 100) => {
  const random = seededRandom(1)
  return Array.from({ length: count }, (_, x): [number, number] => [
    x,
    1_000 + slope * x + noise * (random() - 0.5),
  ])
}

test('the slope of a line, and no error', () => {
  const { slope, error } = trendOf(points(3, 0))
  expect(slope).toBeCloseTo(3)
  expect(error).toBeCloseTo(0)
})

test('the error is that of the noise: of even noise of width w over n points, w / √n³', () => {
  const { slope, error } = trendOf(points(0, 10))
  expect(error).toBeGreaterThan(0.005)
  expect(error).toBeLessThan(0.02)
  expect(Math.abs(slope)).toBeLessThan(3 * error)
})

test('points that resemble their neighbours have a wider error', () => {
  const even = points(0, 10)
  const slow = even.map(([x], i): [number, number] => [x, even[i - (i % 10)]?.[1] ?? 0])
  expect(trendOf(slow).error).toBeGreaterThan(2 * trendOf(even).error)
})

test('what rises is not flat, what wavers, falls or hardly rises is', () => {
  expect(isFlat(trendOf(points(1, 10)), 0.5)).toBe(false)
  expect(isFlat(trendOf(points(1, 10)), 1.5)).toBe(true)
  expect(isFlat(trendOf(points(0, 10)), 0)).toBe(true)
  expect(isFlat(trendOf(points(-1, 10)), 0)).toBe(true)
  expect(isFlat(trendOf([]), 1)).toBe(false)
})
