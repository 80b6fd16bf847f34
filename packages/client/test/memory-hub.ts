import {
  createHub,
  type ClientOptions,
  type Contract,
  type GuestRecord,
  type GuestoolShape,
  type Hub,
  type Shape,
} from '@guestool/client'
import {
  Acceptor,
  dispatch,
  guestAddresses,
  GuestoolError,
  hub as hubContract,
  SessionResponder,
  type HandlerContext,
  type Request,
  type Session,
} from '@guestool/core'
import { MemoryAddress, VirtualClock } from '@guestool/testing'

type Options<S extends Shape> = Omit<ClientOptions, 'dial' | 'clock'> & { readonly contract?: Contract<S> }

/** A guest of a scripted hub: what it answers. */
export type Answering = (request: Request, context: HandlerContext) => unknown

/** Never answers. */
export const silent: Answering = () => new Promise(() => undefined)

/** A guest as the hub tells of it. */
export function recordOf(id: string, state: GuestRecord['state'] = 'alive'): GuestRecord {
  const counts = { sent: 1, received: 1, late: 0, malformed: 0, rejected: 0, shared: 0 }
  const at = { state_ts: 1_700_000_000, connected_ts: 1_700_000_000 }
  return { id, revision: 1, state, ...at, address: '127.0.0.1', round_trip_ms: null, counts }
}

/** A hub in memory that does as a test says, on a clock of its own. */
export class MemoryHub {
  readonly clock = new VirtualClock()
  readonly address = new MemoryAddress((end) => {
    const acceptor: Acceptor<SessionResponder> = new Acceptor<SessionResponder>(end, {
      clock: this.clock,
      addresses: guestAddresses,
      role: (session) =>
        new SessionResponder(session, {
          answer: (request, context, guest) => this.#answer(request, context, guest),
        }),
      opened: (session) => void this.sessions.push(session),
      closed: () => undefined,
    })
    return acceptor
  })
  readonly sessions: Session<SessionResponder>[] = []
  /** Guests that answer; a guest that is only in {@link records} is `gone`. */
  readonly guests = new Map<string, Answering>()
  /** What the info `guests` says; otherwise the guests that answer. */
  records: GuestRecord[] | undefined
  /** Guests in a page. */
  pageSize = 1_000
  /** Every request, in order: `info guests`, `alpha info cpu`. */
  readonly asked: string[] = []
  /** What consoles subscribed to. */
  readonly subscriptions: unknown[] = []
  /** How the hub answers a subscription. */
  subscribe: () => null | Promise<null> = () => null
  /** How the hub answers the list of its guests, in place of listing them. */
  list: ((after: string) => GuestRecord[] | Promise<GuestRecord[]>) | undefined
  readonly #hubs: Pick<Hub, 'state' | 'close'>[] = []

  readonly #own = dispatch(hubContract, {
    info: {
      guests: ({ after }: { after: string }) => this.list?.(after) ?? this.#page(after),
      history: ({ guest, minutes }: { guest: string; minutes: number }) => {
        this.asked.push(`history of ${guest}, ${minutes}`)
        return { start_ts: 0, cpu_percent: [1, null], memory_percent: [], bots: [], round_trip_ms: [] }
      },
      hub: () => ({
        version: '1.2.3',
        uptime: this.clock.now() / 1000,
        guests: { alive: this.guests.size, unresponsive: 0, gone: 0 },
        consoles: 1,
        access: { guests: '*', actions: true, admin: true },
        counts: recordOf('x').counts,
      }),
    },
    action: {
      subscribe: (wanted: unknown) => {
        this.subscriptions.push(wanted)
        return this.subscribe()
      },
    },
  })

  /** The session of the newest connection. */
  get session(): Session<SessionResponder> {
    const session = this.sessions.at(-1)
    if (session === undefined) throw new Error('no console is connected')
    return session
  }

  /** An event of a guest, or of the hub itself. */
  emit(name: string, data: Record<string, unknown>, guest?: string): void {
    this.session.role.emit(name, data, guest)
  }

  /** A console of this hub. */
  console<S extends Shape = GuestoolShape>(options: Options<S> = {}): Hub<S> {
    const { dial } = this.address
    const hub = createHub('ws://hub.test', { ...options, dial, clock: this.clock })
    this.#hubs.push(hub)
    return hub
  }

  /** One that is open. */
  async open<S extends Shape = GuestoolShape>(options?: Options<S>): Promise<Hub<S>> {
    const hub = this.console(options)
    await this.clock.settle()
    if (hub.state !== 'open') throw new Error(`the hub is ${hub.state}`)
    return hub
  }

  /** After every test: whatever a console had, it has no more. */
  async tidy(): Promise<void> {
    const closing = Promise.all(this.#hubs.map((hub) => hub.close()))
    await this.clock.advance(2_000)
    await closing
    for (const session of this.sessions) session.end({ code: 1000, reason: '', byUs: true })
    const open = this.#hubs.filter(({ state }) => state !== 'closed')
    if (open.length > 0) throw new Error(`${open.length} hubs are not closed`)
    if (this.clock.timers > 0) throw new Error(`${this.clock.timers} timers are left`)
  }

  #answer(request: Request, context: HandlerContext, guest: string | undefined): unknown {
    const label = `${request.kind} ${request.name}`
    this.asked.push(guest === undefined ? label : `${guest} ${label}`)
    if (guest === undefined) return this.#own(request, context)
    const answer = this.guests.get(guest)
    if (answer === undefined) throw new GuestoolError('gone', `no guest ${guest} is connected`)
    return answer(request, context)
  }

  #page(after: string): GuestRecord[] {
    const records = this.records ?? [...this.guests.keys()].map((id) => recordOf(id))
    return records
      .filter(({ id }) => id > after)
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))
      .slice(0, this.pageSize)
  }
}
