import { expect, it } from 'vitest'

import { systemInfo } from './index.js'

const context = { signal: new AbortController().signal, deadline: 0, opid: '' }
const number = expect.any(Number)
const string = expect.any(String)
const usage = { total: number, available: number, used: number, percent: number }

const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length

it('answers every info of a machine in the shape of the contract', async () => {
  const info = systemInfo()
  expect(Object.keys(info).toSorted()).toEqual([
    'all_disk_io',
    'all_network_io',
    'all_partitions',
    'cpu',
    'memory',
    'processes',
    'python_version',
    'system_platform',
    'time',
  ])
  expect(await info.cpu({ smptime: 0.01 }, context)).toEqual({
    cpu_percent: number,
    cpu_ncores: {
      physical: expect.toSatisfy((cores: unknown) => cores === null || typeof cores === 'number'),
      logical: number,
    },
    cpu_freq: { current: number, min: number, max: number },
    cpu_load: { last1m: number, last5m: number, last15m: number },
  })
  expect(await info.memory({}, context)).toEqual({ mem: usage, swap: usage })
  for (const partition of await info.all_partitions({ physical_only: false }, context)) {
    const { error } = partition
    expect(partition).toEqual({
      device: string,
      mountpoint: string,
      filesystem: string,
      usage: error === null ? usage : null,
      error: error === null ? null : string,
    })
  }
  for (const disk of await info.all_disk_io({ smptime: 0.01 }, context)) {
    expect(disk).toEqual({ device: string, read_bytes: number, write_bytes: number })
  }
  const networks = await info.all_network_io({ smptime: 0.01 }, context)
  expect(networks).toContainEqual({ device: string, sent_bytes: number, recv_bytes: number })
  const list = await info.processes({ smptime: 0.01 }, context)
  expect(list).toContainEqual({
    pid: process.pid,
    name: string,
    age: number,
    cpu_stdperc: number,
    cpu_normalized: number,
    mem: number,
  })
  expect(await info.system_platform({}, context)).toEqual({
    summary: string,
    system: string,
    release: string,
    cpuarch: string,
  })
  expect(await info.time({}, context)).toEqual({
    system: number,
    nonebot: number,
    system_ts: number,
    nonebot_ts: number,
  })
})

it('hands the interpreter on', async () => {
  await expect(systemInfo({ python: 'no-such-python' }).python_version({}, context)).rejects.toThrow(
    '`no-such-python`',
  )
})

it('ends every sample when its signal fires, and leaves no timer', async () => {
  const info = systemInfo()
  const controller = new AbortController()
  const sampling = { ...context, signal: controller.signal }
  const samples = (['cpu', 'all_disk_io', 'all_network_io', 'processes'] as const).map(async (name) =>
    info[name]({ smptime: 3600 }, sampling),
  )
  // Let them all come to their wait.
  await info.processes({ smptime: 0.02 }, context)
  const reason = new Error('gone')
  const during = timers()
  controller.abort(reason)
  expect(timers()).toBe(during - samples.length)
  for (const sample of await Promise.allSettled(samples))
    expect(sample).toEqual({ status: 'rejected', reason })
})
