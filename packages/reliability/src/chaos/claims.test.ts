import { expect, test } from 'vitest'
import { actionClaims } from './claims.js'

const holding = (runs: string[][], outcomes: string[][]): boolean[] =>
  actionClaims(runs, outcomes).map(({ holds }) => holds)

test('what was done of actions fits what was said of them', () => {
  const runs = [
    ['a', 'alpha'],
    ['b', 'beta'],
  ]
  const good = [
    ['a', 'alpha', 'ok'],
    ['b', 'beta', 'connection_lost:unknown'],
    ['c', 'beta', 'connection_lost:unknown'],
    ['d', 'beta', 'connection_lost:never_sent'],
  ]
  expect(holding(runs, good)).toEqual([true, true])
})

test.each([
  [
    'one ran twice',
    [
      ['a', 'alpha'],
      ['a', 'alpha'],
    ],
    [['a', 'alpha', 'ok']],
    [false, false],
  ],
  [
    'one ran twice, and nobody knows what became of it',
    [
      ['a', 'alpha'],
      ['b', 'alpha'],
      ['b', 'alpha'],
    ],
    [['a', 'alpha', 'ok']],
    [false, true],
  ],
  [
    'ok, but it did not run',
    [['a', 'alpha']],
    [
      ['a', 'alpha', 'ok'],
      ['b', 'alpha', 'ok'],
    ],
    [true, false],
  ],
  ['ok, but another ran it', [['a', 'beta']], [['a', 'alpha', 'ok']], [true, false]],
  [
    'never sent, but it ran',
    [
      ['a', 'alpha'],
      ['b', 'alpha'],
    ],
    [
      ['a', 'alpha', 'ok'],
      ['b', 'alpha', 'connection_lost:never_sent'],
    ],
    [true, false],
  ],
  ['nothing ran at all', [], [], [true, false]],
])('and does not fit: %s', (_, runs, outcomes, holds) => {
  expect(holding(runs, outcomes)).toEqual(holds)
})
