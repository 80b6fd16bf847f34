import {
  guestAddresses,
  GuestoolError,
  guestool,
  hub as hubContract,
  isGuestId,
  publicUrl,
  webSocketUrl,
  type CallOptions,
  type Contract,
  type Event,
  type GuestoolShape,
  type HubShape,
  type Requester,
  type Shape,
} from '@guestool/core'
import { HubFleet, type Fleet } from './fleet.js'
import type { GuestRecord } from './gather.js'
import { GuestEvents } from './guest-events.js'
import { Line, LineOwner, LineRequester, type ClientOptions, type Connected } from './line.js'

/** One guest of a hub, there or not: asks as a client does. It needs no closing. */
export interface HubGuest<S extends Shape = GuestoolShape> extends Requester<S> {
  readonly id: string
}

/** What a hub itself is asked by who uses it: subscribing is done for them. */
type Asked = Omit<HubShape, 'action'> & { action: Omit<HubShape['action'], 'subscribe'> }

/**
 * A whole hub over one connection: its guests, one by one and all at once, and itself. What it is asked itself, by
 * `info`, `action`, `watch` and `onEvent`, is typed by {@link HubShape}.
 */
export interface Hub<S extends Shape = GuestoolShape>
  extends Pick<Requester<Asked>, 'info' | 'action' | 'watch' | 'onEvent'>, Connected {
  /** All guests that this console may see. */
  readonly fleet: Fleet<S>
  /**
   * Every guest that this console may see, those included that are `gone`, by their ids in order.
   *
   * @throws {GuestoolError} see {@link ErrorCode}
   */
  guests(): Promise<GuestRecord[]>
  /**
   * A guest, whether or not it is there at the moment.
   *
   * @throws {TypeError} when a text cannot be the id of a guest
   */
  guest(id: string): HubGuest<S>
}

/**
 * Connects to a hub as a console: `createHub('ws://127.0.0.1:37103')`. Returns at once; the first call waits for the
 * connection. The options are those of a client, and `contract` is that of the guests.
 *
 * @param url of the host, with its base path if it has one
 * @throws {TypeError} when the URL is none of a hub: of one guest, say; or `token` cannot be one
 */
export function createHub<S extends Shape = GuestoolShape>(
  url: string | URL,
  options: ClientOptions & { readonly contract?: Contract<S> | undefined } = {},
): Hub<S> {
  // Without a contract S is its default.
  const { contract = guestool as Contract as Contract<S> } = options
  return new HubConsole(new Line(hubUrl(url), options, guestAddresses), contract)
}

class HubConsole<S extends Shape> extends LineOwner<HubShape> implements Hub<S> {
  readonly fleet: Fleet<S>
  readonly #line: Line
  readonly #guestContract: Contract<S>
  readonly #events: GuestEvents

  constructor(line: Line, contract: Contract<S>) {
    super(line, hubContract, undefined)
    this.#line = line
    this.#guestContract = contract
    this.#events = new GuestEvents(line, contract, (wanted) => this.action('subscribe', wanted))
    this.fleet = new HubFleet({
      line,
      contract,
      events: this.#events,
      guest: (id) => this.guest(id),
      pages: (signal) => this.#pages({ signal }),
    })
  }

  async guests(): Promise<GuestRecord[]> {
    const guests: GuestRecord[] = []
    for await (const page of this.#pages({})) guests.push(...page)
    return guests
  }

  guest(id: string): HubGuest<S> {
    if (isGuestId(id)) return new AddressedGuest(this.#line, this.#guestContract, this.#events, id)
    const text = `"${id.slice(0, 64)}" is not the id of a guest`
    throw new TypeError(`${text}; that is 1 to 64 letters, digits, "_", "-" and "." (not first)`)
  }

  /** A slip that no compiler sees in a page. */
  protected override notInContract(kind: string, name: string): GuestoolError {
    const text = `a hub has no ${kind} "${name}"; ask a guest with hub.guest(id).info, or all of them with hub.fleet.info`
    return new GuestoolError('unknown_operation', text)
  }

  protected override hear(event: Event, guest: string | undefined): boolean {
    return guest === undefined ? this.receiveEvent(event) : this.#events.hear(event, guest)
  }

  async *#pages(options: CallOptions): AsyncGenerator<GuestRecord[]> {
    let after = ''
    for (;;) {
      const page = await this.info('guests', { after }, options)
      if (page.length === 0) return
      for (const { id } of page) {
        // Each guest once, whatever a hub makes of it: by their ids in order there is always an end.
        if (!isGuestId(id) || id <= after) {
          const text = `the hub lists a guest "${id.slice(0, 64)}" after "${after}"`
          throw new GuestoolError('invalid_result', text, { operation: 'info guests', raw: page })
        }
        after = id
      }
      yield page
    }
  }
}

/** Nothing that the hub keeps: listeners are known to {@link GuestEvents}, watches to the line. */
class AddressedGuest<S extends Shape> extends LineRequester<S> implements HubGuest<S> {
  readonly id: string
  readonly #events: GuestEvents

  constructor(line: Line, contract: Contract<S>, events: GuestEvents, id: string) {
    super(line, contract, id, id)
    this.id = id
    this.#events = events
  }

  override onEvent<N extends keyof S['event'] & string>(
    name: N,
    listener: (data: S['event'][N]) => unknown,
  ): () => void {
    // Only what the event's schema let through is heard.
    return this.#events.on(this.id, name, (data) => listener(data as S['event'][N]))
  }
}

/** The URL of a hub's console: what a user gives may end before `/guests`. */
function hubUrl(given: string | URL): string {
  const url = new URL(webSocketUrl(given))
  const path = url.pathname.replace(/\/+$/, '')
  if (/\/guests\/[^/]+$/.test(path)) {
    throw new TypeError(
      `"${publicUrl(url.href)}" is one guest of a hub; ask it with createClient, or give createHub the URL before /guests`,
    )
  }
  if (/\/join(\/[^/]+)?$/.test(path)) {
    throw new TypeError(
      `"${publicUrl(url.href)}" is where a guest joins; give createHub the URL of the host, before /join`,
    )
  }
  url.pathname = path.endsWith('/guests') ? path : `${path}/guests`
  return url.href
}
