import {
  assertEvent,
  Emitter,
  GuestoolError,
  isGuestoolError,
  longestPattern,
  readEvent,
  type Contract,
  type Event,
} from '@guestool/core'
import type { Line } from './line.js'

/** What a hub is asked for: events of guests that fit a pattern, with these names. */
export interface Subscription {
  readonly guests: string
  readonly names: string[]
}

/** It is not known which change the hub took. */
const notKnown = -1

/** What listens to every guest listens to this one. */
export const everyGuest = '*'

/** Who listens to events of guests. The hub is asked for what they want together, and for nothing while nobody does. */
export class GuestEvents {
  readonly #contract: Contract
  readonly #line: Line
  readonly #subscribe: (subscription: Subscription) => Promise<unknown>
  readonly #listeners = new Emitter<{ [key: string]: [data: unknown, guest: string] }>()
  readonly #wanted = new Map<string, { readonly guest: string; readonly name: string }>()
  /** How often what is wanted has changed. */
  #changes = 0
  /** Up to which change the hub was told, and on which connection: the next one knows nothing of it. */
  #told: { readonly session: object; readonly changes: number } | undefined
  #telling = false

  /** @param subscribe asks the hub, on the connection of the moment */
  constructor(line: Line, contract: Contract, subscribe: (wanted: Subscription) => Promise<unknown>) {
    this.#line = line
    this.#contract = contract
    this.#subscribe = subscribe
    this.#listeners.on('error', (error) => this.#report(error))
    line.connection.events.on('state', () => void this.#tell())
  }

  /** Listens to an event of one guest, or of every one. */
  on(guest: string, name: string, listener: (data: unknown, guest: string) => unknown): () => void {
    assertEvent(this.#contract, name)
    const key = keyOf(guest, name)
    const off = this.#listeners.on(key, listener)
    if (!this.#wanted.has(key)) this.#changes++
    this.#wanted.set(key, { guest, name })
    void this.#tell()
    return () => {
      off()
      if (this.#listeners.listenerCount(key) > 0 || !this.#wanted.delete(key)) return
      this.#changes++
      void this.#tell()
    }
  }

  /** An event of a guest came; false when the contract does not know it or its data does not fit. */
  hear(event: Event, guest: string): boolean {
    const schema = this.#contract.event.get(event.name)
    if (schema === undefined) return false
    const keys = [keyOf(guest, event.name), keyOf(everyGuest, event.name)]
    const heard = keys.filter((key) => this.#wanted.has(key))
    // The hub is asked for a pattern and names, so more may come than anybody wants.
    if (heard.length === 0) return true
    const data = readEvent(schema, event, guest)
    if (data instanceof GuestoolError) {
      this.#report(data)
      return false
    }
    for (const key of heard) this.#listeners.emit(key, data, guest)
    return true
  }

  /** Tells the hub what is wanted, until that is what it was told last. One call at a time. */
  async #tell(): Promise<void> {
    if (this.#telling) return
    this.#telling = true
    // Those who begin to listen together are told of together.
    await Promise.resolve()
    for (;;) {
      const { session } = this.#line.connection
      if (session === undefined || this.#isTold(session)) break
      const changes = this.#changes
      try {
        await this.#subscribe(subscriptionTo([...this.#wanted.values()]))
        this.#told = { session, changes }
      } catch (error) {
        this.#told = { session, changes: notKnown }
        // What was lost with its connection is told to the next one.
        if (!isGuestoolError(error) || (error.code !== 'connection_lost' && error.code !== 'closed'))
          this.#report(error)
        // Asked for again when somebody listens: the hub has just said no to this.
        if (this.#changes === changes && this.#line.connection.session === session) break
      }
    }
    this.#telling = false
  }

  /** Nothing is what a new connection is told by silence. */
  #isTold(session: object): boolean {
    return this.#told?.session === session ? this.#told.changes === this.#changes : this.#wanted.size === 0
  }

  #report(error: unknown): void {
    this.#line.connection.events.emit('error', error)
  }
}

// A space is in no id and in no name.
const keyOf = (guest: string, name: string): string => `${guest} ${name}`

/** The least pattern and names that have all of it. */
function subscriptionTo(wanted: readonly { guest: string; name: string }[]): Subscription {
  const guests = new Set(wanted.map(({ guest }) => guest))
  const pattern = guests.has(everyGuest) || guests.size === 0 ? everyGuest : [...guests].join(',')
  return {
    guests: pattern.length > longestPattern ? everyGuest : pattern,
    names: [...new Set(wanted.map(({ name }) => name))],
  }
}
