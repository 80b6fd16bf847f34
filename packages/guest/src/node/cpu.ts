import { readFile } from 'node:fs/promises'
import { cpus, loadavg } from 'node:os'
import { GuestoolError } from '@guestool/core'
import { cpu as cpuFacts, cpuCurrentSpeed } from 'systeminformation'
import type { ResultOf, SystemInfoHandlers } from './handlers.js'
import { abortable, once, percent, wait } from './sampling.js'

/** Milliseconds of all cores together, and the monotonic millisecond of the reading. */
export interface CpuTimes {
  readonly busy: number
  readonly idle: number
  readonly cores: number
  readonly at: number
}

/** Node counts neither waiting for disks nor what a hypervisor took: the percentage is of the rest. */
function readCpuTimes(): CpuTimes {
  const times = cpus().map((core) => core.times)
  const busy = times.reduce((sum, { user, nice, sys, irq }) => sum + user + nice + sys + irq, 0)
  const idle = times.reduce((sum, core) => sum + core.idle, 0)
  return { busy, idle, cores: times.length, at: performance.now() }
}

function percentBusy(from: CpuTimes, to: CpuTimes): number {
  const busy = Math.max(0, to.busy - from.busy)
  return percent(busy, busy + Math.max(0, to.idle - from.idle))
}

const facts = once(() => cpuFacts())

async function frequency(): Promise<ResultOf<'cpu'>['cpu_freq']> {
  const [{ speedMin, speedMax }, { avg }] = await Promise.all([facts(), cpuCurrentSpeed()])
  // The library has GHz, and not a number here and there.
  const [current, min, max] = [avg, speedMin, speedMax].map((speed) => Math.round(speed * 1000) || 0)
  return { current: current || (await kernelMegahertz()), min: min ?? 0, max: max ?? 0 }
}

// The library has 0 on a virtual machine: it goes by node:os, which asks for frequency scaling and finds none.
async function kernelMegahertz(): Promise<number> {
  const text = await readFile('/proc/cpuinfo', 'utf8').catch(() => '')
  const all = [...text.matchAll(/^cpu MHz\s*: *([\d.]+)/gm)].map(([, value]) => Number(value))
  return all.reduce((sum, value) => sum + value, 0) / (all.length || 1)
}

/**
 * `cpu`: percent of all cores over `smptime` seconds, where 0 means since `cpu` was last asked with 0 (the first
 * time: since the handler was made); cores; MHz, 0 where unknown; load averages, which are 0 on Windows.
 *
 * @throws {GuestoolError} `unsupported` where a system keeps its counters to itself (Android)
 */
export function cpu(read: () => CpuTimes = readCpuTimes): SystemInfoHandlers['cpu'] {
  let older = read()
  let newer = older

  // Two who ask with 0 at about the same time are given the same window: systems count in steps of some 10 ms, so
  // that one of less than 100 ms would say nothing.
  function sinceLast(now: CpuTimes): number {
    if (now.at - newer.at >= 100) [older, newer] = [newer, now]
    return percentBusy(older, now)
  }

  return async ({ smptime }, { signal }) => {
    const before = read()
    if (before.cores === 0)
      throw new GuestoolError('unsupported', 'this system does not say how busy its cores are')
    if (smptime > 0) await wait(smptime, signal)
    const cpu_percent = smptime > 0 ? percentBusy(before, read()) : sinceLast(before)
    const [{ physicalCores }, cpu_freq] = await abortable(Promise.all([facts(), frequency()]), signal)
    const [last1m = 0, last5m = 0, last15m = 0] = loadavg()
    return {
      cpu_percent,
      cpu_ncores: { physical: physicalCores || null, logical: before.cores },
      cpu_freq,
      cpu_load: { last1m, last5m, last15m },
    }
  }
}
