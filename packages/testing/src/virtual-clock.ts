import type { CancelTimer, Clock } from '@guestool/core'
import { activity } from './queue.js'

export interface VirtualClockOptions {
  /** What the monotonic hand shows at first, in milliseconds. @default 0 */
  readonly start?: number
  /** What the wall hand shows at first, in milliseconds since 1970. @default 1_700_000_000_000 */
  readonly wall?: number
}

interface Timer {
  readonly at: number
  readonly run: () => void
}

// Enough for a call to cross two peers and back, each hop some promises deep; a turn costs well under a microsecond.
const microtaskTurns = 256

/** A clock that stands still until a test moves it. */
export class VirtualClock implements Clock {
  /** Sorted by time; of equal times the earlier set comes first. */
  readonly #timers: Timer[] = []
  #now: number
  #wall: number

  constructor({ start = 0, wall = 1_700_000_000_000 }: VirtualClockOptions = {}) {
    this.#now = start
    this.#wall = wall
  }

  now(): number {
    return this.#now
  }

  wall(): number {
    return this.#wall
  }

  setTimer(callback: () => void, ms: number): CancelTimer {
    // What a real clock does with nonsense: it comes due at once.
    const timer: Timer = { at: this.#now + (ms > 0 ? ms : 0), run: callback }
    let place = this.#timers.length
    while (place > 0 && (this.#timers[place - 1]?.at ?? 0) > timer.at) place--
    this.#timers.splice(place, 0, timer)
    return () => {
      const index = this.#timers.indexOf(timer)
      if (index >= 0) this.#timers.splice(index, 1)
    }
  }

  /** How many timers are set and have not run. Zero is what a test wants to see at its end. */
  get timers(): number {
    return this.#timers.length
  }

  /** Milliseconds until the next timer, or undefined when there is none. */
  get untilNext(): number | undefined {
    const next = this.#timers[0]
    return next && next.at - this.#now
  }

  /**
   * Moves both hands on. Timers that come due run in order, each at its own time, and everything that waits on them
   * (promises, frames of memory pairs) happens before the next one runs.
   */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    await this.settle()
    for (;;) {
      const next = this.#timers[0]
      if (next === undefined || next.at > end) break
      this.#timers.shift()
      this.#moveTo(next.at)
      next.run()
      await this.settle()
    }
    this.#moveTo(end)
  }

  /** Lets everything happen that needs no time. */
  async settle(): Promise<void> {
    let seen: number
    do {
      seen = activity.deliveries
      for (let turn = 0; turn < microtaskTurns; turn++) await Promise.resolve()
    } while (activity.deliveries !== seen)
  }

  /** Somebody sets the wall clock: it shows `at` milliseconds since 1970 from now on. No timer runs. */
  setWall(at: number): void {
    this.#wall = at
  }

  /** The machine sleeps: the wall hand moves on, the monotonic one stands still, and no timer runs. */
  sleep(ms: number): void {
    this.#wall += ms
  }

  #moveTo(at: number): void {
    this.#wall += at - this.#now
    this.#now = at
  }
}
