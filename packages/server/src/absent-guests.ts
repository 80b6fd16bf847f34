import { limits, newCounts, type Clock } from '@guestool/core'
import type { Authenticator } from './authenticator.js'
import type { KnownGuest } from './registry.js'

/**
 * Guests that are not connected, but told of: where it is known who may join, all of these; elsewhere, those that left
 * within a day.
 */
export class AbsentGuests {
  readonly #authenticator: Authenticator | undefined
  readonly #clock: Clock
  readonly #report: (error: unknown) => void
  readonly #startedAt: number
  /** The one that left longest ago first. */
  readonly #left = new Map<string, KnownGuest>()
  /** Since when each may join; undefined where nobody knows. */
  #expected: ReadonlyMap<string, number> | undefined
  #problem: string | undefined
  #refreshing: Promise<void> | undefined
  #next: Promise<void> | undefined

  constructor(authenticator: Authenticator | undefined, clock: Clock, report: (error: unknown) => void) {
    this.#authenticator = authenticator
    this.#clock = clock
    this.#report = report
    this.#startedAt = clock.wall()
  }

  /** How many there are to look through. */
  get size(): number {
    return this.#left.size + (this.#expected?.size ?? 0)
  }

  /** Finds out who may join now; undefined where nobody is to be asked. Never rejects. */
  refresh(): Promise<void> | undefined {
    const authenticator = this.#authenticator
    if (authenticator === undefined) return undefined
    if (this.#refreshing === undefined) return (this.#refreshing = this.#refresh(authenticator))
    // The one that is on its way may have begun before the last change; the next one is for all who ask meanwhile.
    return (this.#next ??= this.#refreshing.then(() => this.#refresh(authenticator)))
  }

  /** A guest left. Returns the id of one that is forgotten for it. */
  remember({ counts, ...guest }: KnownGuest): string | undefined {
    // It was taken out when it joined, so that the order is that of leaving.
    this.#left.set(guest.id, { ...guest, state: 'gone', counts: { ...counts } })
    const [oldest] = this.#left.keys()
    if (this.#left.size <= limits.rememberedGuests || oldest === undefined) return undefined
    this.#left.delete(oldest)
    return oldest
  }

  /** A guest came, or is not to be told of any more. */
  forget(id: string): void {
    this.#left.delete(id)
  }

  get(id: string): KnownGuest | undefined {
    const left = this.#left.get(id)
    if (this.#expected === undefined) return left && this.#isToday(left) ? left : undefined
    const since = this.#expected.get(id)
    return since === undefined ? undefined : (left ?? missing(id, Math.max(since, this.#startedAt)))
  }

  *all(): Generator<KnownGuest> {
    for (const id of (this.#expected ?? this.#left).keys()) {
      const guest = this.get(id)
      if (guest !== undefined) yield guest
    }
  }

  async #refresh(authenticator: Authenticator): Promise<void> {
    await this.#read(authenticator)
    this.#refreshing = this.#next
    this.#next = undefined
  }

  async #read(authenticator: Authenticator): Promise<void> {
    try {
      const guests = await authenticator.guests()
      this.#expected = new Map(guests.map(({ id, since }) => [id, since]))
      this.#problem = undefined
    } catch (error) {
      // A page asks every few seconds.
      if (this.#problem !== String(error)) this.#report(error)
      this.#problem = String(error)
    }
  }

  #isToday({ stateAt }: KnownGuest): boolean {
    return stateAt > this.#clock.wall() - limits.rememberedFor
  }
}

/** A guest that did not come since this host started. */
function missing(id: string, stateAt: number): KnownGuest {
  return {
    id,
    revision: 0,
    state: 'gone',
    stateAt,
    connectedAt: undefined,
    address: undefined,
    roundTrip: undefined,
    counts: newCounts(),
    shared: 0,
  }
}
