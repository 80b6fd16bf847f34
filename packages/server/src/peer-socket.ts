import {
  Acceptor,
  closeCode,
  guestAddresses,
  limits,
  type Beating,
  type CancelTimer,
  type Dial,
  type Ending,
  type Refusal,
  type Role,
  type Session,
  type Wheel,
} from '@guestool/core'
import type { Door, Principal, Stay } from './authentication.js'
import type { EntranceRequest, Visit } from './entrance.js'
import { AcceptedSocket, type SocketHost } from './accepted-socket.js'
import type { Newcomers } from './crowd.js'
import { fragmentsCount, messagesPerLook, Pace } from './pace.js'

/** What the socket of a guest or a console needs of its host. */
export interface PeerSocketHost extends SocketHost {
  /** The heartbeats of all sockets of the host. */
  readonly wheel: Wheel
  readonly maxPayload: number
  /** How many messages a peer may send unasked, in the long run. */
  readonly messagesPerSecond: number
  readonly newcomers: Newcomers
  /** Undefined where nobody asks who is who. */
  readonly door: Door | undefined
  /** Something went wrong that nobody waits for. */
  report(error: unknown): void
}

/** The socket of a peer that may stay if it says hello and is who it says: guests and consoles alike. */
export abstract class PeerSocket<R extends Role> extends AcceptedSocket implements Beating {
  readonly address: string | undefined
  readonly #host: PeerSocketHost
  /** Until hello was echoed. Its work is done then, and the socket is all that a session needs. */
  #acceptor: Acceptor<R> | undefined
  #session: Session<R> | undefined
  /** Until then, too. */
  #identified: Promise<(Principal & Stay) | Refusal> | undefined
  #stillValid: Stay['stillValid']
  #cancelTimer: CancelTimer | undefined
  #stopBeating: (() => void) | undefined
  #over = false
  #pongAt: number
  /** When it was last found out whether it may stay. */
  #checkedAt: number
  /** What came unasked since the clock was last looked at. */
  #unasked = 0
  #framing = 0
  #pace: Pace | undefined

  constructor(open: Dial, host: PeerSocketHost, request: EntranceRequest, visit: Visit) {
    super(open, host)
    this.#host = host
    this.address = request.address
    this.#pongAt = this.#checkedAt = host.clock.now()
    this.#acceptor = new Acceptor<R>(this.transport, {
      clock: host.clock,
      maxPayload: host.maxPayload,
      addresses: visit.role === 'console' && visit.id === undefined ? guestAddresses : undefined,
      role: (session) => this.makeRole(session),
      admit: () => this.#admit(),
      opened: (session) => this.#opened(session),
      refused: (refusal) => this.refused(refusal),
      closed: (ending) => this.#left(ending),
    })
    if (host.door !== undefined) this.#identify(host.door, request, visit)
    host.newcomers.add(this, (refusal) => this.#refuse(refusal))
  }

  protected abstract makeRole(session: Session<R>): R
  /** Decides about a peer that said hello and is known; the principal is undefined where nobody asks who is who. */
  protected abstract admit(principal: (Principal & Stay) | undefined): Promise<Refusal | undefined>
  /** Hello was echoed. */
  protected abstract entered(session: Session<R>): void
  /** It may not stay, and never entered. */
  protected refused(_refusal: Refusal): void {}
  /** It is over, also for a peer that never entered. */
  protected abstract left(ending: Ending): void

  /** What is said over the socket, from the echo of hello on. */
  get session(): Session<R> | undefined {
    return this.#session
  }

  /** The peer was refused, left, or was lost. */
  protected get over(): boolean {
    return this.#over
  }

  opened(): void {
    this.#acceptor?.opened()
  }

  /** When it was last heard, or could last not be. */
  get lastHeardAt(): number {
    return Math.max(this.#session?.heardAt ?? 0, this.#pace?.pausedUntil ?? 0)
  }

  /** Nothing is read of it, because it sent too much. */
  protected get paused(): boolean {
    return this.#pace?.paused ?? false
  }

  /** Counts what came unasked. A large message counts as one for each 4 KiB of it. */
  protected count(messages: number): void {
    this.#unasked += messages
    if (this.#unasked < messagesPerLook) return
    const { clock, messagesPerSecond } = this.#host
    this.#pace ??= new Pace(clock, this.transport, messagesPerSecond)
    const { framing = 0 } = this.transport
    this.#pace.count(this.#unasked + fragmentsCount(framing - this.#framing))
    this.#unasked = 0
    this.#framing = framing
  }

  text(text: string): void {
    const session = this.#session
    const before = session?.role.pending ?? 0
    if (session === undefined) this.#acceptor?.text(text)
    else session.receive(text)
    // With fewer calls on their way, this answered one.
    if ((session?.role.pending ?? 0) >= before) this.count(1 + (text.length >>> 12))
  }

  binary(): void {
    if (this.#session === undefined) this.#acceptor?.binary()
    else this.#session.receiveBinary()
  }

  pong(): void {
    this.#pongAt = this.#host.clock.now()
    this.count(1)
  }

  pinged(): void {
    this.count(1)
  }

  override closed(code: number, reason: string): void {
    this.#pace?.stop()
    this.#finish({ code, reason, byUs: false })
    super.closed(code, reason)
  }

  /** Once a turn of the wheel: gives up a socket from which nothing comes any more, and pings one that may become so. */
  beat(): void {
    const now = this.#host.clock.now()
    if (this.transport.ping !== undefined) {
      const silence = now - Math.max(this.#pongAt, this.lastHeardAt)
      if (silence >= 2 * limits.idle) return this.terminate()
      // Whoever is idle is asked, or asks itself, before that: most sockets are never pinged.
      if (silence >= limits.idle + limits.probeTimeout / 2) this.transport.ping()
    }
    // Beats come some seconds apart, give or take a timer's jitter.
    if (this.#stillValid === undefined || now - this.#checkedAt < limits.idle - limits.probeTimeout / 2)
      return
    this.#checkedAt = now
    void this.#checkStay()
  }

  protected end(code: number, reason: string): void {
    this.transport.close(code, reason)
    this.#finish({ code, reason, byUs: true })
  }

  /** Gives up a peer that does not answer: what waits for it is told at once, whether or not it hears the close. */
  protected lose(code: number, reason: string): void {
    this.#finish({ code: closeCode.lost, reason, byUs: false })
    this.transport.close(code, reason)
  }

  #opened(session: Session<R>): void {
    this.#acceptor = this.#identified = undefined
    this.#session = session
    this.#host.newcomers.delete(this)
    this.#stopBeating = this.#host.wheel.add(this)
    this.entered(session)
  }

  #finish(ending: Ending): void {
    // Which has its own end, and tells of it by `closed`.
    if (this.#acceptor !== undefined) return this.#acceptor.closed(ending.code, ending.reason)
    if (this.#over) return
    this.#session?.end(ending)
    this.#left(ending)
  }

  #left(ending: Ending): void {
    this.#over = true
    this.#host.newcomers.delete(this)
    this.#cancelTimer?.()
    this.#stopBeating?.()
    this.left(ending)
  }

  async #admit(): Promise<Refusal | undefined> {
    try {
      const identity = await this.#identified
      if (identity !== undefined && 'code' in identity) return identity
      const refusal = await this.admit(identity)
      if (refusal !== undefined) return refusal
      // It took its time since it was known: who was removed meanwhile must not come in after all.
      return (await this.#mayStay()) ? undefined : notValid
    } catch (error) {
      this.#host.report(error)
      return { code: closeCode.failed, reason: 'the host failed; try again' }
    }
  }

  #identify(door: Door, request: EntranceRequest, visit: Visit): void {
    this.#cancelTimer = this.#host.clock.setTimer(
      () => this.#refuse({ code: closeCode.failed, reason: 'authentication took too long; try again' }),
      limits.helloTimeout,
    )
    this.#identified = door.identify(request, visit, (error) => this.#host.report(error))
    // Whoever is refused need not say hello first.
    void this.#identified.then((identity) => this.#known(identity))
  }

  #known(identity: (Principal & Stay) | Refusal): void {
    this.#cancelTimer?.()
    if ('code' in identity) this.#refuse(identity)
    else this.#stillValid = identity.stillValid
  }

  async #checkStay(): Promise<void> {
    if (!(await this.#mayStay())) void this.hangUp(notValid.code, notValid.reason)
  }

  /** Where that cannot be found out, it may. */
  async #mayStay(): Promise<boolean> {
    try {
      return (await this.#stillValid?.()) ?? true
    } catch (error) {
      this.#host.report(error)
      return true
    }
  }

  #refuse(refusal: Refusal): void {
    this.#over = true
    this.#host.newcomers.delete(this)
    this.#acceptor?.refuse(refusal)
  }
}

const notValid: Refusal = {
  code: closeCode.unauthenticated,
  reason: 'the token of this connection expired or was revoked; get a new one and send it',
}
