import { type Clock, type Contract } from '@guestool/core'
import { BotWatch, type BotReport } from './bot-watch.js'
import { History } from './history.js'
import { notSampled, type Past, type Pulse } from './past.js'
import { Vitals, vitalsOf, type SampledGuest, type Vital } from './vitals.js'

/** The recent past of guests, kept until somebody forgets them: the hub, which says who is still told of. */
export class Histories {
  readonly #clock: Clock
  readonly #vitals: readonly Vital[]
  readonly #pasts = new Map<string, Past>()

  constructor(clock: Clock, contract: Contract) {
    this.#clock = clock
    this.#vitals = vitalsOf(contract)
  }

  /** A guest joined; its history goes on. What comes back is to be beaten about every ten seconds, as its socket is. */
  joined(guest: SampledGuest): Vitals {
    const { id } = guest
    const known = this.#pasts.get(id)
    const isOver = known === undefined || known.history.isOver(this.#clock.wall())
    const history = isOver ? new History() : known.history
    const past = { history, bots: known?.bots ?? new BotWatch(this.#clock), pulse: notSampled }
    this.#pasts.set(id, past)
    return new Vitals(this.#clock, guest, this.#vitals, past)
  }

  get(id: string): History | undefined {
    return this.#pasts.get(id)?.history
  }

  /** The last sample of a guest; without bots before the first of its connection, when those of the last are none. */
  vitals(id: string): Pulse & { readonly bots: BotReport[] } {
    const { pulse, bots } = this.#pasts.get(id) ?? { pulse: notSampled }
    return { ...pulse, bots: pulse.ts === null || bots === undefined ? [] : bots.report() }
  }

  forget(id: string): void {
    this.#pasts.delete(id)
  }
}
