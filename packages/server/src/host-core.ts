import {
  addCounts,
  Backlog,
  closeCode,
  Emitter,
  isGuestId,
  limits,
  newCounts,
  Wheel,
  type Clock,
  type Contract,
  type Counts,
  type Dial,
  type Load,
  type Refusal,
  type Shape,
} from '@guestool/core'
import { nanoid } from 'nanoid'
import type { Door } from './authentication.js'
import { ConsoleSocket, type ConsoleSocketHost } from './console-socket.js'
import { Crowd, Newcomers } from './crowd.js'
import {
  claimantOf,
  pageRefusal,
  visitOf,
  type EntranceRequest,
  type TurnedAway,
  type Visit,
} from './entrance.js'
import type { GuestConnection, GuestState } from './guest-connection.js'
import { GuestSocket, type GuestSocketHost } from './guest-socket.js'
import type { HostSettings } from './host-options.js'
import { Histories } from './histories.js'
import { Hub } from './hub.js'
import type { AdminOptions } from './hub-admin.js'
import { LocalRegistry } from './registry.js'
import { RefusedSocket, type AcceptedSocket } from './accepted-socket.js'
import { Timeline } from './timeline.js'

/** What a host tells. */
export type HostEvents<S extends Shape> = {
  /** A guest joined, and can be asked. */
  guest: [guest: GuestConnection<S>]
  /** A guest is gone. */
  guest_left: [guest: GuestConnection<S>]
  /** A guest is `alive` again, `unresponsive`, or `gone`. */
  state: [guest: GuestConnection<S>, state: GuestState]
  /** Something went wrong that no call threw: an authentication, a listener's own error, an event that does not fit. */
  error: [error: unknown]
}

/** What a host counts. */
export interface HostCounts {
  /** guests that are connected now */
  readonly guests: number
  /** consoles that are connected now */
  readonly consoles: number
  /** connections that were turned away at the door, since the start: a wrong path, a foreign page */
  readonly turnedAway: number
  /** frames to and from guests and what became of them, over all connections so far */
  readonly guestFrames: Readonly<Counts>
  /** the same with consoles */
  readonly consoleFrames: Readonly<Counts>
}

/** Everybody who is connected to a host, and what they have to do with one another. Knows nothing of servers. */
export class HostCore<S extends Shape> implements GuestSocketHost<S>, ConsoleSocketHost {
  readonly contract: Contract<S>
  readonly clock: Clock
  readonly wheel: Wheel
  readonly maxPayload: number
  readonly maxPending: number
  readonly messagesPerSecond: number
  readonly share: boolean
  readonly basePath: string
  readonly door: Door | undefined
  readonly newcomers = new Newcomers()
  readonly backlog = new Backlog()
  /** What all consoles ask. */
  readonly load: Load = { pending: 0, maxPending: limits.hostPending, reserved: limits.reservedPending }
  readonly registry = new LocalRegistry<GuestSocket<S>>()
  readonly histories: Histories | undefined
  readonly #timeline: Timeline
  readonly hub: Hub
  readonly events = new Emitter<HostEvents<S>>()
  readonly #settings: HostSettings
  readonly #crowd: Crowd
  /** All sockets, with the address that each is counted under. */
  readonly #sockets = new Map<AcceptedSocket, string | undefined>()
  readonly #consoles = new Set<ConsoleSocket>()
  readonly #guestFrames = newCounts()
  readonly #consoleFrames = newCounts()
  #turnedAway = 0
  #closed = false

  constructor(
    contract: Contract<S>,
    settings: HostSettings,
    addresses: AdminOptions['addresses'] = () => [],
  ) {
    this.contract = contract
    this.#settings = settings
    this.clock = settings.clock
    this.maxPayload = settings.maxPayload
    this.maxPending = settings.maxPending
    this.share = settings.share
    this.messagesPerSecond = settings.messagesPerSecond
    this.#crowd = new Crowd(settings.connectionsPerAddress, settings.maxConnections)
    this.basePath = settings.rules.basePath
    this.door = settings.door
    this.wheel = new Wheel(settings.clock)
    this.histories = settings.history ? new Histories(settings.clock, contract) : undefined
    const { clock, history } = settings
    this.#timeline = new Timeline({ clock, registry: this.registry, contract, asks: history })
    this.hub = new Hub({
      registry: this.registry,
      contract,
      forwardsUnknown: settings.forwardsUnknown,
      clock: settings.clock,
      histories: this.histories,
      timeline: this.#timeline,
      maxPayload: settings.maxPayload,
      consoles: () => this.#consoles.size,
      report: (error) => this.report(error),
      authenticates: settings.door !== undefined,
      authenticator: settings.authenticator,
      addresses,
    })
  }

  get counts(): HostCounts {
    const guestFrames = addCounts(newCounts(), this.#guestFrames)
    for (const { counts } of this.registry.find()) addCounts(guestFrames, counts)
    const consoleFrames = addCounts(newCounts(), this.#consoleFrames)
    for (const { session } of this.#consoles)
      if (session !== undefined) addCounts(consoleFrames, session.counts)
    const consoles = this.#consoles.size
    return { guests: this.registry.size, consoles, turnedAway: this.#turnedAway, guestFrames, consoleFrames }
  }

  /** Why a request must be refused by HTTP 403, before it becomes a socket; undefined when it must not be. */
  refusal(request: EntranceRequest): string | undefined {
    const visit = this.#visit(this.#seen(request))
    if (!('refusal' in visit) || !visit.asPage) return undefined
    this.#turnedAway++
    return visit.refusal.reason
  }

  /** Why somebody may not see the host's page, or undefined. */
  pageRefusal(request: EntranceRequest): string | undefined {
    return pageRefusal(this.#seen(request), this.#settings.rules)
  }

  /** Takes a socket in. What speaks against it is said by a close code. */
  accept(open: Dial, given: EntranceRequest): void {
    const request = this.#seen(given)
    const { address } = request
    const refusal = this.#crowd.refusal(address)
    const visit = refusal === undefined ? this.#visit(request) : { refusal, asPage: false }
    this.#crowd.enter(address)
    this.#sockets.set(this.#socket(open, request, visit), address)
  }

  /** Whether there are so many sockets that a request is not even told so. */
  overflows(request: EntranceRequest): boolean {
    return this.#crowd.overflows(this.#settings.addressOf(request))
  }

  /** Closes every connection; resolves when all sockets are gone. */
  async close(): Promise<void> {
    this.#closed = true
    // Consoles hear 1001, and not of each guest that it is gone.
    this.hub.close()
    const sockets = [...this.#sockets.keys()]
    await Promise.all(sockets.map((socket) => socket.hangUp(closeCode.goingAway, 'the host is closing')))
  }

  newId(): string {
    // nanoid's alphabet is that of ids.
    return nanoid(12)
  }

  report(error: unknown): void {
    this.events.emit('error', error)
  }

  ended(socket: AcceptedSocket): void {
    this.#crowd.leave(this.#sockets.get(socket))
    this.#sockets.delete(socket)
  }

  joined(socket: GuestSocket<S>): void {
    this.events.emit('guest', socket.guest)
  }

  refused(id: string, refusal: Refusal, address: string | undefined): void {
    this.#timeline.refused(id, refusal, address)
  }

  stateChanged({ guest }: GuestSocket<S>, state: GuestState): void {
    this.events.emit('state', guest, state)
  }

  left({ guest, counts }: GuestSocket<S>): void {
    addCounts(this.#guestFrames, counts)
    this.events.emit('guest_left', guest)
  }

  consoleEntered(socket: ConsoleSocket): void {
    this.#consoles.add(socket)
  }

  consoleLeft(socket: ConsoleSocket): void {
    if (socket.session !== undefined) addCounts(this.#consoleFrames, socket.session.counts)
    this.#consoles.delete(socket)
  }

  /** A request with the address of its peer, through whichever trusted proxies it came. */
  #seen(request: EntranceRequest): EntranceRequest {
    return { ...request, address: this.#settings.addressOf(request) }
  }

  #visit(request: EntranceRequest): Visit | TurnedAway {
    if (!this.#closed) return visitOf(request, this.#settings.rules)
    return { refusal: { code: closeCode.goingAway, reason: 'the host is closing' }, asPage: false }
  }

  #socket(open: Dial, request: EntranceRequest, visit: Visit | TurnedAway): AcceptedSocket {
    if ('refusal' in visit) {
      this.#turnedAway++
      const { role, id } = claimantOf(request, this.basePath)
      // Whoever took a wrong path may be a guest.
      if (role !== 'console') this.refused(isGuestId(id) ? id : '', visit.refusal, request.address)
      return new RefusedSocket(open, this, visit.refusal)
    }
    return visit.role === 'guest'
      ? new GuestSocket(open, this, request, visit.id)
      : new ConsoleSocket(open, this, request, visit.id)
  }
}
