import { expect, test } from 'vitest'
import { growthOf, isTooMuch, type Attack } from './growth.js'

const attack = (steps: (size: number) => number): Attack => ({
  name: 'made up',
  sizes: [1_000, 2_000, 4_000],
  ready: (size) => () => steps(size),
})
const steps = (run: () => unknown) => Number(run())

test('a cost in proportion is one, and a cost with the square is too much', () => {
  const line = growthOf(
    attack((size) => 5 * size),
    steps,
  )
  const square = growthOf(
    attack((size) => size * size),
    steps,
  )
  expect(line).toMatchObject({ cost: 20_000, exponent: expect.closeTo(1) })
  expect(square).toMatchObject({ cost: 16_000_000, exponent: expect.closeTo(2) })
  expect([line, square].map((each) => isTooMuch(each, 2))).toEqual([false, true])
})

test('what is quick is never too much', () => {
  const growth = growthOf(
    attack((size) => (size / 4_000) ** 2),
    steps,
  )
  expect(isTooMuch(growth, 2)).toBe(false)
})
