import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, connect } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { allDiskIo, allNetworkIo, parseDiskstats, trafficDuring, type Traffic } from './traffic.js'

const { signal } = new AbortController()
const context = { signal, deadline: 0, opid: '' }
const reading = (at: number, devices: Record<string, [number, number]>) => ({
  at,
  devices: new Map<string, Traffic>(
    Object.entries(devices).map(([device, [inward, outward]]) => [device, { inward, outward }]),
  ),
})

it('scales to the time that was asked for, and leaves out who comes and goes', async () => {
  const readings = [
    reading(0, { a: [1000, 500], reset: [900, 900], gone: [1, 1] }),
    reading(2000, { a: [3000, 600], reset: [0, 1000], new: [1, 1] }),
  ]
  const read = async () => readings.shift() ?? reading(0, {})
  expect(await trafficDuring(read, 0.001, signal)).toEqual([
    { device: 'a', inward: 1, outward: 0 },
    { device: 'reset', inward: 0, outward: 0 },
  ])
})

it('reads once and finds nothing during no time', async () => {
  const moved = await trafficDuring(async () => reading(5, { a: [1000, 500] }), 0, signal)
  expect(moved).toEqual([{ device: 'a', inward: 0, outward: 0 }])
})

it('takes whole disks of diskstats, in bytes', () => {
  const text = [
    ' 254       0 vda 100 0 2000 5 50 0 400 9 0 0 0 0 0 0 0 0 0',
    ' 254       1 vda1 90 0 1900 5 50 0 400 9 0 0 0',
    ' 104       0 cciss/c0d0 1 0 8 0 1 0 16 0 0 0 0',
    '',
  ].join('\n')
  expect([...parseDiskstats(text, ['vda', 'cciss!c0d0'])]).toEqual([
    ['vda', { inward: 1_024_000, outward: 204_800 }],
    ['cciss/c0d0', { inward: 4096, outward: 8192 }],
  ])
  expect([...parseDiskstats(text, []).keys()]).toContain('vda1')
})

/** What all disks ever wrote. */
function written(): number {
  const disks = parseDiskstats(readFileSync('/proc/diskstats', 'utf8'), readdirSync('/sys/block'))
  return [...disks.values()].reduce((sum, { outward }) => sum + outward, 0)
}

describe.runIf(process.platform === 'linux')('on Linux', () => {
  it('sees a mebibyte through the loopback, and every interface', async () => {
    const server = createServer((socket) => socket.resume().on('end', () => socket.end()))
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    const socket = connect(address.port, '127.0.0.1')
    await once(socket, 'connect')
    const sample = allNetworkIo({ smptime: 1 }, context)
    setTimeout(() => socket.end(Buffer.alloc(1 << 20)), 700)
    const devices = await sample
    server.close()
    const names = readFileSync('/proc/net/dev', 'utf8').matchAll(/^ *([^:|\s]+):/gm)
    expect(new Set(devices.map(({ device }) => device))).toEqual(new Set([...names].map(([, name]) => name)))
    // Scaled: reading counters takes time too.
    const loopback = devices.find(({ device }) => device === 'lo')
    expect(loopback?.sent_bytes).toBeGreaterThan(0.5 * (1 << 20))
    expect(loopback?.recv_bytes).toBeGreaterThan(0.5 * (1 << 20))
  })

  it('has every disk', async () => {
    const devices = await allDiskIo({ smptime: 0 }, context)
    expect(devices.map(({ device }) => device).toSorted()).toEqual(readdirSync('/sys/block').toSorted())
  })

  it('counts what the kernel does while a file is written', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'guestool-disk-'))
    const before = written()
    const sample = allDiskIo({ smptime: 0.5 }, context)
    setTimeout(() => {
      writeFileSync(join(folder, 'file'), Buffer.alloc(4 << 20, 1))
      execFileSync('sync', [folder])
    }, 50)
    const found = (await sample).reduce((sum, { write_bytes }) => sum + write_bytes, 0)
    rmSync(folder, { recursive: true })
    const most = written() - before
    expect(found).toBeLessThanOrEqual(most)
    // A folder in memory writes nothing. Scaled: the sample is a little longer than was asked for.
    expect(found).toBeGreaterThan(most > 4 << 20 ? 0.5 * (4 << 20) : -1)
  })
})
