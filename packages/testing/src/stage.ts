import {
  type Asking,
  BaseRequester,
  dispatch,
  echoHello,
  guestAddresses,
  guestool,
  revision1,
  Session,
  SessionRequester,
  SessionResponder,
  type Answer,
  type AskOptions,
  type Contract,
  type Ending,
  type Event,
  type GuestoolShape,
  type HandlerTable,
  type Operation,
  type Request,
  type Revision,
  type Role,
  type Shape,
} from '@guestool/core'
import type { MemoryEnd } from './memory-end.js'
import { MemoryPair } from './memory-pair.js'
import { peerOn, type Peer } from './peer/peer.js'
import { VirtualClock } from './virtual-clock.js'

/** A session, and a raw peer at the other end of its connection. */
export interface Staged<R extends Role> {
  readonly session: Session<R>
  readonly role: R
  readonly peer: Peer
  readonly pair: MemoryPair
  /** The end that the session sends through. */
  readonly end: MemoryEnd
}

export interface StageOptions {
  /** @default revision1 */
  readonly revision?: Revision
  /** Who opened the socket. @default acceptor for what asks, dialler for what answers: a host and a guest */
  readonly side?: 'dialler' | 'acceptor'
  readonly maxPayload?: number
  /** Messages may be about one guest of many, as between a hub and its consoles. @default false */
  readonly addressed?: boolean
  readonly onReady?: () => void
}

/** Asks through one session. */
export class SessionAsker<S extends Shape> extends BaseRequester<S> {
  /** What no call was there to throw. */
  readonly errors: unknown[] = []
  /** Events as the session read them. */
  readonly events: Event[] = []
  session: Session<SessionRequester> | undefined
  protected override readonly watches = new Set<(error?: Error) => void>()

  /** For the session's requester: `(event) => asker.hear(event)`. */
  hear(event: Event): void {
    this.events.push(event)
    if (!this.receiveEvent(event) && this.session !== undefined) this.session.counts.strangeEvents++
  }

  /** Ends its watches, as a connection that closes does. */
  stop(error?: Error): void {
    for (const stop of this.watches) stop(error)
  }

  protected override send(
    asking: Asking,
    operation: Operation,
    params: object,
    options: AskOptions | undefined,
  ): void {
    if (this.session === undefined) throw new Error('this asker has no session')
    this.session.role.send(asking, operation.kind, operation.name, params, options)
  }

  protected override reportError(error: unknown): void {
    this.errors.push(error)
  }
}

/** A virtual clock, the sessions that a test puts on it, and a look at what they leave behind. */
export class Stage {
  readonly clock = new VirtualClock()
  readonly #sessions: Session[] = []

  /** What asks, as a host does. */
  requester(options?: StageOptions): Staged<SessionRequester> & { asker: SessionAsker<GuestoolShape> }
  requester<S extends Shape>(
    options: StageOptions,
    contract: Contract<S>,
  ): Staged<SessionRequester> & { asker: SessionAsker<S> }
  requester(options: StageOptions = {}, contract: Contract = guestool) {
    const asker = new SessionAsker(contract, this.clock, undefined)
    const staged = this.session<SessionRequester>(
      { side: 'acceptor', ...options },
      (session) => new SessionRequester(session, (event) => asker.hear(event)),
    )
    asker.session = staged.session
    return { ...staged, asker }
  }

  /** What answers, as a guest does: with handlers of the protocol's own contract, or by hand. */
  responder(
    answer: Answer | { readonly info?: HandlerTable; readonly action?: HandlerTable },
    options: StageOptions & { readonly maxPending?: number; readonly contract?: Contract } = {},
  ): Staged<SessionResponder> & { errors: { error: unknown; request: Request }[] } {
    const errors: { error: unknown; request: Request }[] = []
    const { maxPending, contract = guestool } = options
    const staged = this.session<SessionResponder>(
      { side: 'dialler', ...options },
      (session) =>
        new SessionResponder(session, {
          answer: typeof answer === 'function' ? answer : dispatch(contract, answer),
          onError: (error, request) => void errors.push({ error, request }),
          ...(maxPending === undefined ? {} : { maxPending }),
        }),
    )
    return { ...staged, errors }
  }

  /** Any role's session. */
  session<R extends Role>(
    { revision = revision1, side = 'acceptor', maxPayload, addressed, onReady }: StageOptions,
    role: (session: Session<R>) => R,
  ): Staged<R> {
    const pair = new MemoryPair()
    const end = side === 'dialler' ? pair.dialler : pair.acceptor
    const session = new Session<R>({
      transport: end,
      revision,
      clock: this.clock,
      role,
      onHello: side === 'acceptor' ? echoHello : undefined,
      maxPayload,
      addresses: addressed ? guestAddresses : undefined,
      onReady,
    })
    end.attach({
      opened() {},
      text: (text) => session.receive(text),
      binary: () => session.receiveBinary(),
      pong() {},
      closed: (code, reason) => session.end({ code, reason, byUs: false }),
    })
    const peer = peerOn(side === 'dialler' ? pair.acceptor : pair.dialler)
    this.#sessions.push(session)
    return { session, role: session.role, peer, pair, end }
  }

  /**
   * Ends every session, and says what is left behind although nothing may be: timers, entries of tables. To be called
   * after every test, and to be expected empty.
   */
  async leftovers(ending: Ending = { code: 1000, reason: '', byUs: true }): Promise<string[]> {
    await this.clock.settle()
    for (const session of this.#sessions) session.end(ending)
    await this.clock.settle()
    const left: string[] = []
    if (this.clock.timers > 0) left.push(`${this.clock.timers} timers`)
    for (const { role } of this.#sessions) {
      if ('pending' in role && role.pending !== 0) left.push(`${String(role.pending)} pending`)
    }
    return left
  }
}
