import { VirtualClock } from '@guestool/testing'
import { beforeEach, describe, expect, test } from 'vitest'
import { Liveness, Wheel, type Beating } from './liveness.js'

let clock: VirtualClock

beforeEach(() => {
  clock = new VirtualClock()
})

const member = (beats: number[]): Beating => ({ beat: () => void beats.push(clock.now()) })

describe('the wheel', () => {
  test('beats each member once in ten seconds, with one timer for all of them', async () => {
    const wheel = new Wheel(clock)
    const all = Array.from({ length: 1_000 }, () => {
      const beats: number[] = []
      return { beats, leave: wheel.add(member(beats)) }
    })
    expect(clock.timers).toBe(1)
    await clock.advance(30_000)
    expect(all.every(({ beats }) => beats.length === 3)).toBe(true)
    expect(all.every(({ beats }) => (beats[1] ?? 0) - (beats[0] ?? 0) === 10_000)).toBe(true)
    for (const { leave } of all) leave()
    expect(clock.timers).toBe(0)
  })

  test('spreads them, so that a thousand never beat at once', async () => {
    const wheel = new Wheel(clock)
    const beats: number[] = []
    const leaves = Array.from({ length: 1_000 }, () => wheel.add(member(beats)))
    await clock.advance(10_000)
    expect(beats).toHaveLength(1_000)
    for (const moment of new Set(beats)) expect(beats.filter((at) => at === moment)).toHaveLength(100)
    for (const leave of leaves) leave()
  })

  test('what else is due need not wait until a thousand have beaten', async () => {
    const wheel = new Wheel(clock)
    const log: string[] = []
    const leaves = Array.from({ length: 2_000 }, () =>
      wheel.add({
        beat() {
          if (log.length === 0) clock.setTimer(() => log.push('another'), 0)
          log.push('beat')
        },
      }),
    )
    await clock.advance(1_000)
    expect(log).toHaveLength(201)
    expect(log.indexOf('another')).toBeLessThan(100)
    for (const leave of leaves) leave()
    expect(clock.timers).toBe(0)
  })

  test('a member that leaves is not heard of again; leaving twice does nothing', async () => {
    const wheel = new Wheel(clock)
    const [one, two]: [number[], number[]] = [[], []]
    const leave = wheel.add(member(one))
    const leaveToo = wheel.add(member(two))
    leave()
    leave()
    expect(clock.timers).toBe(1)
    await clock.advance(20_000)
    expect([one.length, two.length]).toEqual([0, 2])
    leaveToo()
    expect(clock.timers).toBe(0)
  })

  test('members may come and go while it beats', async () => {
    const wheel = new Wheel(clock)
    const leave: (() => void)[] = []
    let beats = 0
    leave[0] = wheel.add({
      beat() {
        beats++
        leave[0]?.()
        leave[1] = wheel.add({ beat: () => void beats++ })
      },
    })
    await clock.advance(30_000)
    expect(beats).toBeGreaterThan(1)
    expect(clock.timers).toBe(1)
    leave[1]?.()
    expect(clock.timers).toBe(0)
  })
})

const watched = () => {
  const state = { heardAt: clock.now(), probes: [] as number[], misses: [] as [number, number][] }
  const wheel = new Wheel(clock)
  const leave = wheel.add(
    new Liveness({
      clock,
      heardAt: () => state.heardAt,
      probe: () => void state.probes.push(clock.now()),
      missed: (misses) => void state.misses.push([misses, clock.now()]),
    }),
  )
  return { state, leave }
}

describe('liveness', () => {
  test('a peer that talks is never asked', async () => {
    const { state, leave } = watched()
    for (let i = 0; i < 100; i++) {
      await clock.advance(5_000)
      state.heardAt = clock.now()
    }
    expect(state.probes).toEqual([])
    leave()
  })

  test('one that is silent for 30 s is asked every 10 s; each question without an answer is a miss', async () => {
    const { state, leave } = watched()
    await clock.advance(70_000)
    const [first] = state.probes
    expect(first).toBeGreaterThanOrEqual(30_000)
    expect(first).toBeLessThan(40_001)
    expect(state.misses.slice(0, 2)).toEqual([
      [1, first! + 10_000],
      [2, first! + 20_000],
    ])
    leave()
  })

  test('any sign of life after the question is the answer, and misses start over', async () => {
    const { state, leave } = watched()
    await clock.advance(55_000)
    expect(state.misses.length).toBeGreaterThan(0)
    state.heardAt = clock.now()
    const { length } = state.misses
    await clock.advance(25_000)
    expect(state.misses).toHaveLength(length)
    await clock.advance(60_000)
    expect(state.misses[length]?.[0]).toBe(1)
    leave()
  })
})
