import { elapsedSince, type CancelTimer, type Clock, type Moment } from '../clock.js'
import { limits } from '../limits.js'

/**
 * What waits for an answer, by `opid`, in order of expiry. All lifetimes are equal, so the order of insertion, which
 * a Map keeps, *is* the order of expiry: adding and removing cost what the Map costs, and one timer serves them all.
 */
export class ExpiryQueue<E extends Moment> {
  readonly #clock: Clock
  readonly #expired: (opid: string, entry: E) => void
  readonly #entries = new Map<string, E>()
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
    if (this.#cancelTimer === undefined) this.#arm(limits.lifetime)
  }

  has(opid: string): boolean {
    return this.#entries.has(opid)
  }

  get(opid: string): E | undefined {
    return this.#entries.get(opid)
  }

  /** Removes an entry; false when it was not there. The timer stays: it finds out by itself that it came for nothing. */
  delete(opid: string): boolean {
    return this.#entries.delete(opid)
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
      this.#entries.delete(opid)
      this.#expired(opid, entry)
    }
    this.#cancelTimer = undefined
  }
}
