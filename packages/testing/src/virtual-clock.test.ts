import { expect, test } from 'vitest'
import { VirtualClock } from './virtual-clock.js'

test('timers run in order, each at its own time, and equal ones in the order in which they were set', async () => {
  const clock = new VirtualClock({ start: 1_000 })
  const ran: string[] = []
  const note = (name: string) => () => ran.push(`${name} ${clock.now()}`)
  clock.setTimer(note('c'), 30)
  clock.setTimer(note('a'), 10)
  clock.setTimer(note('b'), 10)
  clock.setTimer(note('never'), 51)
  await clock.advance(50)
  expect(ran).toEqual(['a 1010', 'b 1010', 'c 1030'])
  expect(clock.now()).toBe(1_050)
  expect(clock.timers).toBe(1)
  expect(clock.untilNext).toBe(1)
})

test('promises settle between two timers, and a timer set meanwhile runs in its turn', async () => {
  const clock = new VirtualClock()
  const ran: string[] = []
  clock.setTimer(() => {
    queueMicrotask(() => {
      ran.push('promise')
      clock.setTimer(() => ran.push('nested'), 5)
    })
  }, 10)
  clock.setTimer(() => ran.push('later'), 20)
  await clock.advance(20)
  expect(ran).toEqual(['promise', 'nested', 'later'])
})

test('a cancelled timer never runs, and cancelling again does nothing', async () => {
  const clock = new VirtualClock()
  let ran = false
  const cancel = clock.setTimer(() => (ran = true), 10)
  cancel()
  cancel()
  await clock.advance(100)
  expect(ran).toBe(false)
  expect(clock.timers).toBe(0)
})

test('sleep and a set wall clock move one hand only', async () => {
  const clock = new VirtualClock({ wall: 1_000 })
  clock.sleep(500)
  expect([clock.now(), clock.wall()]).toEqual([0, 1_500])
  clock.setWall(10)
  await clock.advance(5)
  expect([clock.now(), clock.wall()]).toEqual([5, 15])
})
