import type { Process } from './process-rows.js'

/** When the guest's process started, as it said at a moment of this machine's clock. */
export interface Uptime {
  /** seconds the guest's process was up */
  readonly nonebot: number
  /** Unix seconds at which it said so */
  readonly at: number
}

/** Seconds. `ps` knows starts by the whole second, and an answer takes its time on the way. */
const tolerance = 1.5

const runtimes = /python|node|bun|deno|java|ruby|php|dotnet|nonebot|^nb$/i

/**
 * Which processes may be the one that is the guest: no info says its pid, but `time` says how long it runs, and only few
 * start within the same second. The likeliest is first: what is named as a runtime is, then what is larger.
 *
 * @param sampled Unix seconds at which the list was asked for, and at which it came: a guest may look at one process
 *   after another
 */
export function runtimeCandidates(
  processes: readonly Process[],
  uptime: Uptime,
  [asked, came]: readonly [number, number],
): Process[] {
  const youngest = uptime.nonebot + (asked - uptime.at) - tolerance
  const oldest = uptime.nonebot + (came - uptime.at) + tolerance
  const fits = processes.filter(({ age }) => age >= youngest && age <= oldest)
  return fits.toSorted(
    (a, b) => Number(isRuntime(b)) - Number(isRuntime(a)) || b.mem - a.mem || a.pid - b.pid,
  )
}

function isRuntime({ name }: Process): boolean {
  return runtimes.test(name.slice(0, 64))
}
