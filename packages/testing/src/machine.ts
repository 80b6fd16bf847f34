import type { CancelTimer, Clock } from '@guestool/core'

/** What comes first when a machine goes on: the timers that came due meanwhile, or the frames that came. */
export type First = 'timers' | 'frames'

/** An end of a connection on a machine: it reads when the machine does. */
export interface Pumped {
  pump(): void
}

interface Timer {
  /** On the machine's own monotonic hand. */
  readonly at: number
  readonly run: () => void
  cancel: CancelTimer
}

/**
 * A machine of its own on somebody else's clock: it can be frozen as by SIGSTOP, sleep as a laptop, and have its wall
 * clock set. While it does not run, no timer of it runs and nothing is read by the ends of memory pairs that stand on it;
 * when it goes on, all that has happened is there at once. Give it to its programs as their `clock`, and to memory pairs
 * as `dialler` or `acceptor`.
 */
export class Machine implements Clock {
  readonly #clock: Clock
  readonly #ends = new Set<Pumped>()
  readonly #timers = new Set<Timer>()
  /** What came due while it stood still, in order. */
  readonly #due: Timer[] = []
  readonly #waiting: (() => void)[] = []
  #still = false
  #reads = true
  /** How long it has slept: its monotonic hand is behind by that. */
  #slept = 0
  #asleepSince: number | undefined
  #wallAhead = 0

  /** @param clock of the world that it stands in, such as a `VirtualClock` */
  constructor(clock: Clock) {
    this.#clock = clock
  }

  now(): number {
    return (this.#asleepSince ?? this.#clock.now()) - this.#slept
  }

  wall(): number {
    return this.#clock.wall() + this.#wallAhead
  }

  setTimer(run: () => void, ms: number): CancelTimer {
    const wait = ms > 0 ? ms : 0
    const timer: Timer = { at: this.now() + wait, run, cancel: () => undefined }
    this.#timers.add(timer)
    if (this.#asleepSince === undefined) this.#arm(timer, wait)
    return () => {
      timer.cancel()
      this.#timers.delete(timer)
    }
  }

  /** How many timers are set and have not run, those included that came due while it stood still. */
  get timers(): number {
    return this.#timers.size
  }

  /** Whether it is frozen or asleep. */
  get still(): boolean {
    return this.#still
  }

  /** Whether its programs read what comes. */
  get reads(): boolean {
    return this.#reads
  }

  /** It is stopped; time goes on. */
  freeze(): void {
    this.#still = true
    this.#reads = false
  }

  /** It is suspended: its monotonic hand stands still, too, and only the wall clock goes on. */
  sleep(): void {
    if (this.#asleepSince !== undefined) return
    this.freeze()
    this.#asleepSince = this.#clock.now()
    for (const timer of this.#timers) timer.cancel()
  }

  /** It goes on, with the next turn of the clock. */
  thaw(first: First = 'frames'): void {
    if (!this.#still) return
    this.#still = false
    if (first === 'frames') this.#later(() => this.#read())
    if (this.#asleepSince !== undefined) {
      this.#slept += this.#clock.now() - this.#asleepSince
      this.#asleepSince = undefined
      for (const timer of this.#timers)
        if (!this.#due.includes(timer)) this.#arm(timer, timer.at - this.now())
    }
    for (const timer of this.#due.splice(0)) this.#arm(timer, 0)
    if (first === 'timers') this.#later(() => this.#read())
    for (const run of this.#waiting.splice(0)) this.#later(() => this.run(run))
  }

  /** Somebody sets its wall clock, so many milliseconds forward. */
  shiftWall(ms: number): void {
    this.#wallAhead += ms
  }

  /** Runs something on it: at once, or when it goes on. */
  run(action: () => void): void {
    if (this.#still) this.#waiting.push(action)
    else action()
  }

  /** @internal */
  attach(end: Pumped): void {
    this.#ends.add(end)
  }

  /** @internal */
  detach(end: Pumped): void {
    this.#ends.delete(end)
  }

  #arm(timer: Timer, ms: number): void {
    timer.cancel = this.#clock.setTimer(() => {
      if (!this.#timers.has(timer)) return
      if (this.#still) return void this.#due.push(timer)
      this.#timers.delete(timer)
      timer.run()
    }, ms)
  }

  /** A turn of its own: what else happens now has its promises done before. */
  #later(run: () => void): void {
    this.#clock.setTimer(run, 0)
  }

  #read(): void {
    // It may have been stopped again.
    if (this.#still) return
    this.#reads = true
    for (const end of this.#ends) end.pump()
  }
}
