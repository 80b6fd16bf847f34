import { readFile, statfs } from 'node:fs/promises'
import { fsSize } from 'systeminformation'
import type { ResultOf, SystemInfoHandlers } from './handlers.js'
import { paced, percent } from './sampling.js'

type Partition = ResultOf<'all_partitions'>[number]
type Usage = NonNullable<Partition['usage']>
type Mount = Pick<Partition, 'device' | 'mountpoint' | 'filesystem'>

/** Percent is of what ordinary users can use, as `df` has it. */
function usageOf(total: number, used: number, available: number): Usage {
  return { total, available, used, percent: percent(used, used + available) }
}

const listed = paced(async (): Promise<Partition[]> => {
  const all = await fsSize()
  return all.map(({ fs: device, mount: mountpoint, type: filesystem, size, used, available }) => {
    return { device, mountpoint, filesystem, usage: usageOf(size, used, available), error: null }
  })
}, 0)

/** Whether a device is behind it, rather than memory, the network or other mounts. */
function isPhysical({ device, filesystem }: Mount): boolean {
  return process.platform === 'win32' || device.startsWith('/dev/') || filesystem === 'zfs'
}

/** The mount table writes white space and backslashes of a name as three octal digits: `\\040` is a blank. */
function decode(field: string): string {
  return field.replace(/\\([0-3][0-7]{2})/g, (_escape, octal: string) =>
    String.fromCharCode(parseInt(octal, 8)),
  )
}

/** The text of `/proc/self/mounts`: device, mountpoint, filesystem, options, … */
export function parseMounts(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const [device, mountpoint, filesystem] = line.split(' ').map(decode)
    if (device === undefined || mountpoint === undefined || filesystem === undefined) return []
    return [{ device, mountpoint, filesystem }]
  })
}

async function measure(mount: Mount): Promise<Partition> {
  try {
    const { bsize, blocks, bfree, bavail } = await statfs(mount.mountpoint)
    return { ...mount, usage: usageOf(blocks * bsize, (blocks - bfree) * bsize, bavail * bsize), error: null }
  } catch (error) {
    return { ...mount, usage: null, error: error instanceof Error ? error.message : String(error) }
  }
}

// Linux by the kernel: the library lists what lives on a device, and little else. One after another, since a mount
// whose server is gone keeps one of Node's few threads for files until it is back.
const everyMount = paced(async () => {
  const partitions: Partition[] = []
  for (const mount of parseMounts(await readFile('/proc/self/mounts', 'utf8')))
    partitions.push(await measure(mount))
  return partitions
}, 0)

/**
 * `all_partitions`: by the library; with `physical_only: false` on Linux all mounts of this process's view of the
 * file tree, in their order. One that cannot be read has `usage: null` and the reason in `error`. While a network
 * mount does not answer there is no answer either, and nothing more is asked.
 */
export const allPartitions: SystemInfoHandlers['all_partitions'] = async ({ physical_only }, { signal }) => {
  if (physical_only) return (await listed(signal)).filter(isPhysical)
  return process.platform === 'linux' ? everyMount(signal) : listed(signal)
}
