// For whoever compiles against a lib without Symbol.asyncDispose; kept in the declarations.
/// <reference lib="esnext.disposable" preserve="true" />

import {
  asking1,
  asking2,
  BaseRequester,
  Connection,
  elapsedSince,
  Failure,
  lifeOf,
  paramsProblem,
  publicUrl,
  refusesRetry,
  SessionRequester,
  systemClock,
  webSocketDial,
  type Addresses,
  type Asking,
  type AskOptions,
  type BackoffOptions,
  type Clock,
  type ConnectionState,
  type Contract,
  type Counts,
  type Dial,
  type Event,
  type FailedCall,
  type Operation,
  type Shape,
  type Token,
} from '@guestool/core'
import * as limits from '@guestool/core/limits'
import WebSocket from '#isomorphic-ws'

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

/** What a client and a hub have in common: one connection, which reconnects by itself. */
export interface Connected {
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

/** One connection to a host, for everybody who asks over it: waits for it, asks, and asks an info again that it broke under. */
export class Line {
  readonly clock: Clock
  readonly connection: Connection<SessionRequester>
  readonly connectTimeout: number
  /** What ends each watch that runs. */
  readonly watches = new Set<(error?: Error) => void>()
  /** Hears events; false when no contract knows one. None comes before the connection is open, so it may be set late. */
  hear: (event: Event, guest: string | undefined) => boolean = () => false

  /** @param addresses where messages may be about one guest of many */
  constructor(url: string, options: ClientOptions, addresses?: Addresses) {
    const { clock = systemClock, maxPayload = limits.maxPayload } = options
    this.clock = clock
    this.connectTimeout = options.connectTimeout ?? limits.connectTimeout
    this.connection = new Connection({
      dial: options.dial ?? webSocketDial(WebSocket, { url, maxPayload }),
      token: options.token,
      role: (session) =>
        new SessionRequester(session, (event, guest) => {
          if (!this.hear(event, guest)) session.counts.strangeEvents++
        }),
      revision: options.revision === 2 ? asking2 : asking1,
      clock,
      backoff: options.backoff ?? limits.clientBackoff,
      peer: publicUrl(url),
      maxPayload,
      addresses,
    })
    this.connection.events.on('state', (state) => {
      if (state !== 'closed') return
      for (const stop of this.watches) stop(this.connection.refusal)
    })
  }

  send(
    asking: Asking,
    operation: Operation,
    params: object,
    options: AskOptions | undefined,
    guest: string | undefined,
  ): void {
    const { session } = this.connection
    if (session !== undefined)
      return session.role.send(asking, operation.kind, operation.name, params, options, guest)
    void this.connection
      .opened(this.connectTimeout, options)
      .then((opened) =>
        opened instanceof Failure
          ? asking.settle(opened)
          : opened.role.send(asking, operation.kind, operation.name, params, options, guest),
      )
  }

  /** An info only reads, so one that the connection broke under is asked again, once, in what is left of its time. */
  async recover(
    failure: Failure,
    { operation, params, options }: FailedCall,
    guest: string | undefined,
  ): Promise<unknown> {
    const { code, details } = failure
    if (operation.kind !== 'info' || code !== 'connection_lost') return failure
    if (details?.closeCode !== undefined && refusesRetry(details.closeCode)) return failure
    const { sent } = failure
    const life = lifeOf(options?.timeout)
    const left = (): number => (sent === undefined ? life : life - elapsedSince(this.clock, sent))
    const wait = sent === undefined ? this.connectTimeout : left()
    const session = await this.connection.opened(wait, options)
    if (session instanceof Failure)
      return session.code === 'aborted' || session.code === 'closed' ? session : failure
    const timeout = left()
    // An object, or it would not have been asked.
    const content = operation.toParams(params) as object
    if (timeout <= 0 || paramsProblem(operation, content, timeout) !== undefined) return failure
    const { kind, name } = operation
    const outcome = await session.role.ask(kind, name, content, { ...options, timeout }, guest)
    if (outcome instanceof Failure) {
      // The second time it was not; the first time it was.
      if (outcome.details?.outcome === 'never_sent') return failure
      if (outcome.code !== 'timeout') return outcome
      // No timer sees that this machine slept.
    } else if (left() > 0) return outcome
    // That was what was left; what the caller knows is the whole.
    const whole = life < limits.lifetime ? 'timeout' : 'expired'
    return new Failure(whole, `no answer within ${life} ms, a reconnect included`)
  }
}

/** Asks over a line, with or without the address of a guest. */
export class LineRequester<S extends Shape> extends BaseRequester<S> {
  readonly #line: Line
  readonly #address: string | undefined

  /** @param guest the one that errors name */
  constructor(line: Line, contract: Contract<S>, guest: string | undefined, address?: string) {
    super(contract, line.clock, guest)
    this.#line = line
    this.#address = address
  }

  protected override send(
    asking: Asking,
    operation: Operation,
    params: object,
    options: AskOptions | undefined,
  ): void {
    this.#line.send(asking, operation, params, options, this.#address)
  }

  protected override recover(failure: Failure, call: FailedCall): Promise<unknown> {
    return this.#line.recover(failure, call, this.#address)
  }

  protected override reportError(error: unknown): void {
    this.#line.connection.events.emit('error', error)
  }

  protected override get watches(): Set<(error?: Error) => void> {
    return this.#line.watches
  }
}

/** Asks over a line of its own. */
export class LineOwner<S extends Shape> extends LineRequester<S> implements Connected {
  readonly #connection: Connection<SessionRequester>

  constructor(line: Line, contract: Contract<S>, guest: string | undefined) {
    super(line, contract, guest)
    this.#connection = line.connection
    line.hear = (event, address) => this.hear(event, address)
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

  /** An event came, on an addressed session perhaps of a guest; false when no contract knows it. */
  protected hear(event: Event, _address: string | undefined): boolean {
    return this.receiveEvent(event)
  }
}
