import { expect, test } from 'vitest'
import { accessOf } from './access.js'

test('whoever is not authenticated is on the same machine, and may do everything', () => {
  const all = accessOf(undefined)
  expect([all.sees('alpha'), all.sees('__proto__'), all.actions]).toEqual([true, true, true])
})

test('a console sees all guests and only reads, unless its principal says otherwise', () => {
  const plain = accessOf({ role: 'console' })
  expect([plain.sees('alpha'), plain.sees('beta'), plain.actions]).toEqual([true, true, false])
  const some = accessOf({ role: 'console', guests: 'alpha,team-*', actions: true })
  expect(['alpha', 'alphabet', 'team-', 'team-1', 'beta'].filter((id) => some.sees(id))).toEqual([
    'alpha',
    'team-',
    'team-1',
  ])
  expect(some.actions).toBe(true)
})
