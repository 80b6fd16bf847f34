import type { Hub } from '@guestool/client'
import { Cell } from '../../app/cell.js'
import { isMissing } from '../../app/missing.js'
import type { Vitals } from '../../app/fleet/member.js'

/** A value a minute, null where there is none. */
export interface Past {
  /** The minute of the first value, since 1970. */
  readonly start: number
  readonly cpu: readonly (number | null)[]
  readonly memory: readonly (number | null)[]
}

export const minutesShown = 180
const atOnce = 4

/**
 * The last hours of guests: asked for those that can be seen, a few at a time, and once; then they grow by what the hub
 * tells of all guests anyway. Asking a hub for a history makes it sample that guest more often.
 */
export class Histories {
  readonly #hub: Hub
  readonly #pasts = new Map<string, Cell<Past | undefined>>()
  /** Those that were asked, or are being asked. */
  readonly #asked = new Set<string>()
  /** Those that did not answer; they are asked again when the hub has sampled them. */
  readonly #failed = new Set<string>()
  #wanted: readonly string[] = []
  #asking = 0

  constructor(hub: Hub) {
    this.#hub = hub
  }

  of(id: string): Cell<Past | undefined> {
    let past = this.#pasts.get(id)
    if (past === undefined) this.#pasts.set(id, (past = new Cell<Past | undefined>(undefined)))
    return past
  }

  /** These can be seen now. */
  want(ids: readonly string[]): void {
    this.#wanted = ids
    this.#askNext()
  }

  /** A guest was sampled. */
  grow({ id, ts, cpu_percent, memory_percent }: Vitals): void {
    const cell = this.#pasts.get(id)
    if (cell === undefined || ts === null) return
    const past = cell.value
    const grown = past && withSample(past, ts, cpu_percent, memory_percent)
    if (grown !== undefined) cell.value = grown
    // Too long ago: the tab was hidden, or the connection lost.
    else if (past !== undefined || this.#failed.delete(id)) {
      this.#asked.delete(id)
      this.#askNext()
    }
  }

  #askNext(): void {
    while (this.#asking < atOnce) {
      const id = this.#wanted.find((each) => !this.#asked.has(each))
      if (id === undefined) return
      this.#asked.add(id)
      void this.#ask(id)
    }
  }

  async #ask(id: string): Promise<void> {
    this.#asking++
    try {
      const past = await this.#hub.info('history', { guest: id, minutes: minutesShown })
      const { start_ts, cpu_percent, memory_percent } = past
      this.of(id).value = { start: Math.floor(start_ts / 60), cpu: cpu_percent, memory: memory_percent }
    } catch (error) {
      // Of a hub that keeps none there is nothing to be asked again.
      if (!isMissing(error)) this.#failed.add(id)
    }
    this.#asking--
    this.#askNext()
  }
}

/** A past with one more sample; undefined when there would be a gap that the hub can fill. */
export function withSample(
  { start, cpu, memory }: Past,
  ts: number,
  cpuNow: number | null,
  memoryNow: number | null,
): Past | undefined {
  const minute = Math.floor(ts / 60)
  const at = minute - start
  if (at > cpu.length + 2 || at < 0) return undefined
  const put = (values: readonly (number | null)[], value: number | null): (number | null)[] => {
    const longer = Array.from({ length: Math.max(values.length, at + 1) }, (_, n) => values[n] ?? null)
    longer[at] = value ?? longer[at] ?? null
    return longer.slice(-minutesShown)
  }
  const length = Math.max(cpu.length, at + 1)
  return {
    start: start + Math.max(0, length - minutesShown),
    cpu: put(cpu, cpuNow),
    memory: put(memory, memoryNow),
  }
}
