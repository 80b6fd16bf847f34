import { setImmediate } from 'node:timers/promises'
import { monitorEventLoopDelay } from 'node:perf_hooks'

/** What a process holds, after the garbage was collected. */
export interface Vitals {
  /** KiB */
  readonly heap: number
  /** KiB */
  readonly rss: number
  /** How many of each kind keep the process running: sockets, timers, … */
  readonly handles: Readonly<Record<string, number>>
  /** The longest that the event loop was late since it was asked before, in milliseconds. */
  readonly lag: number
}

const delay = monitorEventLoopDelay({ resolution: 10 })
delay.enable()

export async function vitals(): Promise<Vitals> {
  const lag = delay.max / 1e6
  // What was closed is freed some turns later.
  for (let turn = 0; turn < 3; turn++) {
    await setImmediate()
    globalThis.gc?.()
  }
  const { heapUsed, external, rss } = process.memoryUsage()
  const handles: Record<string, number> = {}
  for (const kind of process.getActiveResourcesInfo()) handles[kind] = (handles[kind] ?? 0) + 1
  // The collection just now is the observer's own.
  delay.reset()
  return { heap: (heapUsed + external) / 1024, rss: rss / 1024, handles, lag }
}
