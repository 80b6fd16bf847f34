import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'

import { afterEach, describe, expect, it } from 'vitest'

import { processes, processTable } from './processes.js'

const context = { signal: new AbortController().signal, deadline: 0, opid: '' }

const listed = (cpu: number, pid = process.pid) => {
  return { pid, name: 'bot', started: '', cpu, cpuu: cpu / 2, cpus: cpu / 2, memRss: 100 }
}
const cores = cpus().length

/** Each number is what the library says at the next reading. */
function scripted(platform: NodeJS.Platform, ...shares: number[]) {
  return processes(processTable(async () => ({ list: [listed(shares.shift() ?? 0)] }), platform))
}

describe('what the library says', () => {
  it.each([
    ['linux', cores],
    ['win32', cores],
    ['darwin', 1],
  ] as const)('is read on %s since the call before', async (platform, factor) => {
    const [only] = await scripted(platform, 99, 12.5)({ smptime: 0.01 }, context)
    expect(only).toMatchObject({ pid: process.pid, name: 'bot', age: 0, mem: 102_400 })
    expect(only?.cpu_stdperc).toBeCloseTo(12.5 * factor)
    expect(only?.cpu_normalized).toBeCloseTo((12.5 * factor) / cores)
  })

  it('is added up when samples overlap', async () => {
    const handler = scripted('darwin', 0, 20, 60)
    const long = handler({ smptime: 1.2 }, context)
    const [short] = await handler({ smptime: 0 }, context)
    expect(short?.cpu_stdperc).toBe(0)
    // Readings are at 0, 0.55 and 1.2 seconds, of which the second only the short sample asked for.
    const [only] = await long
    expect(only?.cpu_stdperc).toBeGreaterThan(35)
    expect(only?.cpu_stdperc).toBeLessThan(47)
  })

  it('is nothing of who is gone', async () => {
    const child = spawn(process.execPath, ['-e', ''])
    await once(child, 'exit')
    const table = processTable(async () => ({ list: [listed(0), listed(0, child.pid)] }))
    expect((await processes(table)({ smptime: 0 }, context)).map(({ pid }) => pid)).toEqual([process.pid])
  })

  it('is unsupported without a ps', async () => {
    const none = processes(processTable(async () => ({ list: [] })))
    await expect(none({ smptime: 0 }, context)).rejects.toMatchObject({ code: 'unsupported' })
  })
})

/** What the scheduler counts, by itself and in another unit than the library reads. */
function nanosecondsRun(pid: number | undefined): number {
  return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0])
}

describe.runIf(process.platform === 'linux')('on Linux', () => {
  const children: ChildProcess[] = []
  const handler = processes()

  async function start(script: string): Promise<ChildProcess> {
    const child = spawn(process.execPath, ['-e', `console.log('up');${script}`])
    children.push(child)
    await once(child.stdout, 'data')
    return child
  }

  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL')
  })

  it('sees a busy process and an idle one, in every call at the time', async () => {
    const { pid: busy } = await start('for (;;);')
    const { pid: idle } = await start('setInterval(() => {}, 1e6)')
    const [ranBefore, began] = [nanosecondsRun(busy), performance.now()]
    const samples = await Promise.all([handler({ smptime: 1.5 }, context), handler({ smptime: 1 }, context)])
    const percent = (nanosecondsRun(busy) - ranBefore) / (performance.now() - began) / 1e4
    // On a machine with nothing else to do it is 100.
    expect(percent).toBeGreaterThan(5)
    for (const list of samples) {
      const working = list.find(({ pid }) => pid === busy)
      expect(Math.abs((working?.cpu_stdperc ?? 0) - percent)).toBeLessThan(25)
      expect(working?.cpu_normalized).toBeCloseTo((working?.cpu_stdperc ?? 0) / cores)
      expect(working?.age).toBeLessThan(60)
      expect(list.find(({ pid }) => pid === idle)?.cpu_stdperc).toBeLessThan(10)
    }
  })

  it('agrees with Node about this process', async () => {
    const list = await handler({ smptime: 0 }, context)
    const self = list.find(({ pid }) => pid === process.pid)
    expect(self?.cpu_stdperc).toBe(0)
    expect(Math.abs((self?.age ?? 0) - process.uptime())).toBeLessThan(3)
    const rss = process.memoryUsage.rss()
    expect(Math.abs((self?.mem ?? 0) - rss)).toBeLessThan(0.2 * rss)
  })
})
