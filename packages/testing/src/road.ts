import type { Clock } from '@guestool/core'

/** How long something is on its way, in milliseconds; asked anew for each. */
export type Delay = () => number

/** One direction of a wire: what is sent arrives in the order of sending, each after a delay of its own or later. */
export class Road {
  readonly #clock: Clock | undefined
  readonly #delay: Delay
  #lastAt = 0
  #underWay = 0

  /** @param clock of the network: undefined where nothing takes any time */
  constructor(clock: Clock | undefined, delay: Delay = () => 0) {
    this.#clock = clock
    this.#delay = delay
  }

  travel(arrive: () => void): void {
    const clock = this.#clock
    if (clock === undefined) return arrive()
    const now = clock.now()
    // Nothing overtakes: what is faster than the one before it arrives with it.
    this.#lastAt = Math.max(this.#lastAt, now + this.#delay())
    if (this.#underWay === 0 && this.#lastAt <= now) return arrive()
    this.#underWay++
    clock.setTimer(() => {
      this.#underWay--
      arrive()
    }, this.#lastAt - now)
  }
}
