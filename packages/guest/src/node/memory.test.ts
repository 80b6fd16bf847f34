import { readFileSync } from 'node:fs'
import { totalmem } from 'node:os'

import { expect, it } from 'vitest'

import { memory } from './memory.js'

const context = { signal: new AbortController().signal, deadline: 0, opid: '' }

const kib = (name: string) => {
  const value = new RegExp(`^${name}: *(\\d+) kB$`, 'm').exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]
  return Number(value) * 1024
}

it('is this machine’s memory in bytes', async () => {
  const { mem, swap } = await memory({}, context)
  expect(mem.total).toBe(totalmem())
  expect(mem.available).toBeGreaterThan(0)
  expect(mem.percent).toBeCloseTo((1 - mem.available / mem.total) * 100, 0)
  expect(swap.used + swap.available).toBe(swap.total)
  if (process.platform !== 'linux') return
  expect(mem.used + mem.available).toBe(mem.total)
  expect(swap.total).toBe(kib('SwapTotal'))
  // Other programs go on meanwhile.
  expect(Math.abs(mem.available - kib('MemAvailable'))).toBeLessThan(0.1 * mem.total)
})
