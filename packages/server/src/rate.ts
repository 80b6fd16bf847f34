import type { Totals } from './bot-watch.js'
import { minuteMs } from './history.js'

/** Counters as they were at a moment of elapsed time, in milliseconds. */
export interface Counted {
  readonly at: number
  readonly totals: NonNullable<Totals>
}

/** How much a guest counts in a minute: the difference of two samples over the time that really passed between them. */
export class Rate {
  #last: { readonly at: number; readonly sum: number } | undefined

  /**
   * Takes the counters of a sample. Null for one without, and where there is nothing to compare them with: at the first
   * ones, and when they fell, since then the guest counts anew and nobody knows from when.
   */
  next(counted: Counted | undefined): number | null {
    if (counted === undefined) return null
    const { at, totals } = counted
    const last = this.#last
    this.#last = { at, sum: sumOf(totals) }
    if (last === undefined) return null
    const rate = (this.#last.sum - last.sum) / ((at - last.at) / minuteMs)
    // A guest may count further than numbers go, and no time may have passed.
    return Number.isFinite(rate) && rate >= 0 ? Math.round(rate * 100) / 100 : null
  }
}

function sumOf(totals: ReadonlyMap<string, number>): number {
  let sum = 0
  for (const total of totals.values()) sum += total
  return sum
}
