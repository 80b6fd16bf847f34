import { expect, test } from 'vitest'
import { nextSmptime, type Sampling } from './sampling.js'

/** What a guest is asked for, one question after another. */
function asked(revision: number, takes: (smptime: number) => number): number[] {
  let before: Sampling | undefined
  return Array.from({ length: 6 }, () => {
    const smptime = nextSmptime(revision, before)
    before = { smptime, took: takes(smptime) }
    return smptime
  })
}

test('a guest that samples all processes at once is asked for half a second', () => {
  expect(asked(1, (smptime) => smptime + 0.3)).toEqual([0.5, 0.5, 0.5, 0.5, 0.5, 0.5])
})

test.each([5, 84, 2_000])(
  'one that samples %i one after another is never asked for more than it has time for',
  (count) => {
    const all = asked(2, (smptime) => 0.03 + smptime * count)
    expect(all.slice(0, 2)).toEqual([0, 0.01])
    for (const smptime of all.slice(2)) expect(smptime * count).toBeLessThanOrEqual(10)
    expect(all.at(-1)).toBeGreaterThan(0)
  },
)

test('and one of revision 2 that samples all at once comes to the usual time', () => {
  expect(asked(2, (smptime) => smptime + 0.6).at(-1)).toBe(0.5)
})
