import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import { allPartitions, parseMounts } from './partitions.js'

const context = { signal: new AbortController().signal, deadline: 0, opid: '' }

it('decodes names once, keeps the order and doubles', () => {
  const text = [
    'proc /proc proc rw,relatime 0 0',
    '/dev/sdb1 /media/My\\040Disk\\011\\134040 fuseblk rw 0 0',
    'server:/a\\043b /mnt/nfs nfs rw 0 0',
    'tmpfs /dev/shm tmpfs rw 0 0',
    'tmpfs /dev/shm tmpfs rw 0 0',
    '',
  ].join('\n')
  expect(parseMounts(text)).toEqual([
    { device: 'proc', mountpoint: '/proc', filesystem: 'proc' },
    { device: '/dev/sdb1', mountpoint: '/media/My Disk\t\\040', filesystem: 'fuseblk' },
    { device: 'server:/a#b', mountpoint: '/mnt/nfs', filesystem: 'nfs' },
    { device: 'tmpfs', mountpoint: '/dev/shm', filesystem: 'tmpfs' },
    { device: 'tmpfs', mountpoint: '/dev/shm', filesystem: 'tmpfs' },
  ])
})

/** Bytes, by another program. */
function df(path: string) {
  const [, line = ''] = execFileSync('df', ['-PB1', path], { encoding: 'utf8' }).split('\n')
  const [device, total, used, available] = line.split(/\s+/)
  return { device, total: Number(total), used: Number(used), available: Number(available) }
}

describe.runIf(process.platform === 'linux')('on Linux', () => {
  it('agrees with df', async () => {
    const { device, total, used, available } = df('/')
    const root = (await allPartitions({ physical_only: false }, context)).findLast(
      ({ mountpoint }) => mountpoint === '/',
    )
    expect(root).toMatchObject({ device, usage: { total }, error: null })
    // Other programs go on meanwhile.
    expect(Math.abs((root?.usage?.used ?? 0) - used)).toBeLessThan(0.05 * total)
    expect(Math.abs((root?.usage?.available ?? 0) - available)).toBeLessThan(0.05 * total)
    expect(root?.usage?.percent).toBeCloseTo((100 * used) / (used + available), 0)
  })

  it('has every mount, or those on a device only', async () => {
    const [all, physical] = await Promise.all([
      allPartitions({ physical_only: false }, context),
      allPartitions({ physical_only: true }, context),
    ])
    expect(all).toHaveLength(readFileSync('/proc/self/mounts', 'utf8').split('\n').length - 1)
    expect(all.map(({ mountpoint }) => mountpoint)).toContain('/proc')
    for (const { device, mountpoint, filesystem, usage } of physical) {
      expect(device.startsWith('/dev/') || filesystem === 'zfs').toBe(true)
      const same = all.find((other) => other.device === device && other.mountpoint === mountpoint)
      expect(same?.usage?.total).toBe(usage?.total)
    }
  })
})
