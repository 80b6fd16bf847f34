import { readFileSync } from 'node:fs'
import { machine, release } from 'node:os'

import { expect, it } from 'vitest'

import { systemPlatform, time } from './platform.js'

const context = { signal: new AbortController().signal, deadline: 0, opid: '' }
const linux = process.platform === 'linux'

it('is this system', async () => {
  const { summary, system, ...rest } = await systemPlatform({}, context)
  expect(rest).toEqual({ release: release(), cpuarch: machine() })
  expect(summary).toBe(`${system} ${release()} ${machine()}`)
})

it.runIf(linux)('has the distribution by its own name', async () => {
  const [, name] = /^NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8')) ?? []
  expect((await systemPlatform({}, context)).system).toContain(name)
})

it('is how long this machine and this process are up, and since when', async () => {
  const { system, nonebot, system_ts, nonebot_ts } = await time({}, context)
  expect(Math.abs(nonebot - process.uptime())).toBeLessThan(1)
  expect(Math.abs(nonebot_ts + nonebot - Date.now() / 1000)).toBeLessThan(5)
  expect(Math.abs(system_ts + system - Date.now() / 1000)).toBeLessThan(1)
  if (!linux) return
  const [up] = readFileSync('/proc/uptime', 'utf8').split(' ')
  expect(Math.abs(system - Number(up))).toBeLessThan(1)
  const [, boot] = /^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8')) ?? []
  expect(Math.abs(system_ts - Number(boot))).toBeLessThan(2)
})
