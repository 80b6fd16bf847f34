import { Machine, memoryPair, VirtualClock } from '@guestool/testing'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { elapsedSince, pause, setPatientTimer, systemClock } from './clock.js'

afterEach(() => {
  vi.useRealTimers()
})

const since = (clock: VirtualClock) => ({ at: clock.now(), wallAt: clock.wall() })

describe('elapsed time is what the larger hand says', () => {
  test('both alike', async () => {
    const clock = new VirtualClock()
    const moment = since(clock)
    await clock.advance(1_234)
    expect(elapsedSince(clock, moment)).toBe(1_234)
  })

  test('sleep, which the monotonic hand may not see, counts', () => {
    const clock = new VirtualClock()
    const moment = since(clock)
    clock.sleep(60_000)
    expect(elapsedSince(clock, moment)).toBe(60_000)
  })

  test('a wall clock that is set back makes nothing younger', async () => {
    const clock = new VirtualClock()
    const moment = since(clock)
    await clock.advance(500)
    clock.setWall(0)
    expect(elapsedSince(clock, moment)).toBe(500)
  })
})

describe('pause', () => {
  test('waits', async () => {
    const clock = new VirtualClock()
    let over = false
    void pause(clock, 100).then(() => (over = true))
    await clock.advance(99)
    expect(over).toBe(false)
    await clock.advance(1)
    expect(over).toBe(true)
  })

  test('ends at an abort before, during and after, and leaves no timer and no listener', async () => {
    const clock = new VirtualClock()
    const before = AbortSignal.abort()
    await pause(clock, 100, before)

    const controller = new AbortController()
    const added = vi.spyOn(controller.signal, 'addEventListener')
    const removed = vi.spyOn(controller.signal, 'removeEventListener')
    const during = pause(clock, 100, controller.signal)
    controller.abort()
    await during
    expect(removed).toHaveBeenCalledWith('abort', added.mock.calls[0]![1])

    const later = new AbortController()
    const done = pause(clock, 100, later.signal)
    await clock.advance(100)
    await done
    later.abort()
    expect(clock.timers).toBe(0)
  })
})

describe('the system clock', () => {
  test('looks its globals up when it is used, so that replacing them works', () => {
    vi.useFakeTimers({ now: 5_000 })
    let ran = 0
    systemClock.setTimer(() => ran++, 10)
    const cancel = systemClock.setTimer(() => ran++, 10)
    cancel()
    vi.advanceTimersByTime(10)
    expect(ran).toBe(1)
    expect(systemClock.wall()).toBe(5_010)
  })

  test('its monotonic hand moves on', () => {
    const at = systemClock.now()
    expect(systemClock.now()).toBeGreaterThanOrEqual(at)
  })
})

test.each([2 ** 31, 1e12, Infinity])('a timer of %d ms is a long one, not one that runs at once', (ms) => {
  vi.useFakeTimers()
  const run = vi.fn()
  const cancel = systemClock.setTimer(run, ms)
  vi.advanceTimersByTime(2 ** 31 - 2)
  expect(run).not.toHaveBeenCalled()
  cancel()
  expect(vi.getTimerCount()).toBe(0)
})

describe('a timer that judges by silence', () => {
  test('runs in time', async () => {
    const clock = new VirtualClock()
    const run = vi.fn<() => void>()
    setPatientTimer(clock, run, 5_000)
    await clock.advance(4_999)
    expect(run).not.toHaveBeenCalled()
    await clock.advance(1)
    expect(run).toHaveBeenCalledOnce()
    expect(clock.timers).toBe(0)
  })

  test('lets everything be read that came while its process stood still', async () => {
    const clock = new VirtualClock()
    const machine = new Machine(clock)
    const log: string[] = []
    const pair = memoryPair({ acceptor: machine })
    const receiver = { opened() {}, binary() {}, pong() {}, closed() {} }
    pair.dialler.attach({ ...receiver, text() {} })
    pair.acceptor.attach({ ...receiver, text: (text) => log.push(text) })
    setPatientTimer(machine, () => log.push('judged'), 5_000)
    await clock.settle()
    machine.freeze()
    pair.dialler.send('read')
    await clock.advance(5_000)
    machine.thaw('timers')
    await clock.advance(0)
    expect(log).toEqual(['read', 'judged'])
  })

  test('can be cancelled, also in its last turn', async () => {
    const clock = new VirtualClock()
    const machine = new Machine(clock)
    const run = vi.fn<() => void>()
    setPatientTimer(machine, run, 5_000)()
    const cancel = setPatientTimer(machine, run, 5_000)
    machine.setTimer(() => cancel(), 5_000)
    machine.freeze()
    await clock.advance(60_000)
    machine.thaw()
    await clock.advance(60_000)
    expect(run).not.toHaveBeenCalled()
    expect(clock.timers).toBe(0)
  })
})
