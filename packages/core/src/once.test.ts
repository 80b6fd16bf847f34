import { expect, test, vi } from 'vitest'
import { once } from './once.js'

test('runs once, at once, and everybody gets the same promise', async () => {
  const run = vi.fn(() => Promise.resolve())
  const close = once(run)
  const first = close()
  expect(run).toHaveBeenCalledTimes(1)
  expect(close()).toBe(first)
  await first
  expect(close()).toBe(first)
  expect(run).toHaveBeenCalledTimes(1)
})

test('a call from inside the run gets the same promise, too', async () => {
  let inner: Promise<void> | undefined
  const close = once(async () => {
    inner = close()
  })
  const outer = close()
  expect(inner).toBe(outer)
  await outer
})

test('what it rejects with reaches everybody', async () => {
  const close = once(() => Promise.reject(new Error('no')))
  await expect(close()).rejects.toThrow('no')
  await expect(close()).rejects.toThrow('no')
})
