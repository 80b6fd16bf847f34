import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { Track } from './track.js'

const start = 1_700_000_040

test('history and live samples are on one axis, and a live sample takes the place of its minute', () => {
  const track = new Track(2, 2)
  track.setPast(start, [[10, 20, 30], undefined])
  track.add(start + 150, [31, 5])
  expect(track.read(start, start + 180, 1_000)).toEqual([
    [start, start + 60, start + 150],
    [10, 20, 31],
    [null, null, 5],
  ])
})

test('a minute without a value stays a gap, and so does a sample that failed', () => {
  const track = new Track(1, 2)
  track.setPast(start, [[10, null, 30]])
  track.add(start + 180, [1])
  track.add(start + 182)
  track.add(start + 184, [3])
  const [, values] = track.read(start, start + 184, 1_000)
  expect(values).toEqual([10, null, 30, 1, null, 3])
})

test('a pause is a gap until the history fills it', () => {
  const track = new Track(1, 2)
  track.add(start, [1])
  track.add(start + 2, [2])
  track.add(start + 300, [3])
  expect(track.read(start, start + 300, 1_000)).toEqual([
    [start, start + 2, start + 151, start + 300],
    [1, 2, null, 3],
  ])
  track.setPast(start, [[9, 21, 22, 23, 24, 25]])
  expect(track.read(start, start + 300, 1_000)[1]).toEqual([1, 2, 21, 22, 23, 24, 3])
})

test('a hub that was restarted knows little: what was known before stays', () => {
  const track = new Track(1, 2)
  track.setPast(start, [[1, 2, 3]])
  track.setPast(start, [[]])
  track.setPast(start + 120, [[30, 40]])
  expect(track.read(start, start + 600, 1_000)[1]).toEqual([1, 2, 30, 40])
})

test('each column begins with its first value', () => {
  const track = new Track(2, 2)
  expect(track.earliest(0)).toBeUndefined()
  track.setPast(start, [[null, 2], undefined])
  track.add(start + 90, [1, 1])
  expect([track.earliest(0), track.earliest(1)]).toEqual([start + 60, start + 90])
})

test('a number that no chart can draw is cut', () => {
  const track = new Track(2, 2)
  track.add(start, [1e308, -1e308])
  expect(track.latest?.values).toEqual([Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER])
})

test('a clock that was set back forgets what is after it', () => {
  const track = new Track(1, 2)
  for (const ts of [10, 12, 14]) track.add(ts, [ts])
  track.add(11, [11])
  expect(track.read(0, 20, 1_000)).toEqual([
    [10, 11],
    [10, 11],
  ])
})

test('a day of samples every two seconds stays small, and its hours stay to be seen', () => {
  const track = new Track(1, 2)
  for (let i = 0; i < 43_200; i++) track.add(start + 2 * i, [i])
  expect(track.length).toBeLessThanOrEqual(3_600)
  const [times, values] = track.read(start, start + 86_400, 1_440)
  expect(times.length).toBeGreaterThan(1_300)
  expect(values).not.toContain(null)
  expect(track.latest?.values).toEqual([43_199])
})

const value = fc.option(fc.double({ min: 0, max: 100, noNaN: true }), { nil: null })

test('whatever came: times ascend within what was asked, nothing is made up, and there are no more points than asked for', () => {
  const sample = fc.record({ after: fc.integer({ min: 1, max: 400 }), value })
  fc.assert(
    fc.property(
      fc.array(value, { maxLength: 60 }),
      fc.array(sample, { maxLength: 60 }),
      fc.integer({ min: 1, max: 50 }),
      (past, live, points) => {
        const track = new Track(1, 2)
        track.setPast(start, [past])
        let ts = start + 600
        for (const one of live) track.add((ts += one.after), [one.value])
        const [times, values] = track.read(start, ts, points)
        expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b))
        for (const time of times) expect(time >= start && time <= ts).toBe(true)
        // Each group of rows is one point, and there is at most one gap before it.
        expect(times.length).toBeLessThanOrEqual(2 * (points + 1))
        const known = [...past, ...live.map((one) => one.value)].filter((one) => one !== null)
        for (const one of values ?? []) {
          if (one === null) continue
          expect(one).toBeGreaterThanOrEqual(Math.min(...known) - 1e-9)
          expect(one).toBeLessThanOrEqual(Math.max(...known) + 1e-9)
        }
        expect((values ?? []).some((one) => one !== null)).toBe(known.length > 0)
      },
    ),
  )
})
