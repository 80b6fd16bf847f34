import {
  Acceptor,
  closeCode,
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
import { identify, type Authenticate, type Principal } from './authentication.js'
import type { EntranceRequest, Visit } from './entrance.js'
import { Line, type LineHouse } from './line.js'

/** What the line of a guest or a console needs of its host. */
export interface PeerHouse extends LineHouse {
  /** The heartbeats of all lines of the host. */
  readonly wheel: Wheel
  readonly maxPayload: number
  readonly authenticate: Authenticate | undefined
  /** Something went wrong that nobody waits for. */
  report(error: unknown): void
}

/** The line of a peer that may stay if it says hello and is who it says: guests and consoles alike. */
export abstract class PeerLine<R extends Role> extends Line implements Beating {
  readonly address: string | undefined
  readonly #house: PeerHouse
  /** Until hello was echoed. Its work is done then, and the line is all that a session needs. */
  #acceptor: Acceptor<R> | undefined
  #session: Session<R> | undefined
  #identified: Promise<Principal | Refusal> | undefined
  #cancelTimer: CancelTimer | undefined
  #stopBeating: (() => void) | undefined
  #over = false
  #pongAt: number
  #pingedAt: number

  constructor(open: Dial, house: PeerHouse, request: EntranceRequest, visit: Visit) {
    super(open, house)
    this.#house = house
    this.address = request.address
    this.#pongAt = this.#pingedAt = house.clock.now()
    this.#acceptor = new Acceptor<R>(this.transport, {
      clock: house.clock,
      maxPayload: house.maxPayload,
      role: (session) => this.makeRole(session),
      admit: () => this.#admit(),
      opened: (session) => this.#opened(session),
      closed: (ending) => this.#left(ending),
    })
    if (house.authenticate !== undefined) this.#identify(house.authenticate, request, visit)
  }

  protected abstract makeRole(session: Session<R>): R
  /** Decides about a peer that said hello and is known; the principal is undefined where nobody asks who is who. */
  protected abstract admit(principal: Principal | undefined): Promise<Refusal | undefined>
  /** Hello was echoed. */
  protected abstract entered(session: Session<R>): void
  /** It is over, also for a peer that never entered. */
  protected abstract left(ending: Ending): void

  /** What is said over the line, from the echo of hello on. */
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

  text(text: string): void {
    if (this.#session === undefined) this.#acceptor?.text(text)
    else this.#session.receive(text)
  }

  binary(): void {
    if (this.#session === undefined) this.#acceptor?.binary()
    else this.#session.receiveBinary()
  }

  pong(): void {
    this.#pongAt = this.#house.clock.now()
  }

  override closed(code: number, reason: string): void {
    this.#finish({ code, reason, byUs: false })
    super.closed(code, reason)
  }

  /** Once a turn of the wheel: pings, and gives up a socket from which nothing comes any more. */
  beat(): void {
    if (this.transport.ping === undefined) return
    const now = this.#house.clock.now()
    const heardAt = Math.max(this.#pongAt, this.#session?.heardAt ?? 0)
    if (now - heardAt >= 2 * limits.idle) return this.terminate()
    // Beats come some seconds apart, give or take a timer's jitter.
    if (now - this.#pingedAt < limits.idle - limits.probeTimeout / 2) return
    this.#pingedAt = now
    this.transport.ping()
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
    this.#acceptor = undefined
    this.#session = session
    this.#stopBeating = this.#house.wheel.add(this)
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
    this.#cancelTimer?.()
    this.#stopBeating?.()
    this.left(ending)
  }

  async #admit(): Promise<Refusal | undefined> {
    try {
      const identity = await this.#identified
      if (identity !== undefined && 'code' in identity) return identity
      return await this.admit(identity)
    } catch (error) {
      this.#house.report(error)
      return { code: closeCode.failed, reason: 'the host failed; try again' }
    }
  }

  #identify(authenticate: Authenticate, request: EntranceRequest, visit: Visit): void {
    this.#cancelTimer = this.#house.clock.setTimer(
      () => this.#refuse({ code: closeCode.failed, reason: 'authentication took too long; try again' }),
      limits.helloTimeout,
    )
    this.#identified = identify(authenticate, request, visit, (error) => this.#house.report(error))
    // Whoever is refused need not say hello first.
    void this.#identified.then((identity) => this.#known(identity))
  }

  #known(identity: Principal | Refusal): void {
    this.#cancelTimer?.()
    if ('code' in identity) this.#refuse(identity)
  }

  #refuse(refusal: Refusal): void {
    this.#over = true
    this.#acceptor?.refuse(refusal)
  }
}
