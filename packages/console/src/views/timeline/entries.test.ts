import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { filtered, merged, mostEntries, pageBefore, type Entry } from './entries.js'

const entry = (ts: number, guest = 'alpha', what: Entry['what'] = 'joined', reason = ''): Entry => {
  return { ts, guest, what, reason, code: null, address: null }
}

test('pages come together, the newest first, each entry once', () => {
  const known = [entry(5), entry(4)]
  expect(merged(known, [entry(4), entry(3)]).map(({ ts }) => ts)).toEqual([5, 4, 3])
  expect(merged(known, [entry(6), entry(5, 'beta')]).map(({ ts, guest }) => [ts, guest])).toEqual([
    [6, 'alpha'],
    [5, 'alpha'],
    [5, 'beta'],
    [4, 'alpha'],
  ])
})

test('is bounded', () => {
  const many = Array.from({ length: mostEntries + 5 }, (_, i) => entry(i))
  expect(merged([], many)).toHaveLength(mostEntries)
})

test('is filtered by what happened and by a part of id, reason or address', () => {
  const all = [
    entry(3, 'alpha', 'left', 'It closed (1000)'),
    entry(2, 'beta'),
    { ...entry(1, ''), address: '192.0.2.7' },
  ]
  const times = (text: string, what?: Entry['what']) => filtered(all, { text, what }).map(({ ts }) => ts)
  expect(times('')).toEqual([3, 2, 1])
  expect(times('it CLOSED')).toEqual([3])
  expect(times('192.0')).toEqual([1])
  expect(times('', 'joined')).toEqual([2, 1])
  expect(times('alpha', 'joined')).toEqual([])
})

test('page by page everything is read once, also what happened at the same moment', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(12), { maxLength: 40 }), fc.integer({ min: 13, max: 20 }), (times, limit) => {
      const perTime = new Map<number, number>()
      const all = times
        .map((ts) => {
          const nth = perTime.get(ts) ?? 0
          perTime.set(ts, nth + 1)
          return entry(ts, `g${nth}`)
        })
        .filter(({ guest }) => Number(guest.slice(1)) < 10)
        .toSorted((a, b) => b.ts - a.ts)
      let known: Entry[] = []
      for (;;) {
        const before = pageBefore(known, limit) ?? Infinity
        const grown = merged(known, all.filter(({ ts }) => ts < before).slice(0, limit))
        if (grown.length === known.length) break
        known = grown
      }
      expect(known).toHaveLength(all.length)
    }),
  )
})
