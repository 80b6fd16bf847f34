import { elapsedSince, type CancelTimer, type Clock, type Moment } from '../clock.js'
import * as limits from '../limits.js'

// A Map that is emptied as fast as it is filled makes itself a new table again and again. Once a full collection has
// moved one of them among the old things, each table keeps the next alive, with all the calls in it, and every small
// collection copies them: an eighth of what a call costs. A fresh Map ends that chain.
const removalsPerMap = 256

/**
 * What waits for an answer, by `opid`, in order of expiry. All lifetimes are equal, so the order of insertion, which
 * a Map keeps, *is* the order of expiry: adding and removing cost what the Map costs, and one timer serves them all.
 */
export class ExpiryQueue<E extends Moment> {
  readonly #clock: Clock
  readonly #expired: (opid: string, entry: E) => void
  #entries = new Map<string, E>()
  #removals = 0
  #cancelTimer: CancelTimer | undefined

  constructor(clock: Clock, expired: (opid: string, entry: E) => void) {
    this.#clock = clock
    this.#expired = expired
  }

  get size(): number {
    return this.#entries.size
  }

  add(opid: string, entry: E): void {
    this.#entries.set(opid, entry)
    if (this.#cancelTimer === undefined) this.#arm(limits.lifetime - elapsedSince(this.#clock, entry))
  }

  has(opid: string): boolean {
    return this.#entries.has(opid)
  }

  /** Removes an entry and returns it. The timer stays: it finds out by itself that it came for nothing. */
  take(opid: string): E | undefined {
    const entry = this.#entries.get(opid)
    if (entry === undefined) return undefined
    this.#entries.delete(opid)
    this.#removals++
    if (this.#removals >= removalsPerMap && this.#removals >= this.#entries.size) {
      this.#removals = 0
      this.#entries = new Map(this.#entries)
    }
    return entry
  }

  /** Removes everything, and the timer. */
  clear(): E[] {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    const entries = [...this.#entries.values()]
    this.#entries.clear()
    return entries
  }

  #arm(ms: number): void {
    // A timer may run a fraction of a millisecond early; rounding up keeps it from running twice for that.
    this.#cancelTimer = this.#clock.setTimer(() => this.#sweep(), Math.ceil(ms))
  }

  // While it sweeps the timer counts as set: what is added meanwhile is met at the end of the loop.
  #sweep(): void {
    for (const [opid, entry] of this.#entries) {
      const left = limits.lifetime - elapsedSince(this.#clock, entry)
      if (left > 0) return this.#arm(left)
      // It may be gone already: what expires can end others, and this loop may go through the Map of before.
      if (this.#entries.delete(opid)) this.#expired(opid, entry)
    }
    this.#cancelTimer = undefined
  }
}
