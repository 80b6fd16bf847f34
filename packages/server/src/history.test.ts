import * as fc from 'fast-check'
import { hub, limits } from '@guestool/core'
import { describe, expect, test } from 'vitest'
import { collector } from './collector.test.kit.js'
import { History, type RecentHistory, type Sample } from './history.js'

const day = 1_440
/** Any minute of an hour, a day after 1970 or later. */
const first = 28_333_337
const names = ['cpu_percent', 'memory_percent', 'bots', 'round_trip_ms'] as const
const full: Sample = { cpu_percent: 12.5, memory_percent: 25, bots: 3, round_trip_ms: 7 }
const wallOf = (minute: number) => minute * 60_000

/** What a history must be: a map. What was a day old when something was recorded may be forgotten. */
class Model {
  readonly #minutes = new Map<number, Sample>()
  #first = Infinity
  #newest = -Infinity
  #furthest = -Infinity

  record(minute: number, sample: Sample): void {
    if (Object.keys(sample).length === 0) return
    for (const other of this.#minutes.keys()) if (other > minute) this.#minutes.delete(other)
    this.#minutes.set(minute, { ...this.#minutes.get(minute), ...sample })
    this.#first = Math.min(this.#first, minute)
    this.#newest = minute
    this.#furthest = Math.max(this.#furthest, minute)
  }

  check(history: History, minutes: number, now: number): void {
    const last = this.#newest >= now ? now : now - 1
    const start = Math.min(Math.max(last - minutes + 1, this.#first), last + 1)
    const told = history.read(minutes, wallOf(now))
    const expected: RecentHistory = {
      start_ts: start * 60,
      cpu_percent: [],
      memory_percent: [],
      bots: [],
      round_trip_ms: [],
    }
    for (let minute = start; minute <= last; minute++) {
      const sample = this.#minutes.get(minute)
      for (const name of names) {
        const isForgotten = minute <= this.#furthest - day && told[name][minute - start] === null
        expected[name].push(isForgotten ? null : (sample?.[name] ?? null))
      }
    }
    expect(told).toEqual(expected)
  }
}

const whole = fc.integer({ min: 0, max: 10_000 })
const percent = whole.map((value) => value / 100)
const sample: fc.Arbitrary<Sample> = fc.record(
  { cpu_percent: percent, memory_percent: percent, bots: whole, round_trip_ms: whole },
  { requiredKeys: [] },
)
/** Minutes from one sample to the next: mostly one, also none, a gap, a gap that wraps, and the clock set back. */
const step = fc.oneof(
  { weight: 8, arbitrary: fc.constant(1) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 90 }) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 2 * day }) },
  { weight: 1, arbitrary: fc.integer({ min: -day - 200, max: -1 }) },
  { weight: 1, arbitrary: fc.constantFrom(-60, 60, -day, day, -day - 60, day + 60, day - 1, -1) },
)

describe('a history tells what a map of minutes would', () => {
  test('whatever the clock does', () => {
    const steps = fc.array(fc.record({ step, sample, repeat: fc.integer({ min: 1, max: 400 }) }), {
      minLength: 1,
      maxLength: 12,
    })
    const reads = fc.array(
      fc.record({
        minutes: fc.integer({ min: 1, max: day }),
        later: fc.integer({ min: -100, max: day + 100 }),
      }),
      { minLength: 1, maxLength: 3 },
    )
    const start = fc.integer({ min: 0, max: 120 })
    fc.assert(
      fc.property(start, steps, reads, (from, taken, looks) => {
        const history = new History()
        const model = new Model()
        let now = first + from
        for (const { step: by, sample: values, repeat } of taken) {
          now += by
          for (let i = 0; i < repeat; i++) {
            if (i > 0) now++
            history.record(now, values)
            model.record(now, values)
          }
          for (const { minutes, later } of looks) model.check(history, minutes, now + later)
        }
        model.check(history, day, now)
      }),
    )
  })

  test('also in the first hours of 1970, where machines without a clock live', () => {
    const history = new History()
    const model = new Model()
    for (const minute of [70, 130, 10, 75, 0, 61, 3, 1_500, 2]) {
      history.record(minute, full)
      model.record(minute, full)
      model.check(history, day, minute)
    }
  })
})

test('what it tells is the result of the info history', () => {
  const history = new History()
  history.record(first, full)
  const told = history.read(day, wallOf(first))
  expect(hub.info.get('history')?.checkResult(told)).toEqual(told)
})

test('nothing is told before there is anything, nor before the first value', () => {
  const history = new History()
  const nothing = { cpu_percent: [], memory_percent: [], bots: [], round_trip_ms: [] }
  expect(history.read(day, wallOf(first))).toEqual({ start_ts: first * 60, ...nothing })
  history.record(first, { bots: 1 })
  expect(history.read(day, wallOf(first + 2))).toEqual({
    start_ts: first * 60,
    cpu_percent: [null, null],
    memory_percent: [null, null],
    bots: [1, null],
    round_trip_ms: [null, null],
  })
})

test('the running minute is told once it has a value', () => {
  const history = new History()
  history.record(first, { bots: 1 })
  const bots = () => history.read(2, wallOf(first + 1) + 30_000).bots
  expect(bots()).toEqual([1])
  history.record(first + 1, { bots: 2 })
  expect(bots()).toEqual([1, 2])
})

test('a whole day is told, also in the middle of an hour', () => {
  const history = new History()
  for (let minute = first; minute < first + 2 * day; minute++)
    history.record(minute, { bots: minute - first })
  for (const now of [first + 2 * day - 1, first + 2 * day]) {
    const { start_ts, bots } = history.read(day, wallOf(now))
    expect(bots).toHaveLength(day)
    expect(start_ts).toBe((first + day) * 60)
    expect(bots).toEqual(Array.from({ length: day }, (_, i) => day + i))
  }
})

test('a guest that comes back after 30 hours has a gap there, and nothing old for new', () => {
  const history = new History()
  for (let i = 0; i < day; i++) history.record(first + i, full)
  const back = first + day + 30 * 60
  history.record(back, { bots: 9 })
  const { bots } = history.read(day, wallOf(back))
  expect(bots).toEqual([...Array.from({ length: day - 1 }, () => null), 9])
})

test.each([
  [0, 1],
  [-5, 1],
  [0.5, 1],
  [1, 1],
  [2.9, 2],
  [1_440, 1_440],
  [1_441, 1_440],
  [1e9, 1_440],
])('of %d minutes %d are told', (asked, told) => {
  const history = new History()
  for (let i = 0; i <= day; i++) history.record(first + i, full)
  expect(history.read(asked, wallOf(first + day)).cpu_percent).toHaveLength(told)
})

test.each([
  ['cpu_percent', 0, 0],
  ['cpu_percent', 12.344, 12.34],
  ['cpu_percent', 12.346, 12.35],
  ['cpu_percent', 100, 100],
  ['cpu_percent', 250, 100],
  ['cpu_percent', -1, 0],
  ['memory_percent', 99.999, 100],
  ['memory_percent', 0.004, 0],
  ['memory_percent', 1e300, 100],
  ['bots', 65_534, 65_534],
  ['bots', 65_535, 65_534],
  ['bots', 1e6, 65_534],
  ['round_trip_ms', 0.4, 0],
  ['round_trip_ms', 12.5, 13],
  ['round_trip_ms', 59_999, 59_999],
  ['round_trip_ms', 65_535, 65_534],
] as const)('%s %d is kept as %d', (name, given, kept) => {
  const history = new History()
  history.record(first, { [name]: given })
  expect(history.read(1, wallOf(first))[name]).toEqual([kept])
})

test('a minute holds the newest value of each; one that is missing takes none away', () => {
  const history = new History()
  history.record(first, { cpu_percent: 1, bots: 1 })
  history.record(first, { cpu_percent: 2, memory_percent: 3 })
  history.record(first, {})
  expect(history.read(1, wallOf(first))).toMatchObject({
    cpu_percent: [2],
    memory_percent: [3],
    bots: [1],
    round_trip_ms: [null],
  })
})

test('what a clock that ran ahead left in the future is never told as if it had happened', () => {
  const history = new History()
  history.record(first + 200, full)
  history.record(first + 5, full)
  history.record(first, full)
  const { cpu_percent } = history.read(day, wallOf(first + 300))
  expect(cpu_percent.filter((each) => each !== null)).toHaveLength(1)
})

test('it is watched for a minute after it was read, and not by a clock that was set', () => {
  const history = new History()
  const wall = wallOf(first)
  expect(history.isWatched(wall)).toBe(false)
  history.read(1, wall)
  expect(history.isWatched(wall)).toBe(true)
  expect(history.isWatched(wall + 59_999)).toBe(true)
  expect(history.isWatched(wall + 60_000)).toBe(false)
  expect(history.isWatched(wall - 1)).toBe(false)
})

test('it is over when its newest value is a day old', () => {
  const history = new History()
  expect(history.isOver(wallOf(first))).toBe(true)
  history.record(first, full)
  expect(history.isOver(wallOf(first) + limits.rememberedFor)).toBe(false)
  expect(history.read(day, wallOf(first) + limits.rememberedFor).bots[0]).toBe(3)
  expect(history.isOver(wallOf(first + 1) + limits.rememberedFor)).toBe(true)
})

function recordDays(history: History, count: number): void {
  for (let i = 0; i < count * day; i += 20) history.record(first + i, full)
}

test('a guest that just joined costs half a KB, a day of it under 64, and weeks no more', () => {
  const gc = collector()
  const heldBy = (record: (history: History) => void) => {
    gc()
    const before = process.memoryUsage()
    const histories = Array.from({ length: 500 }, () => new History())
    histories.forEach(record)
    gc()
    const after = process.memoryUsage()
    const count = histories.filter((history) => !history.isOver(0)).length
    const buffers = (after.arrayBuffers - before.arrayBuffers) / count
    return { buffers, all: (after.heapUsed - before.heapUsed) / count + buffers }
  }
  expect(heldBy((history) => history.record(first, full)).buffers).toBeLessThan(1024)
  const ofDay = heldBy((history) => recordDays(history, 1))
  expect(ofDay.buffers).toBeLessThan(13 * 1024)
  expect(ofDay.all).toBeLessThan(64 * 1024)
  const ofWeeks = heldBy((history) => {
    recordDays(history, 7)
    // The clock is set back, minute by minute and by days, and goes on.
    for (let i = 3 * day; i > 0; i -= 7) history.record(first + i, full)
    recordDays(history, 7)
  })
  expect(ofWeeks.buffers).toBeLessThan(13 * 1024)
  expect(ofWeeks.all).toBeLessThan(64 * 1024)
})
