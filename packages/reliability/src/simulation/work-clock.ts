import type { CancelTimer, Clock } from '@guestool/core'

/** The clock of what a simulation lets programs do: its timers are counted apart from those of the SDK. */
export class WorkClock implements Clock {
  /** How many timers are set and have not run. */
  timers = 0
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  now(): number {
    return this.#clock.now()
  }

  wall(): number {
    return this.#clock.wall()
  }

  setTimer(callback: () => void, ms: number): CancelTimer {
    let isSet = true
    const unset = (): void => {
      if (isSet) this.timers--
      isSet = false
    }
    this.timers++
    const cancel = this.#clock.setTimer(() => {
      unset()
      callback()
    }, ms)
    return () => {
      unset()
      cancel()
    }
  }
}
