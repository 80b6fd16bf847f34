import { limits, type Clock, type Contract } from '@guestool/core'
import { History } from './history.js'
import { Vitals, vitalsOf, type SampledGuest, type Vital } from './vitals.js'

/** The recent past of every guest that is here, and of those that were here within a day. */
export class Histories {
  readonly #clock: Clock
  readonly #vitals: readonly Vital[]
  readonly #present = new Map<string, History>()
  readonly #absent = new Map<string, History>()

  constructor(clock: Clock, contract: Contract) {
    this.#clock = clock
    this.#vitals = vitalsOf(contract)
  }

  /** A guest joined; its history goes on. What comes back is to be beaten about every ten seconds, as its socket is. */
  joined(guest: SampledGuest): Vitals {
    const { id } = guest
    const history = this.get(id) ?? new History()
    this.#absent.delete(id)
    this.#present.set(id, history)
    return new Vitals(this.#clock, guest, this.#vitals, history)
  }

  /**
   * A guest left.
   *
   * @param returns false when its id was made up for this connection, so that nobody will ask for it again
   */
  left(id: string, returns: boolean): void {
    const history = this.#present.get(id)
    this.#present.delete(id)
    if (history === undefined || !returns) return
    this.#absent.set(id, history)
    this.#forget()
  }

  /** The history of a guest that is here or was here within a day. */
  get(id: string): History | undefined {
    const absent = this.#absent.get(id)
    return this.#present.get(id) ?? (absent?.isOver(this.#clock.wall()) === true ? undefined : absent)
  }

  /** Of too many, the one that was sampled longest ago is forgotten. */
  #forget(): void {
    if (this.#absent.size <= limits.rememberedGuests) return
    let oldest = ''
    let newest = Infinity
    for (const [id, history] of this.#absent) {
      if (history.newest >= newest) continue
      oldest = id
      newest = history.newest
    }
    this.#absent.delete(oldest)
  }
}
