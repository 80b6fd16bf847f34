import {
  dispatch,
  GuestoolError,
  hub as hubContract,
  limits,
  type Answer,
  type Clock,
  type ContractTypes,
  type Counts,
  type Event,
  type InfoHandlers,
  type ActionHandlers,
} from '@guestool/core'
import { contractJsonSchema, type ContractJsonSchema } from '@guestool/core/json-schema'
import { AbsentGuests } from './absent-guests.js'
import type { Access } from './access.js'
import { rightsOf } from './authentication.js'
import { forward, type ForwardingRules } from './forwarding.js'
import type { Histories } from './histories.js'
import type { RecentHistory } from './history.js'
import { addGuest, addresses, removeGuest, type AdminOptions } from './hub-admin.js'
import { pageOf, patternOf, workOf } from './hub-page.js'
import { timelinePage } from './hub-timeline.js'
import { vitalsPage } from './hub-vitals.js'
import { notConnected, type Change, type KnownGuest, type Registry } from './registry.js'
import { isSignedIn, signInOnly } from './sign-in.js'
import { Telling } from './telling.js'
import type { Timeline } from './timeline.js'
import { version } from './version.js'

type HubTypes = ContractTypes<typeof hubContract>
type GuestReport = HubTypes['event']['guest_joined']

/** A console, as the hub knows it. */
export interface HubConsole {
  /** The only guest that it asks, by the plain protocol; undefined for a console of the whole hub. */
  readonly id: string | undefined
  readonly access: Access
  /** Hands on an event, in its own revision. */
  tell(telling: Telling): void
  /** What it asked for is as much work as so many messages more. */
  charge(messages: number): void
}

export interface HubOptions extends ForwardingRules, AdminOptions {
  readonly registry: Registry
  readonly clock: Clock
  /** They are kept until the hub forgets a guest. */
  readonly histories: Pick<Histories, 'get' | 'vitals' | 'forget'> | undefined
  readonly timeline: Pick<Timeline, 'newestFirst'>
  /** Bytes of a frame. */
  readonly maxPayload: number
  /** How many consoles are connected. */
  consoles(): number
  /** Something went wrong that a console is not told. */
  readonly report: (error: unknown) => void
}

/** What a console wants to hear of guests. */
interface Subscription {
  readonly fits: (id: string) => boolean
  /** Undefined is every name. */
  readonly names: ReadonlySet<string> | undefined
}

/**
 * A host as its consoles see it: which guests there are, how they do, how they did; and the way to each of them. What a
 * console may not see is left out everywhere, as if it were not there.
 */
export class Hub {
  readonly #options: HubOptions
  readonly #startedAt: number
  readonly #stopWatching: () => void
  /** Consoles of the whole hub. */
  readonly #consoles = new Map<HubConsole, Subscription | undefined>()
  /** Consoles of one guest, by its id. */
  readonly #consolesOf = new Map<string, Set<HubConsole>>()
  readonly #absent: AbsentGuests
  /** Made when it is first asked for. */
  #contract: ContractJsonSchema | undefined

  constructor(options: HubOptions) {
    this.#options = options
    this.#startedAt = options.clock.now()
    this.#absent = new AbsentGuests(options.authenticator, options.clock, options.report)
    this.#stopWatching = options.registry.watch((change) => this.#changed(change))
  }

  /** A console came. Returns what answers it. */
  enter(console: HubConsole): Answer {
    const { id, access } = console
    if (access.signIn !== undefined) return signInOnly(access.signIn, id, this.#options.report)
    if (id !== undefined) {
      const consoles = this.#consolesOf.get(id)
      if (consoles === undefined) this.#consolesOf.set(id, new Set([console]))
      else consoles.add(console)
      return (request, context) => forward(this.#options, console, id, request, context)
    }
    this.#consoles.set(console, undefined)
    const own = dispatch(hubContract, this.#handlers(console))
    return (request, context, guest) =>
      guest === undefined ? own(request, context) : forward(this.#options, console, guest, request, context)
  }

  leave(console: HubConsole): void {
    this.#consoles.delete(console)
    if (console.id === undefined) return
    const consoles = this.#consolesOf.get(console.id)
    consoles?.delete(console)
    if (consoles?.size === 0) this.#consolesOf.delete(console.id)
  }

  close(): void {
    this.#stopWatching()
  }

  #handlers(console: HubConsole): {
    info: InfoHandlers<HubTypes>
    action: ActionHandlers<HubTypes>
  } {
    const { access } = console
    return {
      info: {
        guests: ({ guests, after, limit }) => {
          const fits = patternOf(guests)
          return this.#refreshed(() => this.#page(console, fits, after, limit))
        },
        hub: () => this.#refreshed(() => this.#report(console)),
        history: ({ guest, minutes }) => this.#history(console, guest, minutes),
        vitals: (params) => vitalsPage(this.#options, console, params),
        timeline: (params) => timelinePage(this.#options, console, params),
        contract: () => (this.#contract ??= contractJsonSchema(this.#options.contract)),
        addresses: () => addresses(this.#options, access),
      },
      action: {
        subscribe: ({ guests, names }) => {
          if (names !== undefined && names.length > limits.subscribedNames) {
            const text = `names: at most ${limits.subscribedNames}; leave them out to hear of everything`
            throw new GuestoolError('invalid_params', text)
          }
          this.#consoles.set(console, { fits: patternOf(guests), names: names && new Set(names) })
          return null
        },
        sign_in: isSignedIn,
        add_guest: (params) => addGuest(this.#options, access, params),
        remove_guest: (params) => removeGuest(this.#options, access, params, (id) => this.#forget(id)),
      },
    }
  }

  /** Tells of guests once it is known who may join. */
  #refreshed<T>(tell: () => T): T | Promise<T> {
    const refreshed = this.#absent.refresh()
    return refreshed === undefined ? tell() : refreshed.then(tell)
  }

  /** The guests that a console may see, those included that are not here. */
  *#visible(console: HubConsole): Generator<KnownGuest> {
    const { registry } = this.#options
    const { access } = console
    let looked = this.#absent.size
    for (const guest of registry.find()) {
      looked++
      if (access.sees(guest.id)) yield guest
    }
    for (const guest of this.#absent.all())
      if (access.sees(guest.id) && registry.find(guest.id) === undefined) yield guest
    console.charge(workOf(looked))
  }

  #page(console: HubConsole, fits: (id: string) => boolean, after: string, limit: number): GuestReport[] {
    const page: KnownGuest[] = []
    for (const guest of this.#visible(console)) if (guest.id > after && fits(guest.id)) page.push(guest)
    // By code units, as `after` compares.
    page.sort((a, b) => (a.id < b.id ? -1 : 1))
    return pageOf(reportsOf(page), limit, limits.guestsPage, this.#options.maxPayload)
  }

  #report(console: HubConsole): HubTypes['info']['hub']['result'] {
    const guests = { alive: 0, unresponsive: 0, gone: 0 }
    const counts = { sent: 0, received: 0, late: 0, malformed: 0, rejected: 0, shared: 0 }
    for (const guest of this.#visible(console)) {
      guests[guest.state]++
      const more = countsOf(guest.counts, guest.shared)
      for (const name of Object.keys(counts) as (keyof typeof counts)[]) counts[name] += more[name]
    }
    const uptime = Math.round(this.#options.clock.now() - this.#startedAt) / 1000
    const access = rightsOf(console.access)
    return { version, uptime, guests, consoles: this.#options.consoles(), counts, access }
  }

  #history(console: HubConsole, id: string, minutes: number): RecentHistory | Promise<RecentHistory> {
    const { registry, histories, clock } = this.#options
    if (histories === undefined) throw new GuestoolError('unsupported', 'this host keeps no history')
    const read = (isKnown: boolean): RecentHistory => {
      const history = isKnown && console.access.sees(id) ? histories.get(id) : undefined
      if (history === undefined) throw new GuestoolError('gone', notConnected(id))
      return history.read(minutes, clock.wall())
    }
    if (registry.find(id) !== undefined) return read(true)
    console.charge(workOf(this.#absent.size))
    return this.#refreshed(() => read(this.#absent.get(id) !== undefined))
  }

  #changed(change: Change): void {
    const { guest } = change
    switch (change.type) {
      case 'joined':
        this.#absent.forget(guest.id)
        return this.#tell(guest.id, { name: 'guest_joined', data: reportOf(guest) })
      case 'state': {
        const data = { id: guest.id, state: guest.state, state_ts: guest.stateAt / 1000 }
        return this.#tell(guest.id, { name: 'guest_state', data })
      }
      case 'left': {
        if (change.returns) this.#remember(guest)
        else this.#options.histories?.forget(guest.id)
        const data = {
          id: guest.id,
          state_ts: guest.stateAt / 1000,
          reason: `${change.reason} (${change.code})`,
        }
        return this.#tell(guest.id, { name: 'guest_left', data })
      }
      case 'event':
        return this.#forwardEvent(guest.id, change.event)
    }
  }

  #tell(id: string, event: Event): void {
    const telling = new Telling(event)
    for (const console of this.#consoles.keys()) if (console.access.sees(id)) console.tell(telling)
  }

  #forwardEvent(id: string, event: Event): void {
    const own = new Telling(event)
    for (const console of this.#consolesOf.get(id) ?? []) if (console.access.sees(id)) console.tell(own)
    const addressed = new Telling(event, id)
    for (const [console, subscription] of this.#consoles) {
      if (subscription === undefined || !subscription.fits(id) || !console.access.sees(id)) continue
      if (subscription.names?.has(event.name) ?? true) console.tell(addressed)
    }
  }

  #remember({
    id,
    revision,
    state,
    stateAt,
    connectedAt,
    address,
    roundTrip,
    counts,
    shared,
  }: KnownGuest): void {
    // A successor may be in already.
    if (this.#options.registry.find(id) !== undefined) return
    // Not the guest itself, which holds its socket.
    const guest = { id, revision, state, stateAt, connectedAt, address, roundTrip, counts, shared }
    const forgotten = this.#absent.remember(guest)
    if (forgotten !== undefined) this.#options.histories?.forget(forgotten)
  }

  /** Nothing of it is kept. Whether there was something to be told of. */
  #forget(id: string): boolean {
    const isKnown = this.#absent.get(id) !== undefined
    this.#absent.forget(id)
    this.#options.histories?.forget(id)
    return isKnown
  }
}

function* reportsOf(guests: Iterable<KnownGuest>): Generator<GuestReport> {
  for (const guest of guests) yield reportOf(guest)
}

function reportOf(guest: KnownGuest): GuestReport & Record<string, unknown> {
  return {
    id: guest.id,
    revision: guest.revision,
    state: guest.state,
    state_ts: guest.stateAt / 1000,
    connected_ts: guest.connectedAt === undefined ? null : guest.connectedAt / 1000,
    address: guest.address ?? null,
    round_trip_ms: guest.roundTrip === undefined ? null : Math.round(guest.roundTrip * 1000) / 1000,
    counts: countsOf(guest.counts, guest.shared),
  }
}

function countsOf({ sent, received, late, malformed, rejected }: Readonly<Counts>, shared: number) {
  return { sent, received, late, malformed, rejected, shared }
}
