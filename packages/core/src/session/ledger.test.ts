import { describe, expect, test } from 'vitest'
import { Ledger as Ring } from './ledger.js'
import { Ledger as Plain } from './ledger-plain.js'

describe.each([
  ['of Node', Ring],
  ['of a browser', Plain],
])('the ledger %s', (_where, Ledger) => {
  test('remembers the last so many, oldest out first', () => {
    const ledger = new Ledger<number>(3)
    for (const [i, key] of ['a', 'b', 'c', 'd'].entries()) ledger.set(key, i)
    expect(['a', 'b', 'c', 'd'].map((key) => ledger.get(key))).toEqual([undefined, 1, 2, 3])
    ledger.set('e', 4)
    expect([ledger.has('b'), ledger.has('c')]).toEqual([false, true])
  })

  test('a key that is there takes no second place', () => {
    const ledger = new Ledger<number>(2)
    ledger.set('a', 1)
    ledger.set('a', 2)
    ledger.set('b', 3)
    expect([ledger.get('a'), ledger.get('b')]).toEqual([2, 3])
  })

  test('it never holds more than its capacity, whatever passes through', () => {
    const ledger = new Ledger<number>(64)
    for (let i = 0; i < 1_000; i++) ledger.set(`${i % 100}`, i)
    const held = Array.from({ length: 100 }, (_, i) => ledger.has(`${i}`)).filter(Boolean)
    expect(held).toHaveLength(64)
  })

  test('cleared, it is as good as new', () => {
    const ledger = new Ledger<number>(2)
    for (const [i, key] of ['a', 'b', 'c'].entries()) ledger.set(key, i)
    ledger.clear()
    expect(['a', 'b', 'c'].map((key) => ledger.has(key))).toEqual([false, false, false])
    for (const [i, key] of ['c', 'd', 'e'].entries()) ledger.set(key, i)
    expect(['c', 'd', 'e'].map((key) => ledger.get(key))).toEqual([undefined, 1, 2])
  })
})
