import { cpus } from 'node:os'
import { GuestoolError } from '@guestool/core'
import { processes as list, type Systeminformation } from 'systeminformation'
import type { SystemInfoHandlers } from './handlers.js'
import { paced, percent, wait } from './sampling.js'

type Listed = Pick<
  Systeminformation.ProcessesProcessData,
  'pid' | 'name' | 'started' | 'cpu' | 'cpuu' | 'cpus' | 'memRss'
>

/** All processes at a moment (monotonic), and how many milliseconds of a core each worked since it was first seen. */
interface ProcessTable {
  readonly at: number
  readonly cores: number
  readonly listed: readonly Listed[]
  readonly worked: ReadonlyMap<number, number>
}

/**
 * Lists processes. The library says what a process did since anybody asked before. It is asked in one place only, and
 * the answers are added up, so that samples which overlap do not cut one another short.
 *
 * That is on Linux and Windows, a share of all cores: `cpuu` and `cpus`, since `cpu` has another measure's value where
 * there was none. Elsewhere `cpu` is what `ps` says, the last while's average over one core.
 */
export function processTable(
  read: () => Promise<{ list: Listed[] }> = list,
  platform = process.platform,
): (signal: AbortSignal) => Promise<ProcessTable> {
  const ofAllCores = ['linux', 'android', 'win32'].includes(platform)
  let latest: ProcessTable | undefined
  return paced(async () => {
    // The programs that did the listing are on the list, and gone.
    const listed = (await read()).list.filter(({ pid }) => isAlive(pid))
    if (listed.length === 0)
      throw new GuestoolError('unsupported', 'no process is listed: is there a `ps` on the PATH?')
    const [at, cores] = [performance.now(), cpus().length || 1]
    const elapsed = at - (latest?.at ?? at)
    const worked = listed.map(({ pid, cpu, cpuu, cpus: system }) => {
      const share = ofAllCores ? (cpuu + system) * cores : cpu
      return [pid, (latest?.worked.get(pid) ?? 0) + (share / 100) * elapsed] as const
    })
    return (latest = { at, cores, listed, worked: new Map(worked) })
  })
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Seconds since a process started. The library has a local time, by the offset of today. */
function ageOf({ started }: Listed, now: Date): number {
  const moment = Date.parse(`${started.replace(' ', 'T')}Z`) + now.getTimezoneOffset() * 60_000
  return Math.max(0, now.getTime() - moment) / 1000 || 0
}

const sharedTable = processTable()

/**
 * `processes`: all of them listed twice, `smptime` apart, with what they did between. With 0 they are listed once,
 * and there is nothing to compare: rates are 0, as are those of a process that started meanwhile.
 *
 * A list spawns `ps` and, on Linux, a shell with a `cat` for each process: about 0.1 s for a hundred processes, which
 * adds to the sample. The second one comes 0.55 s after the first at the earliest.
 *
 * @throws {GuestoolError} `unsupported` where there is no `ps`
 */
export function processes(table = sharedTable): SystemInfoHandlers['processes'] {
  return async ({ smptime }, { signal }) => {
    const before = smptime > 0 ? await table(signal) : undefined
    if (before !== undefined) await wait(smptime, signal)
    const after = await table(signal)
    const elapsed = before === undefined ? 0 : after.at - before.at
    const now = new Date()
    return after.listed.map((one) => {
      const { pid, name, memRss } = one
      const from = before?.worked.get(pid)
      const cpu_stdperc = from === undefined ? 0 : percent((after.worked.get(pid) ?? from) - from, elapsed)
      const cpu_normalized = cpu_stdperc / after.cores
      return { pid, name, age: ageOf(one, now), cpu_stdperc, cpu_normalized, mem: memRss * 1024 }
    })
  }
}
