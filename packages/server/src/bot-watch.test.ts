import { limits } from '@guestool/core'
import { VirtualClock } from '@guestool/testing'
import { beforeEach, describe, expect, test } from 'vitest'
import { BotWatch, totalsOf, type Totals } from './bot-watch.js'
import { Rate } from './rate.js'

const minute = 60_000
let clock: VirtualClock
let bots: BotWatch
let samples: number

beforeEach(() => {
  clock = new VirtualClock()
  bots = new BotWatch(clock)
  samples = 0
})

interface Said {
  readonly events?: Record<string, number> | undefined
  readonly calls?: Record<string, number> | undefined
  readonly isFirst?: boolean
}

const totals = (counts: Record<string, number> | undefined): Totals =>
  counts && new Map(Object.entries(counts))

/** A sample, a minute after the one before. */
async function sample(ids: string[], { events = {}, calls = {}, isFirst = false }: Said = {}): Promise<void> {
  if (samples++ > 0) await clock.advance(minute)
  bots.note(ids, totals(events), totals(calls), isFirst)
}

/** Each bot in a line, with the minutes since it came into its state. */
const told = () =>
  bots.report().map(({ id, state, state_ts }) => `${id} ${state} ${(clock.wall() / 1000 - state_ts) / 60}`)

const many = (from: number, count: number) => Array.from({ length: count }, (_, i) => `bot-${from + i}`)

const counted = (rate: Rate, at: number, result: unknown) => rate.next({ at, totals: totalsOf(result) })

describe('silent', () => {
  test('is a bot that did nothing for ten minutes, and no sooner', async () => {
    for (let i = 0; i < 10; i++) await sample(['a'], { events: { a: 5 } })
    expect(told()).toEqual(['a online 9'])
    await sample(['a'], { events: { a: 5 } })
    expect(told()).toEqual(['a silent 0'])
    await sample(['a'], { events: { a: 5 } })
    expect(told()).toEqual(['a silent 1'])
  })

  test.each<[string, Said]>([
    ['received an event', { events: { a: 6 }, calls: { a: 5 } }],
    ['was asked something', { events: { a: 5 }, calls: { a: 6 } }],
    ['counts anew', { events: { a: 0 }, calls: { a: 0 } }],
    ['is not in the tables any more', {}],
  ])('is none that %s', async (_, said) => {
    const before = { events: { a: 5 }, calls: { a: 5 } }
    for (let i = 0; i < 12; i++) await sample(['a'], before)
    expect(told()).toEqual(['a silent 1'])
    await sample(['a'], said)
    expect(told()).toEqual(['a online 0'])
    for (let i = 0; i < 9; i++) await sample(['a'], said)
    expect(told()).toEqual(['a online 9'])
    await sample(['a'], said)
    expect(told()).toEqual(['a silent 0'])
  })

  test('one of two that acts keeps the other silent', async () => {
    for (let i = 0; i < 11; i++) await sample(['a', 'b'], { events: { b: i } })
    expect(told()).toEqual(['a silent 0', 'b online 10'])
  })

  test('is nobody of whom nothing is counted', async () => {
    for (let i = 0; i < 30; i++) {
      if (i > 0) await clock.advance(minute)
      bots.note(['a'], undefined, undefined, false)
    }
    expect(told()).toEqual(['a online 29'])
  })

  test('a sample without counters changes nothing', async () => {
    for (let i = 0; i < 11; i++) await sample(['a'])
    await clock.advance(minute)
    bots.note(['a'], undefined, undefined, false)
    expect(told()).toEqual(['a silent 1'])
    bots.note(['a'], undefined, totals({ a: 0 }), false)
    expect(told()).toEqual(['a silent 1'])
  })
})

describe('departed', () => {
  test('is one that was connected, until it is back', async () => {
    await sample(['a', 'b'])
    await sample(['b'])
    expect(told()).toEqual(['a departed 0', 'b online 1'])
    await sample(['b'])
    expect(told()).toEqual(['a departed 1', 'b online 2'])
    await sample(['a', 'b'])
    expect(told()).toEqual(['b online 3', 'a online 0'])
  })

  test('is nobody in the first sample of a connection, and everybody who is missing in the second', async () => {
    await sample(['a', 'b'])
    await sample([], { isFirst: true })
    expect(told()).toEqual(['a online 1', 'b online 1'])
    await sample(['b'])
    expect(told()).toEqual(['a departed 0', 'b online 2'])
  })

  test('is forgotten after a day', async () => {
    await sample(['a'])
    await sample([])
    await clock.advance(limits.rememberedFor - minute - 1)
    await sample([])
    expect(told()).toHaveLength(1)
    await clock.advance(1 - minute + minute)
    bots.note([], undefined, undefined, false)
    expect(told()).toEqual([])
  })

  test('whatever the wall clock says', async () => {
    await sample(['a'], { events: { a: 1 } })
    clock.setWall(clock.wall() + 2 * limits.rememberedFor)
    await sample([])
    expect(bots.report().map(({ state }) => state)).toEqual(['departed'])
    clock.setWall(clock.wall() - 3 * limits.rememberedFor)
    await sample(['a'], { events: { a: 1 } })
    expect(bots.report().map(({ state }) => state)).toEqual(['online'])
  })
})

test('those that have something the matter come first', async () => {
  await sample(['online', 'silent', 'departed'])
  for (let i = 0; i < 10; i++) await sample(['online', 'silent', 'departed'], { events: { online: i } })
  await sample(['online', 'silent'], { events: { online: 99 } })
  expect(bots.report().map(({ id }) => id)).toEqual(['departed', 'silent', 'online'])
})

describe('whatever a guest says, what is kept is bounded', () => {
  test('by the number of bots, of whom the connected count more', async () => {
    await sample(many(0, 1_000))
    expect(bots.report()).toHaveLength(64)
    await sample(many(0, 4))
    expect(bots.report().filter(({ state }) => state === 'departed')).toHaveLength(60)
    for (let i = 1; i < 50; i++) await sample(many(i * 1_000, 1_000))
    expect(bots.report()).toHaveLength(64)
    expect(bots.report().every(({ state }) => state === 'online')).toBe(true)
  })

  test('by the length of their ids, which may be any text', async () => {
    const longest = 'x'.repeat(limits.botIdLength)
    const odd = ['__proto__', 'constructor', '', '\ud800', '\n', longest]
    await sample([...odd, `${longest}y`, 'x'.repeat(10_000)])
    expect(bots.report().map(({ id }) => id)).toEqual(odd)
    expect(Object.getPrototypeOf({})).toBe(Object.prototype)
  })
})

describe('how much is counted in a minute', () => {
  test('is the difference over the time that passed', () => {
    const rate = new Rate()
    expect(counted(rate, 0, { a: { x: 3, y: 4 }, b: { x: 1 } })).toBe(null)
    expect(counted(rate, 30_000, { a: { x: 13, y: 4 }, b: { x: 6 } })).toBe(30)
    expect(counted(rate, 150_000, { a: { x: 14, y: 4 }, b: { x: 6 }, c: {} })).toBe(0.5)
    expect(counted(rate, 210_000, { a: { x: 14, y: 4 }, b: { x: 6 }, c: {} })).toBe(0)
  })

  test('goes over a sample that has none', () => {
    const rate = new Rate()
    counted(rate, 0, { a: { x: 0 } })
    expect(rate.next(undefined)).toBe(null)
    expect(counted(rate, 2 * minute, { a: { x: 10 } })).toBe(5)
  })

  test('is not known when they fell, and is after that', () => {
    const rate = new Rate()
    counted(rate, 0, { a: { x: 100 } })
    expect(counted(rate, minute, { a: { x: 7 } })).toBe(null)
    expect(counted(rate, 2 * minute, { a: { x: 9 } })).toBe(2)
  })

  test.each<[string, unknown, unknown, number | null]>([
    ['no table', null, 'no table', 0],
    ['no counters', { a: 5, b: null }, { a: true, b: 'x' }, 0],
    ['no numbers', { a: { x: '5' } }, { a: { x: {} } }, 0],
    ['NaN', { a: { x: 1 } }, { a: { x: NaN } }, null],
    ['more than there are numbers', { a: { x: 1 } }, { a: { x: 1e308, y: 1e308 } }, null],
  ])('is a number or nothing: %s', (_, before, after, wanted) => {
    const rate = new Rate()
    expect(counted(rate, 0, before)).toBe(null)
    expect(counted(rate, minute, after)).toBe(wanted)
  })

  test('is not known where no time passed', () => {
    const rate = new Rate()
    counted(rate, 5, { a: { x: 1 } })
    expect(counted(rate, 5, { a: { x: 2 } })).toBe(null)
  })
})
