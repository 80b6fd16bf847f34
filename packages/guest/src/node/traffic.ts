import { readdir, readFile } from 'node:fs/promises'
import { GuestoolError } from '@guestool/core'
import { fsStats, networkStats, type Systeminformation } from 'systeminformation'
import type { SystemInfoHandlers } from './handlers.js'
import { abortable, paced, wait } from './sampling.js'

/** Bytes through a device since its counters began. `inward`: read from it or received on it. */
export interface Traffic {
  readonly inward: number
  readonly outward: number
}

type Devices = ReadonlyMap<string, Traffic>
type ReadDevices = (signal: AbortSignal) => Promise<{ readonly at: number; readonly devices: Devices }>

/** With the monotonic millisecond of the reading. */
const readNow = (devices: Devices) => ({ at: performance.now(), devices })

/**
 * Bytes that moved through each device during `smptime` seconds: the difference of two readings, scaled from the
 * time between them to `smptime`. Calls that overlap do not disturb one another. A device that comes or goes
 * meanwhile is left out; counters that were reset count as 0.
 */
export async function trafficDuring(
  read: ReadDevices,
  smptime: number,
  signal: AbortSignal,
): Promise<(Traffic & { device: string })[]> {
  const before = await read(signal)
  if (smptime > 0) await wait(smptime, signal)
  const after = smptime > 0 ? await read(signal) : before
  const scale = smptime / ((after.at - before.at) / 1000 || 1)
  const moved = (from: number, to: number): number => Math.max(0, Math.round((to - from) * scale))
  return [...after.devices].flatMap(([device, to]) => {
    const from = before.devices.get(device)
    if (from === undefined) return []
    return [{ device, inward: moved(from.inward, to.inward), outward: moved(from.outward, to.outward) }]
  })
}

// The library's `*` leaves out interfaces without an address, and asks a dozen programs about all the others.
async function interfaces(): Promise<string> {
  const found = await readdir('/sys/class/net', { withFileTypes: true }).catch(() => [])
  const names = found.flatMap((entry) => (entry.isSymbolicLink() ? entry.name : []))
  return names.join(',') || '*'
}

const readInterfaces = paced(async () => {
  const all = await networkStats(await interfaces())
  return readNow(new Map(all.map((one) => [one.iface, { inward: one.rx_bytes, outward: one.tx_bytes }])))
})

/** `all_network_io`: every interface, loopback included. Two readings are 0.55 s apart at least. */
export const allNetworkIo: SystemInfoHandlers['all_network_io'] = async ({ smptime }, { signal }) => {
  const devices = await trafficDuring(readInterfaces, smptime, signal)
  return devices.map(({ device, inward, outward }) => ({ device, sent_bytes: outward, recv_bytes: inward }))
}

/**
 * The text of `/proc/diskstats` as bytes by device: major, minor, name, then reads completed, merged, sectors,
 * ms, writes completed, merged, sectors, … A sector is 512 bytes here, whatever the device's own are.
 *
 * `whole` are the names in `/sys/block`. Partitions are not among them and are left out, or a sum over the
 * devices would count twice; without any names all are taken.
 */
export function parseDiskstats(text: string, whole: readonly string[]): Map<string, Traffic> {
  // A slash in a device's name stands there as an exclamation mark.
  const names = new Set(whole.map((name) => name.replaceAll('!', '/')))
  const devices = new Map<string, Traffic>()
  for (const line of text.split('\n')) {
    const [, , device = '', , , read, , , , written] = line.trim().split(/\s+/)
    if (written === undefined || (names.size > 0 && !names.has(device))) continue
    devices.set(device, { inward: Number(read) * 512, outward: Number(written) * 512 })
  }
  return devices
}

// Linux by the kernel: the library has bytes of all disks together only.
async function kernelDisks() {
  const whole = await readdir('/sys/block').catch(() => [])
  const text = await readFile('/proc/diskstats', 'utf8').catch((cause: unknown) => {
    throw new GuestoolError('unsupported', 'this system does not let /proc/diskstats be read', { cause })
  })
  return readNow(parseDiskstats(text, whole))
}

const libraryDisks = paced(async () => {
  // Null on Windows, which its types do not say.
  const sum: Systeminformation.FsStatsData | null = await fsStats()
  if (sum === null)
    throw new GuestoolError('unsupported', 'this system does not say how many bytes its disks move')
  return readNow(new Map([['all', { inward: sum.rx, outward: sum.wx }]]))
})

const readDisks: ReadDevices = ['linux', 'android'].includes(process.platform)
  ? (signal) => abortable(kernelDisks(), signal)
  : libraryDisks

/**
 * `all_disk_io`: every disk on Linux, elsewhere their sum as one device `all`.
 *
 * @throws {GuestoolError} `unsupported` where the system keeps no such counters
 */
export const allDiskIo: SystemInfoHandlers['all_disk_io'] = async ({ smptime }, { signal }) => {
  const devices = await trafficDuring(readDisks, smptime, signal)
  return devices.map(({ device, inward, outward }) => ({ device, read_bytes: inward, write_bytes: outward }))
}
