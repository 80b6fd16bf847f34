import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { guestPattern, isGuestId } from './guest-id.js'

test.each(['alpha', 'A-9_.b', '_', '-', '__proto__', 'x'.repeat(64)])('%s may be an id', (id) => {
  expect(isGuestId(id)).toBe(true)
})

test.each(['', '.alpha', 'al%70ha', 'a/b', 'a b', '机器人', 'a\n', 'a*', 'a,b', 'x'.repeat(65)])(
  '%j may not',
  (id) => {
    expect(isGuestId(id)).toBe(false)
  },
)

test.each([
  ['*', 'anything', true],
  ['alpha', 'alpha', true],
  ['alpha', 'alphabet', false],
  ['alpha', 'alph', false],
  ['team-*', 'team-', true],
  ['team-*', 'team-a', true],
  ['team-*', 'a-team-a', false],
  ['*-a', 'team-a', true],
  ['*-a', 'team-ab', false],
  ['a*b*c', 'a1b2c', true],
  ['a*b*c', 'acb', false],
  ['ab*ba', 'aba', false],
  ['a**b', 'ab', true],
  ['alpha,beta', 'beta', true],
  ['alpha,team-*', 'team-1', true],
  ['alpha,team-*', 'gamma', false],
  ['a.b', 'axb', false],
])('%s means %s: %s', (pattern, id, expected) => {
  expect(guestPattern(pattern)(id)).toBe(expected)
})

test.each(['', ',', 'a,', 'a b', 'a/b', '[a]', '%2a', 'x'.repeat(65), `${'a,'.repeat(3_000)}a`])(
  'the pattern %j throws',
  (pattern) => {
    expect(() => guestPattern(pattern)).toThrow(TypeError)
  },
)

function stars(count: number): string {
  return Array.from({ length: count }, (_, i) => `team-${i}*`).join(',')
}

test('a pattern has any number of ids, and 32 "*" at most', () => {
  expect(guestPattern(stars(32))('team-31-a')).toBe(true)
  expect(() => guestPattern(stars(33))).toThrow('a pattern of guest ids with 33 "*" has over 32')
  expect(() => guestPattern(`${stars(31)},a*b*c`)).toThrow('33 "*"')
  const ids = Array.from({ length: 800 }, (_, i) => `a${i}`).join(',')
  expect(['a0', 'a799', 'a800', 'a'].map(guestPattern(`${ids},b*`))).toEqual([true, true, false, false])
})

test('a pattern means what the same regular expression means', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '*'), minLength: 1, maxLength: 8 })
  const id = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 })
  fc.assert(
    fc.property(text, id, (pattern, candidate) => {
      const same = new RegExp(`^${pattern.replaceAll('*', '.*')}$`)
      expect(guestPattern(pattern)(candidate)).toBe(same.test(candidate))
    }),
  )
})
