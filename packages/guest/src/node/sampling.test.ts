import { getEventListeners } from 'node:events'

import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { abortable, once, paced, percent, wait } from './sampling.js'

const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
const reason = new Error('nobody asks any more')

let controller: AbortController
let signal: AbortSignal

beforeEach(() => {
  controller = new AbortController()
  signal = controller.signal
})

afterEach(() => {
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

it('takes percent to one decimal, and of nothing', () => {
  expect([percent(1, 3), percent(3, 2), percent(5, 0)]).toEqual([33.3, 150, 0])
})

it('waits until the signal fires, and leaves no timer', async () => {
  await wait(0.001, signal)
  const before = timers()
  const waiting = wait(3600, signal)
  expect(timers()).toBe(before + 1)
  controller.abort(reason)
  expect(timers()).toBe(before)
  await expect(waiting).rejects.toBe(reason)
  await expect(wait(3600, signal)).rejects.toBe(reason)
})

it('leaves work that others may share alone', async () => {
  const work = wait(0.005, new AbortController().signal).then(() => 7)
  await expect(abortable(Promise.resolve(7), signal)).resolves.toBe(7)
  await expect(abortable(Promise.reject(reason), signal)).rejects.toBe(reason)
  const waiting = abortable(work, signal)
  controller.abort(reason)
  await expect(waiting).rejects.toBe(reason)
  await expect(abortable(Promise.reject(new Error('later')), signal)).rejects.toBe(reason)
  await expect(work).resolves.toBe(7)
})

it('asks once for what does not change, and again when that failed', async () => {
  const ask = vi.fn(() => Promise.resolve(7)).mockRejectedValueOnce(reason)
  const fact = once(ask)
  await Promise.all([expect(fact()).rejects.toBe(reason), expect(fact()).rejects.toBe(reason)])
  expect(await Promise.all([fact(), fact()])).toEqual([7, 7])
  expect(ask).toHaveBeenCalledTimes(2)
})

it('takes readings apart from one another, fresh for everybody, and shared', async () => {
  const began: number[] = []
  const fresh = paced(async () => {
    const number = began.push(performance.now())
    await wait(0.01, new AbortController().signal)
    return number
  }, 0.03)
  const first = fresh(signal)
  // Asked when the first had begun.
  const others = [fresh(signal), fresh(signal)]
  expect([await first, ...(await Promise.all(others))]).toEqual([1, 2, 2])
  expect((began[1] ?? 0) - (began[0] ?? 0)).toBeGreaterThan(38)
})

it('goes on after a reading that failed, and lets go of who waits', async () => {
  const read = vi.fn(() => Promise.resolve(7)).mockRejectedValueOnce(reason)
  const fresh = paced(read, 0.02)
  await expect(fresh(signal)).rejects.toBe(reason)
  const leaving = fresh(signal)
  controller.abort(reason)
  await expect(leaving).rejects.toBe(reason)
  expect(read).toHaveBeenCalledTimes(1)
  expect(await fresh(new AbortController().signal)).toBe(7)
})
