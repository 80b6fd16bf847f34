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
 * has said so. Refused attempts, which anybody can make, have a place of their own and push nothing else out.
 */
export class Timeline {
  readonly #options: TimelineOptions
  readonly #births: Births
  /** In order of time, as those of each guest are. */
  readonly #entries = new Set<Kept>()
  readonly #entriesOf = new Map<string, Set<Kept>>()
  readonly #refusals = new Set<Kept>()
  /** The last refusal of its kind: another one within a minute takes its place. */
  readonly #lastRefusals = new Map<string, Kept>()
  #newest = 0

  constructor(options: TimelineOptions) {
    this.#options = options
    this.#births = new Births(options.clock)
    options.registry.watch((change) => this.#changed(change))
  }

  /** Somebody wanted to join and was not let in. */
  refused(guest: string, { code, reason }: Refusal, address: string | undefined): void {
    const us = this.#moment()
    const kind = kindOf({ guest, code, address: address ?? null })
    const last = this.#lastRefusals.get(kind)
    if (last !== undefined && us - last.us < limits.refusalFold * 1000) this.#refusals.delete(last)
    const text = reason.slice(0, limits.errorText)
    const entry: Kept = { us, guest, what: 'refused', reason: text, code, address: address ?? null }
    this.#refusals.add(entry)
    this.#lastRefusals.set(kind, entry)
    if (this.#refusals.size > limits.timelineRefusals) this.#forgetFirstRefusal()
  }

  /** What happened within a day, the newest first. */
  *newestFirst(): Generator<TimelineEntry> {
    const oldest = (this.#options.clock.wall() - limits.rememberedFor) * 1000
    for (const { us, ...entry } of this.#sorted()) {
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
    const own = this.#entriesOf.get(id)
    if (own === undefined) this.#entriesOf.set(id, new Set([entry]))
    else own.add(entry)
    // One that comes and goes all the time pushes out its own past alone.
    if (own !== undefined && own.size > limits.timelineOfGuest) this.#forgetFirst(own)
    if (this.#entries.size > limits.timelineEntries) this.#forgetFirst(this.#entries)
    return entry
  }

  #forgetFirst(entries: ReadonlySet<Kept>): void {
    const [first] = entries
    if (first === undefined) return
    this.#entries.delete(first)
    const own = this.#entriesOf.get(first.guest)
    own?.delete(first)
    if (own?.size === 0) this.#entriesOf.delete(first.guest)
  }

  #forgetFirstRefusal(): void {
    const [first] = this.#refusals
    if (first === undefined) return
    this.#refusals.delete(first)
    const kind = kindOf(first)
    if (this.#lastRefusals.get(kind) === first) this.#lastRefusals.delete(kind)
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
    for (const entry of this.#sorted()) {
      if (entry.us < us) break
      us--
      entry.us = us
    }
    this.#newest = now - 1
  }

  #sorted(): Kept[] {
    return [...this.#entries, ...this.#refusals].toSorted((a, b) => b.us - a.us)
  }
}

/** A burst within a millisecond runs ahead of the clock by less. */
const setBackUs = 1_000_000

function kindOf({ guest, code, address }: Pick<Kept, 'guest' | 'code' | 'address'>): string {
  return `${guest} ${code} ${address}`
}
