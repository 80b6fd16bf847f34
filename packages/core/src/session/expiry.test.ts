import { VirtualClock } from '@guestool/testing'
import { beforeEach, expect, test } from 'vitest'
import type { Moment } from '../clock.js'
import { ExpiryQueue } from './expiry.js'

let clock: VirtualClock
let expired: string[]
let queue: ExpiryQueue<Moment>

beforeEach(() => {
  clock = new VirtualClock()
  expired = []
  queue = new ExpiryQueue(clock, (opid) => void expired.push(opid))
})

const add = (opid: string): void => queue.add(opid, { at: clock.now(), wallAt: clock.wall() })

test('each entry expires 60 s after it was added, in order', async () => {
  add('a')
  await clock.advance(1)
  add('b')
  await clock.advance(59_998)
  expect(expired).toEqual([])
  await clock.advance(1)
  expect(expired).toEqual(['a'])
  await clock.advance(1)
  expect(expired).toEqual(['a', 'b'])
  expect(clock.timers).toBe(0)
})

test('one timer serves 100 000 entries, whatever becomes of them', async () => {
  for (let i = 0; i < 100_000; i++) {
    add(`${i}`)
    if (clock.timers !== 1) throw new Error(`${clock.timers} timers`)
    if (i % 2 === 0) queue.take(`${i}`)
  }
  expect([queue.size, clock.timers]).toEqual([50_000, 1])
  await clock.advance(60_000)
  expect(expired).toHaveLength(50_000)
  expect([queue.size, clock.timers]).toEqual([0, 0])
})

test('the timer that comes for nothing is not set again', async () => {
  add('a')
  queue.take('a')
  await clock.advance(60_000)
  expect([expired, clock.timers]).toEqual([[], 0])
})

test('clear gives back what was there and leaves no timer', () => {
  add('a')
  add('b')
  expect(queue.clear()).toHaveLength(2)
  expect([queue.size, clock.timers]).toEqual([0, 0])
})

test('after a sleep everything that is too old goes at the next sweep', async () => {
  add('a')
  await clock.advance(30_000)
  clock.sleep(60_000)
  add('b')
  await clock.advance(30_000)
  expect(expired).toEqual(['a'])
  await clock.advance(30_000)
  expect(expired).toEqual(['a', 'b'])
})

test('a timer that runs a little early finds out and waits for the rest', async () => {
  class EarlyClock extends VirtualClock {
    override setTimer(run: () => void, ms: number) {
      return super.setTimer(run, ms - 0.4)
    }
  }
  const early = new EarlyClock()
  const late: number[] = []
  const eager = new ExpiryQueue<Moment>(early, () => void late.push(early.now()))
  eager.add('a', { at: early.now(), wallAt: early.wall() })
  await early.advance(61_000)
  expect(late).toHaveLength(1)
  expect(late[0]).toBeGreaterThanOrEqual(60_000)
})

test('an entry added while others expire has a timer', async () => {
  const chain = new ExpiryQueue<Moment>(clock, (opid) => {
    expired.push(opid)
    if (opid === 'a') chain.add('b', { at: clock.now(), wallAt: clock.wall() })
  })
  chain.add('a', { at: clock.now(), wallAt: clock.wall() })
  await clock.advance(60_000)
  expect([chain.size, clock.timers]).toEqual([1, 1])
  await clock.advance(60_000)
  expect(expired).toEqual(['a', 'b'])
  expect(clock.timers).toBe(0)
})

test('taking thousands away leaves the others in order, each with its minute', async () => {
  for (let i = 0; i < 3_000; i++) add(`${i}`)
  const taken = Array.from({ length: 3_000 }, (_, i) => i).filter((i) => i % 100 !== 0)
  for (const i of taken) expect(queue.take(`${i}`)).toBeDefined()
  expect(taken.map((i) => queue.take(`${i}`)).filter(Boolean)).toEqual([])
  expect([queue.size, queue.has('2900'), queue.has('2901')]).toEqual([30, true, false])
  await clock.advance(60_000)
  expect(expired).toEqual(Array.from({ length: 30 }, (_, i) => `${i * 100}`))
  expect([queue.size, clock.timers]).toEqual([0, 0])
})
