// For whoever compiles against a lib without Symbol.asyncDispose; kept in the declarations.
/// <reference lib="esnext.disposable" preserve="true" />

import {
  Connection,
  dispatch,
  GuestoolError,
  guestool,
  limits,
  publicUrl,
  revision1,
  revision2,
  SessionResponder,
  systemClock,
  textOf,
  validEvent,
  webSocketDial,
  webSocketUrl,
  type ActionHandlers,
  type BackoffOptions,
  type Clock,
  type ConnectionState,
  type Contract,
  type Counts,
  type Dial,
  type GuestoolShape,
  type HandlerTable,
  type InfoHandlers,
  type Shape,
  type Token,
} from '@guestool/core'
import WebSocket from 'isomorphic-ws'
import { Bots } from './bots.js'

type BotInfo = 'bots' | 'bots_connect_time' | 'recv_events' | 'apicall'

/** A handler for every info of the contract; the four about bots are answered from `guest.bots` when left out. */
export type GuestInfoHandlers<S extends Shape> = Omit<InfoHandlers<S>, BotInfo> &
  Partial<Pick<InfoHandlers<S>, BotInfo & keyof S['info']>>

/** What a guest must be told, and what it may be. */
export interface GuestOptions<S extends Shape = GuestoolShape> {
  /** A handler for every info; `'unsupported'` says on purpose that this guest does not have it. */
  readonly info: GuestInfoHandlers<S>
  /** A handler for every action, or `'unsupported'` for all of them. */
  readonly action: ActionHandlers<S> | 'unsupported'
  /**
   * The revision of the protocol that this guest speaks. A host understands both.
   * @default 1
   */
  readonly revision?: 1 | 2
  /**
   * Requests worked on at once; more are answered `busy`.
   * @default 1024
   */
  readonly maxPending?: number
  /**
   * Bytes of the largest frame, either way.
   * @default 1048576
   */
  readonly maxPayload?: number
  /**
   * Reconnecting waits between 0 and min(cap, base × 2ⁿ) milliseconds, drawn anew each time.
   * @default { base: 6000, cap: 30000 }
   */
  readonly backoff?: BackoffOptions
  /**
   * What the host knows this guest by, when it authenticates: `Authorization: Bearer` in Node, a subprotocol in a
   * browser. 1 to 512 visible ASCII characters. A function is asked again at each connect, and once more after 4401.
   * One that fails, or takes over 10 s, is asked again with backoff; the `error` event tells that, but not what it
   * threw.
   */
  readonly token?: Token | undefined
  /** Opens the connection in place of a WebSocket: another transport, or a test's. */
  readonly dial?: Dial
  /** Another clock: a test's. */
  readonly clock?: Clock
}

/** A guest that dials a host, answers it, and dials again when the connection is lost. */
export interface Guest<S extends Shape = GuestoolShape> {
  readonly contract: Contract<S>
  /** `connecting`, `open`, `reconnecting`, or `closed`: by `close()`, or because the host refuses this guest. */
  readonly state: ConnectionState
  /** Frames sent and received and what became of them, over all connections so far. */
  readonly counts: Readonly<Counts>
  /** What the four infos about bots report. */
  readonly bots: Bots
  /**
   * Sends an event to the host. Events have no reply, and are not kept while there is no connection.
   *
   * @returns whether it was handed to the socket
   * @throws {GuestoolError} `unknown_operation`, `invalid_params` (the data does not fit the contract), `too_large`
   */
  emit<N extends keyof S['event'] & string>(name: N, data: S['event'][N]): boolean
  /** The state changed. Returns what stops listening. */
  on(event: 'state', listener: (state: ConnectionState) => unknown): () => void
  /** Something went wrong that nobody else is told: a failed dial, a refusal, a handler that failed. */
  on(event: 'error', listener: (error: unknown) => unknown): () => void
  /** Ends it for good: handlers' signals fire, the host hears bye. Resolves when the socket is closed. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Dials a host as a guest: `createGuest('ws://127.0.0.1:37103/join/alpha', { info: systemInfo(), action: 'unsupported' })`.
 * Returns at once; `on('state', …)` tells when the host answered.
 *
 * @throws {TypeError} when the URL is no `ws:`, `wss:`, `http:` or `https:` URL, or one that consoles ask at; or `token`
 *   cannot be one
 */
export function createGuest<S extends Shape = GuestoolShape>(
  url: string | URL,
  // NoInfer: the contract alone says what must be handled, or a missing handler would only make S smaller.
  options: GuestOptions<NoInfer<S>> & { readonly contract?: Contract<S> | undefined },
): Guest<S> {
  // Without a contract S is its default.
  const { contract = guestool as Contract as Contract<S> } = options
  const address = webSocketUrl(url)
  // Early: a host takes it for a console there, and never asks it.
  if (/(?<!\/|\/join)\/guests(\/[^/?]*)?(\?|$)/.test(address))
    throw new TypeError(`"${publicUrl(address)}" is where consoles ask; a guest joins at ws://…/join/{id}`)
  return new WebSocketGuest(address, options, contract)
}

class WebSocketGuest<S extends Shape> implements Guest<S> {
  readonly contract: Contract<S>
  readonly bots: Bots
  readonly #connection: Connection<SessionResponder>

  constructor(url: string, options: GuestOptions<S>, contract: Contract<S>) {
    const { clock = systemClock, maxPayload = limits.maxPayload, maxPending } = options
    this.contract = contract
    this.bots = new Bots(() => clock.wall())
    const info: HandlerTable = { ...this.bots.handlers(), ...options.info }
    const answer = dispatch(contract, { info, action: options.action })
    this.#connection = new Connection({
      dial: options.dial ?? webSocketDial(WebSocket, { url, maxPayload }),
      token: options.token,
      role: (session) =>
        new SessionResponder(session, {
          answer,
          maxPending,
          onError: (cause, { kind, name }) => {
            const error = new GuestoolError('failed', `the handler failed: ${textOf(cause)}`, {
              operation: `${kind} ${name}`,
              cause,
            })
            this.#connection.events.emit('error', error)
          },
        }),
      revision: options.revision === 2 ? revision2 : revision1,
      clock,
      backoff: options.backoff ?? limits.guestBackoff,
      peer: publicUrl(url),
      maxPayload,
    })
  }

  get state(): ConnectionState {
    return this.#connection.state
  }

  get counts(): Readonly<Counts> {
    return this.#connection.counts
  }

  emit<N extends keyof S['event'] & string>(name: N, data: S['event'][N]): boolean {
    const checked = validEvent(this.contract, name, data)
    const { session } = this.#connection
    if (session === undefined) return false
    return session.role.emit(name, checked)
  }

  on(event: 'state', listener: (state: ConnectionState) => unknown): () => void
  on(event: 'error', listener: (error: unknown) => unknown): () => void
  on(event: 'state' | 'error', listener: (value: never) => unknown): () => void {
    return this.#connection.events.on<'state' | 'error'>(event, listener as (value: unknown) => unknown)
  }

  close(): Promise<void> {
    return this.#connection.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
