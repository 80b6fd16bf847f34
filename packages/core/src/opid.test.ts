import { expect, test } from 'vitest'
import { isOpid } from './opid.js'

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
