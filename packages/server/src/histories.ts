import { type Clock, type Contract } from '@guestool/core'
import { History } from './history.js'
import { Vitals, vitalsOf, type SampledGuest, type Vital } from './vitals.js'

/** The recent past of guests, kept until somebody forgets them: the hub, which says who is still told of. */
export class Histories {
  readonly #clock: Clock
  readonly #vitals: readonly Vital[]
  readonly #histories = new Map<string, History>()

  constructor(clock: Clock, contract: Contract) {
    this.#clock = clock
    this.#vitals = vitalsOf(contract)
  }

  /** A guest joined; its history goes on. What comes back is to be beaten about every ten seconds, as its socket is. */
  joined(guest: SampledGuest): Vitals {
    const { id } = guest
    const known = this.get(id)
    const history = known === undefined || known.isOver(this.#clock.wall()) ? new History() : known
    this.#histories.set(id, history)
    return new Vitals(this.#clock, guest, this.#vitals, history)
  }

  get(id: string): History | undefined {
    return this.#histories.get(id)
  }

  forget(id: string): void {
    this.#histories.delete(id)
  }
}
