import {
  closeCode,
  Failure,
  GuestoolError,
  Liveness,
  limits,
  pause,
  SessionRequester,
  type Asking,
  type AskOptions,
  type Clock,
  type Contract,
  type Counts,
  type Dial,
  type Ending,
  type Event,
  type LivenessOptions,
  type Refusal,
  type Session,
  type Shape,
} from '@guestool/core'
import type { Principal } from './authentication.js'
import type { EntranceRequest } from './entrance.js'
import { change, end, GuestConnection, hear, type GuestPort, type GuestState } from './guest-connection.js'
import type { Histories } from './histories.js'
import type { Claim, Holder, Question, Registry } from './registry.js'
import { PeerSocket, type PeerSocketHost } from './peer-socket.js'
import { sampleTime } from './sample-time.js'
import { Sharing } from './sharing.js'
import { Suspicion, type Suspect } from './suspicion.js'
import type { Vitals } from './vitals.js'

/** What the socket of a guest needs of its host. */
export interface GuestSocketHost<S extends Shape> extends PeerSocketHost {
  readonly contract: Contract<S>
  readonly registry: Registry
  /** Undefined where none are kept. */
  readonly histories: Histories | undefined
  /** Whether equal infos that are asked at once share an answer. */
  readonly share: boolean
  /** An id for a guest that has none. */
  newId(): string
  joined(socket: GuestSocket<S>): void
  /** Somebody that wanted to join was not let in; without an id where it has none of its own. */
  refused(id: string, refusal: Refusal, address: string | undefined): void
  stateChanged(socket: GuestSocket<S>, state: GuestState): void
  left(socket: GuestSocket<S>): void
}

/** The socket of a guest: the claim of its id, then asking it and knowing how it does, then its end. */
export class GuestSocket<S extends Shape>
  extends PeerSocket<SessionRequester>
  implements GuestPort, Holder, LivenessOptions, Suspect
{
  readonly #host: GuestSocketHost<S>
  #id: string | undefined
  #claim: Claim | undefined
  #guest: GuestConnection<S> | undefined
  #liveness: Liveness | undefined
  #suspicion: Suspicion | undefined
  #vitals: Vitals | undefined
  #sharing: Sharing | undefined
  #state: GuestState = 'alive'
  #closing: Promise<void> | undefined
  #closedByUs = false
  /** Its id is its own, not one that the host made up for this connection. */
  #named: boolean
  connectedAt = 0
  stateAt = 0

  constructor(open: Dial, host: GuestSocketHost<S>, request: EntranceRequest, id: string | undefined) {
    super(open, host, request, { role: 'guest', id })
    this.#host = host
    this.#id = id
    this.#named = id !== undefined
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

  get shared(): number {
    return this.#sharing?.shared ?? 0
  }

  /** What users hold. */
  get guest(): GuestConnection<S> {
    if (this.#guest === undefined) throw new TypeError('this guest has not joined yet')
    return this.#guest
  }

  ask(question: Question, options: AskOptions | undefined): Promise<unknown> {
    if (this.#state === 'gone') return Promise.resolve(this.#goneFailure())
    if (question.kind === 'action') return this.#act(question, options)
    if (!this.#shares(question)) return this.#ask(question, options)
    this.#sharing ??= this.#makeSharing()
    return this.#sharing.ask(question, options)
  }

  send(asking: Asking, question: Question, options: AskOptions | undefined): void {
    const { kind, name, params } = question
    // What others have a part in is settled by a promise.
    if (this.#state === 'gone' || kind === 'action' || this.#shares(question)) {
      void this.ask(question, options).then((outcome) => asking.settle(outcome))
      return
    }
    this.#suspect(question)
    this.#entered.role.send(asking, kind, name, params, options)
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
    this.#vitals?.beat()
  }

  heardAt(): number {
    return this.lastHeardAt
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

  /** While it is not read, its silence does not count against it. */
  get heard(): number {
    return this.paused ? Infinity : this.#entered.counts.received
  }

  silent(): void {
    this.#setState('unresponsive')
  }

  protected override makeRole(session: Session<SessionRequester>): SessionRequester {
    return new SessionRequester(session, (event) => this.#event(event))
  }

  protected override async admit(principal: Principal | undefined): Promise<Refusal | undefined> {
    if (principal?.role === 'guest') this.#id = principal.id
    this.#named ||= principal?.role === 'guest'
    const claim = await this.#host.registry.claim(this.id, () => !this.over)
    if ('code' in claim) return claim
    if (this.over) claim.release()
    else this.#claim = claim
    return undefined
  }

  protected override entered(session: Session<SessionRequester>): void {
    const { clock, contract } = this.#host
    this.connectedAt = this.stateAt = clock.wall()
    this.#liveness = new Liveness(this)
    this.#guest = new GuestConnection(contract, clock, this)
    this.#vitals = this.#host.histories?.joined(this)
    this.#claim?.hold(this)
    this.#claim?.tell({ type: 'joined', guest: this })
    this.#host.joined(this)
  }

  protected override refused(refusal: Refusal): void {
    this.#host.refused(this.#named ? this.id : '', refusal, this.address)
  }

  protected override left(ending: Ending): void {
    if (this.session === undefined) this.#claim?.release()
    else this.#leave(ending)
  }

  /** Whether it lives: asks, and takes any text for an answer. */
  async provesLife(): Promise<boolean> {
    const { counts, role } = this.#entered
    const before = counts.received
    await role.ask('info', 'time', {}, { timeout: limits.claimTimeout })
    // This host may have stood still itself: what came meanwhile is read before the next timer runs.
    if (this.#state !== 'gone' && counts.received === before) await pause(this.clock, 0)
    return this.#state !== 'gone' && (counts.received > before || this.paused)
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

  #shares({ operation }: Question): boolean {
    return this.#host.share || operation?.exclusive === true
  }

  #suspect(question: Question): void {
    if (this.#state !== 'alive') return
    this.#suspicion ??= new Suspicion(this)
    const openEnded = question.operation?.openEnded
    this.#suspicion.asked(openEnded ? Infinity : sampleTime(question) + limits.answerMargin)
  }

  #ask(question: Question, options: AskOptions | undefined): Promise<unknown> {
    const { kind, name, params } = question
    this.#suspect(question)
    return this.#entered.role.ask(kind, name, params, options)
  }

  /** What it does must show in what is asked after it. */
  async #act(question: Question, options: AskOptions | undefined): Promise<unknown> {
    const outcome = await this.#ask(question, options)
    this.#sharing?.forgetRecent()
    return outcome
  }

  #makeSharing(): Sharing {
    const { counts } = this.#entered
    return new Sharing(
      this.#host.clock,
      (question, options) =>
        this.#closedByUs
          ? Promise.resolve(new Failure('closed', 'this side was closed before it was sent'))
          : this.#ask(question, options),
      () => counts.abandoned++,
    )
  }

  #event(event: Event): void {
    if (this.#state === 'gone') return
    // Whoever hears of it may ask at once what has changed.
    this.#sharing?.forgetRecent()
    if (!this.guest[hear](event)) this.#entered.counts.strangeEvents++
    this.#claim?.tell({ type: 'event', guest: this, event })
  }

  #setState(state: GuestState): void {
    if (this.#state === state || this.#state === 'gone') return
    this.#state = state
    this.stateAt = this.#host.clock.wall()
    this.guest[change](state)
    this.#host.stateChanged(this, state)
    if (state !== 'gone') this.#claim?.tell({ type: 'state', guest: this })
  }

  #leave({ byUs, code: closed, reason }: Ending): void {
    if (this.#state === 'gone') return
    this.#closedByUs = byUs
    // First, so that whoever hears of it finds no guest, or the successor.
    this.#claim?.release()
    this.#suspicion?.stop()
    this.#sharing?.forgetRecent()
    this.#setState('gone')
    const { text, code } = this.#goneFailure()
    this.guest[end](byUs ? undefined : new GuestoolError(code, text, { guest: this.id }))
    this.#host.left(this)
    const why = reason || (closed === closeCode.lost ? 'the connection was lost' : 'it closed')
    this.#claim?.tell({ type: 'left', guest: this, reason: why, code: closed, returns: this.#named })
  }

  #goneFailure(): Failure {
    return new Failure(
      'gone',
      `guest ${this.id} left, and this connection stays gone; host.guest('${this.id}') gives its successor once it is back`,
    )
  }

  async #close(): Promise<void> {
    if (this.#state === 'gone') return
    this.#leave({ code: closeCode.normal, reason: 'closed by the host', byUs: true })
    const session = this.#entered
    // Calls in flight are told at once, but the session must still read the answer to bye.
    session.leave({ code: closeCode.normal, reason: 'closed', byUs: true })
    await session.sayBye()
    await this.hangUp(closeCode.normal, '')
  }
}
