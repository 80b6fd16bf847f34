import { expect, test } from 'vitest'
import { closeCode, dialsAgain, refusesRetry } from './close-code.js'

// The table of docs/protocol.md: code, whether to dial again, whether a call is asked again.
test.each([
  [1000, 'no', false],
  [1001, 'yes', false],
  [1006, 'yes', false],
  [1011, 'yes', false],
  [1012, 'yes', false],
  [1009, 'yes', true],
  [1013, 'yes', false],
  [4400, 'yes', true],
  [4401, 'once', true],
  [4403, 'no', true],
  [4404, 'no', true],
  [4408, 'yes', true],
  [4409, 'no', true],
  [4429, 'yes', true],
  // Not in the table: a loss like any other.
  [1005, 'yes', false],
  [3000, 'yes', false],
  [4999, 'yes', false],
])('%i: dials again %s, refuses a retry %s', (code, again, refuses) => {
  expect(dialsAgain(code)).toBe(again)
  expect(refusesRetry(code)).toBe(refuses)
})

test('every close code of ours is in the table above', () => {
  expect(Object.values(closeCode).toSorted((a, b) => a - b)).toEqual([
    1000, 1001, 1006, 1009, 1011, 1012, 1013, 4400, 4401, 4403, 4404, 4408, 4409, 4429,
  ])
})
