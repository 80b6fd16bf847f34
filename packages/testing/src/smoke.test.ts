import { expect, test } from 'vitest'

test('the node project runs', () => {
  expect(typeof process.versions.node).toBe('string')
})
