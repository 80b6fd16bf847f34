// For whoever compiles against a lib without Symbol.asyncDispose; kept in the declarations.
/// <reference lib="esnext.disposable" preserve="true" />

import {
  BaseRequester,
  Connection,
  elapsedSince,
  Failure,
  guestool,
  limits,
  paramsProblem,
  publicUrl,
  refusesRetry,
  revision1,
  revision2,
  SessionRequester,
  systemClock,
  webSocketDial,
  webSocketUrl,
  type AskOptions,
  type BackoffOptions,
  type Clock,
  type ConnectionState,
  type Contract,
  type Counts,
  type Dial,
  type FailedCall,
  type GuestoolShape,
  type Operation,
  type Requester,
  type Shape,
  type Token,
} from '@guestool/core'
import WebSocket from 'isomorphic-ws'

/** What a client may be told. Every option has a default that suits most. */
export interface ClientOptions {
  /**
   * The revision of the protocol that this client speaks. A host understands both and translates.
   * @default 1
   */
  readonly revision?: 1 | 2
  /**
   * Milliseconds that a call waits for a connection before it fails with `connect_timeout`.
   * @default 10000
   */
  readonly connectTimeout?: number
  /**
   * Bytes of the largest frame, either way.
   * @default 1048576
   */
  readonly maxPayload?: number
  /**
   * Reconnecting waits between 0 and min(cap, base × 2ⁿ) milliseconds, drawn anew each time.
   * @default { base: 1000, cap: 30000 }
   */
  readonly backoff?: BackoffOptions
  /**
   * What the host knows this console by, when it authenticates: `Authorization: Bearer` in Node, a subprotocol in a
   * browser. Visible ASCII without spaces. A function is asked again at each connect, and once more after 4401; while it
   * fails, it is asked again with backoff. It has 10 s.
   */
  readonly token?: Token | undefined
  /** Opens the connection in place of a WebSocket: another transport, or a test's. */
  readonly dial?: Dial
  /** Another clock: a test's. */
  readonly clock?: Clock
}

/** A connection to a host that asks, reconnects by itself, and settles every call exactly once. */
export interface Client<S extends Shape = GuestoolShape> extends Requester<S> {
  /** What may be asked, and the types of it. */
  readonly contract: Contract<S>
  /** `connecting`, `open`, `reconnecting` or `closed`. Calls may be made in each; in the last they fail at once. */
  readonly state: ConnectionState
  /** Frames sent and received and what became of them, over all connections so far. */
  readonly counts: Readonly<Counts>
  /** The state changed. Returns what stops listening. */
  on(event: 'state', listener: (state: ConnectionState) => unknown): () => void
  /** Something went wrong that no call threw: a failed dial, a skipped sample of a watch, a listener's own error. */
  on(event: 'error', listener: (error: unknown) => unknown): () => void
  /** Ends it for good: calls in flight fail with `closed`, watches end. Resolves when the socket is closed. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Connects to a host as a console: `createClient('ws://127.0.0.1:37103/guests/alpha')` asks guest `alpha`. Returns at
 * once; the first call waits for the connection.
 *
 * @throws {TypeError} when the URL is no `ws:`, `wss:`, `http:` or `https:` URL, or `token` cannot be one
 */
export function createClient<S extends Shape = GuestoolShape>(
  url: string | URL,
  options: ClientOptions & { readonly contract?: Contract<S> | undefined } = {},
): Client<S> {
  // Without a contract S is its default.
  const { contract = guestool as Contract as Contract<S> } = options
  return new WebSocketClient(webSocketUrl(url), options, contract)
}

class WebSocketClient<S extends Shape> extends BaseRequester<S> implements Client<S> {
  readonly #connection: Connection<SessionRequester>
  readonly #connectTimeout: number

  constructor(url: string, options: ClientOptions, contract: Contract<S>) {
    const {
      clock = systemClock,
      maxPayload = limits.maxPayload,
      connectTimeout = limits.connectTimeout,
    } = options
    super(contract, clock, /\/guests\/([^/?]+)/.exec(url)?.[1])
    this.#connectTimeout = connectTimeout
    this.#connection = new Connection({
      dial: options.dial ?? webSocketDial(WebSocket, { url, maxPayload }),
      token: options.token,
      role: (session) =>
        new SessionRequester(session, (event) => {
          if (!this.receiveEvent(event)) session.counts.strangeEvents++
        }),
      revision: options.revision === 2 ? revision2 : revision1,
      clock,
      backoff: options.backoff ?? limits.clientBackoff,
      peer: publicUrl(url),
      maxPayload,
    })
    this.#connection.events.on('state', (state) => {
      if (state === 'closed') this.stopWatches(this.#connection.refusal)
    })
  }

  get state(): ConnectionState {
    return this.#connection.state
  }

  get counts(): Readonly<Counts> {
    return this.#connection.counts
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

  protected override ask(
    operation: Operation,
    params: object,
    options: AskOptions | undefined,
  ): Promise<unknown> {
    const { session } = this.#connection
    if (session === undefined) return this.#askWhenOpen(operation, params, options, this.#connectTimeout)
    return session.role.ask(operation.kind, operation.name, params, options)
  }

  protected override reportError(error: unknown): void {
    this.#connection.events.emit('error', error)
  }

  /** An info only reads, so one that the connection broke under is asked again, once, in what is left of its time. */
  protected override recover(failure: Failure, call: FailedCall): Promise<unknown> | undefined {
    const { code, details } = failure
    if (call.operation.kind !== 'info' || code !== 'connection_lost') return undefined
    if (details?.closeCode !== undefined && refusesRetry(details.closeCode)) return undefined
    return this.#askAgain(failure, call)
  }

  async #askAgain(failure: Failure, { operation, params, options }: FailedCall): Promise<unknown> {
    const { sent } = failure
    const life = Math.min(options?.timeout ?? limits.lifetime, limits.lifetime)
    const left = (): number => (sent === undefined ? life : life - elapsedSince(this.clock, sent))
    const wait = sent === undefined ? this.#connectTimeout : left()
    const session = await this.#connection.opened(wait, options)
    if (session instanceof Failure)
      return session.code === 'aborted' || session.code === 'closed' ? session : failure
    const timeout = left()
    if (timeout <= 0 || paramsProblem(operation, params, timeout) !== undefined) return failure
    const outcome = await session.role.ask(operation.kind, operation.name, params, { ...options, timeout })
    if (!(outcome instanceof Failure && outcome.code === 'timeout')) return outcome
    // That was what was left; what the caller knows is the whole.
    const whole = life < limits.lifetime ? 'timeout' : 'expired'
    return new Failure(whole, `no answer within ${life} ms, a reconnect included`)
  }

  async #askWhenOpen(
    { kind, name }: Operation,
    params: object,
    options: AskOptions | undefined,
    wait: number,
  ): Promise<unknown> {
    const session = await this.#connection.opened(wait, options)
    return session instanceof Failure ? session : session.role.ask(kind, name, params, options)
  }
}
