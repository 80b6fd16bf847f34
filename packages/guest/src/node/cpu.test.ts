import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg } from 'node:os'

import { expect, it } from 'vitest'

import { cpu, type CpuTimes } from './cpu.js'

const context = { signal: new AbortController().signal, deadline: 0, opid: '' }
const at = (ms: number, busy: number): CpuTimes => ({ at: ms, busy, idle: ms - busy, cores: 2 })

const percents = async (smptime: number, ...readings: CpuTimes[]) => {
  const handler = cpu(() => readings.shift() ?? at(0, 0))
  const found = []
  while (readings.length > 0) found.push((await handler({ smptime }, context)).cpu_percent)
  return found
}

it('measures over a time to come', async () => {
  expect(await percents(0.001, at(0, 0), at(1000, 0), at(2000, 400))).toEqual([40])
})

it('with 0 measures since it was asked with 0, at first since it was made', async () => {
  expect(await percents(0, at(0, 0), at(1000, 100), at(2000, 600), at(3000, 1600))).toEqual([10, 50, 100])
})

it('gives two who ask with 0 at about the same time the same window', async () => {
  const readings = [at(0, 0), at(1000, 500), at(1001, 501), at(1099, 550), at(1200, 550)]
  expect(await percents(0, ...readings)).toEqual([50, 50, 50, 25])
})

it('says so when a system counts nothing', async () => {
  const nothing = { ...at(0, 0), cores: 0 }
  await expect(cpu(() => nothing)({ smptime: 0 }, context)).rejects.toMatchObject({ code: 'unsupported' })
})

it('is this machine', async () => {
  const handler = cpu()
  // One core of this process, and whatever else runs.
  const until = performance.now() + 300
  while (performance.now() < until);
  const { cpu_percent, cpu_ncores, cpu_load } = await handler({ smptime: 0 }, context)
  expect(cpu_percent).toBeGreaterThan(50 / cpus().length)
  expect(cpu_percent).toBeLessThanOrEqual(100)
  expect(cpu_ncores.logical).toBeGreaterThanOrEqual(availableParallelism())
  expect(cpu_ncores.physical).toBeLessThanOrEqual(cpus().length)
  expect(Math.abs(cpu_load.last1m - (loadavg()[0] ?? 0))).toBeLessThan(1)
})

const megahertz =
  process.platform === 'linux' ? /^cpu MHz\s*: (\d+)/m.exec(readFileSync('/proc/cpuinfo', 'utf8')) : null

it.runIf(megahertz !== null)('knows the frequency, of a virtual machine too', async () => {
  const { cpu_freq } = await cpu()({ smptime: 0 }, context)
  // Cores change it from moment to moment, and not all at once.
  expect(cpu_freq.current).toBeGreaterThan(0.2 * Number(megahertz?.[1]))
  expect(cpu_freq.current).toBeLessThan(5 * Number(megahertz?.[1]))
})
