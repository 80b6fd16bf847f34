import { expect, test } from 'vitest'
import { conditionOf, conditions, worstFirst } from './condition.js'

const bots = (...states: ('online' | 'silent' | 'departed')[]) => states.map((state) => ({ state }))

test('the worst of a guest and of its bots is what it is', () => {
  expect(conditionOf({ state: 'alive', connected_ts: 1 })).toBe('well')
  expect(conditionOf({ state: 'alive', connected_ts: 1 }, bots('online'))).toBe('well')
  expect(conditionOf({ state: 'alive', connected_ts: 1 }, bots('online', 'silent'))).toBe('silent')
  expect(conditionOf({ state: 'alive', connected_ts: 1 }, bots('silent', 'departed'))).toBe('departed')
  expect(conditionOf({ state: 'unresponsive', connected_ts: 1 }, bots('departed'))).toBe('unresponsive')
  expect(conditionOf({ state: 'gone', connected_ts: 1 }, bots('departed'))).toBe('gone')
})

test('who has a token and did not come yet is not gone', () => {
  expect(conditionOf({ state: 'gone', connected_ts: null })).toBe('awaited')
})

test('the worst first', () => {
  expect(conditions.toReversed().toSorted(worstFirst)).toEqual(conditions)
})
