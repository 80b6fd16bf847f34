import {
  closeCode,
  Failure,
  GuestoolError,
  Liveness,
  limits,
  SessionRequester,
  type AskOptions,
  type Clock,
  type Contract,
  type Counts,
  type Dial,
  type Ending,
  type Event,
  type LivenessOptions,
  type Operation,
  type OperationKind,
  type Refusal,
  type Session,
  type Shape,
} from '@guestool/core'
import type { Principal } from './authentication.js'
import type { EntranceRequest } from './entrance.js'
import { Exclusive } from './exclusive.js'
import { change, end, GuestConnection, hear, type GuestPort, type GuestState } from './guest-connection.js'
import type { GuestRegistry } from './guest-registry.js'
import { PeerSocket, type PeerSocketHost } from './peer-socket.js'

/** What the socket of a guest needs of its host. */
export interface GuestSocketHost<S extends Shape> extends PeerSocketHost {
  readonly contract: Contract<S>
  readonly guests: GuestRegistry<GuestSocket<S>>
  /** An id for a guest that has none. */
  newId(): string
  joined(socket: GuestSocket<S>): void
  stateChanged(socket: GuestSocket<S>, state: GuestState): void
  event(socket: GuestSocket<S>, event: Event): void
  left(socket: GuestSocket<S>): void
}

/** The socket of a guest: the claim of its id, then asking it and knowing how it does, then its end. */
export class GuestSocket<S extends Shape>
  extends PeerSocket<SessionRequester>
  implements GuestPort, LivenessOptions
{
  readonly #host: GuestSocketHost<S>
  #id: string | undefined
  #endClaim: (() => void) | undefined
  #guest: GuestConnection<S> | undefined
  #liveness: Liveness | undefined
  #exclusive: Exclusive | undefined
  #state: GuestState = 'alive'
  #closing: Promise<void> | undefined
  #closedByUs = false
  connectedAt = 0

  constructor(open: Dial, host: GuestSocketHost<S>, request: EntranceRequest, id: string | undefined) {
    super(open, host, request, { role: 'guest', id })
    this.#host = host
    this.#id = id
  }

  get clock(): Clock {
    return this.#host.clock
  }

  get id(): string {
    return (this.#id ??= this.#host.newId())
  }

  get state(): GuestState {
    return this.#state
  }

  get revision(): 1 | 2 {
    return this.#entered.revision.number
  }

  get roundTrip(): number | undefined {
    return this.#entered.role.roundTrip
  }

  get counts(): Readonly<Counts> {
    return this.#entered.counts
  }

  /** What users hold. */
  get guest(): GuestConnection<S> {
    if (this.#guest === undefined) throw new TypeError('this guest has not joined yet')
    return this.#guest
  }

  /** Asks, with the operation where the contract has it. Resolves with the reply's content or a Failure. */
  ask(
    operation: Operation | undefined,
    kind: OperationKind,
    name: string,
    params: object,
    options: AskOptions | undefined,
  ): Promise<unknown> {
    if (this.#state === 'gone') return Promise.resolve(this.#goneFailure())
    const { role } = this.#entered
    if (operation?.exclusive !== true) return role.ask(kind, name, params, options)
    this.#exclusive ??= new Exclusive(this.#host.clock, (next, given) =>
      this.#closedByUs
        ? Promise.resolve(new Failure('closed', 'this side was closed before it was sent'))
        : role.ask(next.kind, next.name, given),
    )
    return this.#exclusive.ask(operation, params, options)
  }

  report(error: unknown): void {
    this.#host.report(error)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  override text(text: string): void {
    super.text(text)
    if (this.#state === 'unresponsive') this.#setState('alive')
  }

  override beat(): void {
    super.beat()
    this.#liveness?.beat()
  }

  heardAt(): number {
    return this.#entered.heardAt
  }

  /** Asks directly: whether it lives must not wait in any queue. */
  probe(): void {
    const { role } = this.#entered
    role.forgetAnswered()
    void role.ask('info', 'time', {})
  }

  missed(misses: number): void {
    if (misses >= limits.missesAllowed) this.#setState('unresponsive')
  }

  protected override makeRole(session: Session<SessionRequester>): SessionRequester {
    return new SessionRequester(session, (event) => this.#event(event))
  }

  protected override async admit(principal: Principal | undefined): Promise<Refusal | undefined> {
    if (principal?.role === 'guest') this.#id = principal.id
    const { guests } = this.#host
    this.#endClaim = await guests.claim(this.id)
    const taken = !this.over && (await guests.get(this.id)?.provesLife())
    if (this.over || taken) this.#decided()
    else guests.get(this.id)?.displace()
    const reason = `another live guest holds id ${this.id}; give each guest its own`
    return taken === true ? { code: closeCode.taken, reason } : undefined
  }

  protected override entered(session: Session<SessionRequester>): void {
    const { clock, contract, guests } = this.#host
    this.connectedAt = clock.wall()
    this.#liveness = new Liveness(this)
    this.#guest = new GuestConnection(contract, clock, this)
    guests.set(this)
    this.#decided()
    this.#host.joined(this)
  }

  protected override left({ byUs }: Ending): void {
    this.#decided()
    if (this.session !== undefined) this.#leave(byUs)
  }

  /** Whether it lives: asks, and takes any text for an answer. */
  async provesLife(): Promise<boolean> {
    const { counts, role } = this.#entered
    const before = counts.received
    await role.ask('info', 'time', {}, { timeout: limits.claimTimeout })
    return this.#state !== 'gone' && counts.received > before
  }

  /** Makes room for a successor. Terminal for whoever hears it: two guests of one id would else take turns for ever. */
  displace(): void {
    const seconds = limits.claimTimeout / 1000
    this.lose(closeCode.taken, `it did not answer within ${seconds} s, and another connection claimed its id`)
  }

  get #entered(): Session<SessionRequester> {
    if (this.session === undefined) throw new TypeError('this guest has not joined yet')
    return this.session
  }

  /** The claim of the id is over: the next one can be decided. */
  #decided(): void {
    this.#endClaim?.()
    this.#endClaim = undefined
  }

  #event(event: Event): void {
    if (this.#state === 'gone') return
    if (!this.guest[hear](event)) this.#entered.counts.strangeEvents++
    this.#host.event(this, event)
  }

  #setState(state: GuestState): void {
    if (this.#state === state || this.#state === 'gone') return
    this.#state = state
    this.guest[change](state)
    this.#host.stateChanged(this, state)
  }

  #leave(byUs: boolean): void {
    if (this.#state === 'gone') return
    this.#closedByUs = byUs
    // First, so that whoever hears of it finds no guest, or the successor.
    this.#host.guests.delete(this)
    this.#setState('gone')
    const { text, code } = this.#goneFailure()
    this.guest[end](byUs ? undefined : new GuestoolError(code, text, { guest: this.id }))
    this.#host.left(this)
  }

  #goneFailure(): Failure {
    return new Failure(
      'gone',
      `guest ${this.id} left, and this connection stays gone; host.guest('${this.id}') gives its successor once it is back`,
    )
  }

  async #close(): Promise<void> {
    if (this.#state === 'gone') return
    this.#leave(true)
    const session = this.#entered
    // Calls in flight are told at once, but the session must still read the answer to bye.
    session.leave({ code: closeCode.normal, reason: 'closed', byUs: true })
    await session.sayBye()
    await this.hangUp(closeCode.normal, '')
  }
}
