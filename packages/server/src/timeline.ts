import {
  Failure,
  guestool,
  limits,
  readReply,
  type Clock,
  type Contract,
  type HubShape,
  type Refusal,
} from '@guestool/core'
import { Births } from './births.js'
import { Entries } from './entries.js'
import { networkOf } from './peer-address.js'
import type { Change, KnownGuest, Registry } from './registry.js'

/** What happened to a guest, as the hub's info `timeline` tells it. */
export type TimelineEntry = HubShape['info']['timeline']['result'][number]

/** An entry, with its moment in whole microseconds since 1970: numbers that no two entries share. */
interface Kept extends Omit<TimelineEntry, 'ts'> {
  us: number
}

export interface TimelineOptions {
  readonly clock: Clock
  readonly registry: Pick<Registry, 'find' | 'forward' | 'watch'>
  readonly contract: Contract
  /** Whether guests that join are asked whether they are the same process as before. */
  readonly asks: boolean
}

/**
 * What happened to guests, for a day. Each entry has a moment of its own, later than that of the entry before, so that
 * whoever reads it page by page misses none. An entry stays where it is: `joined` may become `restarted` once its guest
 * has said so. Refused attempts, which anybody can make, have a place of their own and push nothing else out, and those
 * of one address no others.
 */
export class Timeline {
  readonly #options: TimelineOptions
  readonly #births: Births
  readonly #entries = new Entries<Kept>(({ guest }) => guest, limits.timelineEntries, limits.timelineOfGuest)
  readonly #refusals = new Entries<Kept>(
    ({ address }) => networkOf(address ?? ''),
    limits.timelineRefusals,
    limits.timelineOfAddress,
  )
  #newest = 0

  constructor(options: TimelineOptions) {
    this.#options = options
    this.#births = new Births(options.clock)
    options.registry.watch((change) => this.#changed(change))
  }

  /** Somebody wanted to join and was not let in. */
  refused(guest: string, { code, reason }: Refusal, from: string | undefined): void {
    const us = this.#moment()
    const address = from ?? null
    const text = reason.slice(0, limits.errorText)
    const entry: Kept = { us, guest, what: 'refused', reason: text, code, address }
    // The same again takes the place of the one before.
    for (const before of this.#refusals.of(networkOf(from)))
      if (isSame(before, entry) && us - before.us < limits.refusalFold * 1000) this.#refusals.delete(before)
    this.#refusals.add(entry)
  }

  /** What happened within a day, the newest first. */
  *newestFirst(): Generator<TimelineEntry> {
    const oldest = (this.#options.clock.wall() - limits.rememberedFor) * 1000
    for (const { us, ...entry } of this.#all()) {
      if (us < oldest) return
      yield { ts: us / 1_000_000, ...entry }
    }
  }

  #changed(change: Change): void {
    const { guest } = change
    switch (change.type) {
      case 'joined':
        return void this.#joined(guest)
      case 'state':
        if (guest.state !== 'gone') this.#add(guest, guest.state)
        return
      case 'left':
        this.#births.left(guest.id, change.returns)
        return void this.#add(guest, 'left', change.reason, change.code)
      case 'event':
    }
  }

  /** The entry is there at once, and is made another when the guest has answered. */
  async #joined(guest: KnownGuest): Promise<void> {
    const entry = this.#add(guest, 'joined')
    const { registry, contract, asks } = this.#options
    const operation = guestool.info.get('time')
    // What a contract has under this name otherwise means something else.
    if (!asks || operation === undefined || contract.info.get('time') !== operation) return
    const question = { operation, kind: 'info', name: 'time', params: {} } as const
    const outcome = await registry.forward(guest.id, question, { timeout: limits.vitalsTimeout })
    // Its successor is asked itself.
    if (registry.find(guest.id) !== guest) return
    const time = outcome instanceof Failure ? outcome : readReply(operation, outcome)
    if (this.#births.joined(guest.id, time)) entry.what = 'restarted'
  }

  #add(
    { id, address }: KnownGuest,
    what: TimelineEntry['what'],
    reason = '',
    code: number | null = null,
  ): Kept {
    const entry: Kept = { us: this.#moment(), guest: id, what, reason, code, address: address ?? null }
    this.#entries.add(entry)
    return entry
  }

  /** Now, but after all that is there. */
  #moment(): number {
    const now = Math.round(this.#options.clock.wall() * 1000)
    // A clock that was set back: what it had called the future is told as what was just before.
    if (now < this.#newest - setBackUs) this.#pullBack(now)
    this.#newest = Math.max(now, this.#newest + 1)
    return this.#newest
  }

  #pullBack(now: number): void {
    let us = now
    for (const entry of this.#all()) {
      if (entry.us < us) break
      us--
      entry.us = us
    }
    this.#newest = now - 1
  }

  /** The newest first. Whoever reads a page has not all of them sorted for it. */
  *#all(): Generator<Kept> {
    const entries = this.#entries.list()
    const refusals = this.#refusals.list()
    for (;;) {
      const isRefusal = (refusals.at(-1)?.us ?? -1) > (entries.at(-1)?.us ?? -1)
      const newest = isRefusal ? refusals.pop() : entries.pop()
      if (newest === undefined) return
      yield newest
    }
  }
}

/** A burst within a millisecond runs ahead of the clock by less. */
const setBackUs = 1_000_000

function isSame(one: Kept, other: Kept): boolean {
  return one.guest === other.guest && one.code === other.code && one.address === other.address
}
