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
  protected readonly acceptor: Acceptor<R>
  readonly #house: PeerHouse
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
    this.acceptor = new Acceptor<R>(this.transport, {
      clock: house.clock,
      maxPayload: house.maxPayload,
      role: (session) => this.makeRole(session),
      admit: () => this.#admit(),
      opened: (session) => {
        this.#stopBeating = house.wheel.add(this)
        this.entered(session)
      },
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

  /** The peer was refused, left, or was lost. */
  protected get over(): boolean {
    return this.#over
  }

  opened(): void {
    this.acceptor.opened()
  }

  text(text: string): void {
    this.acceptor.text(text)
  }

  binary(): void {
    this.acceptor.binary()
  }

  pong(): void {
    this.#pongAt = this.#house.clock.now()
    this.acceptor.pong()
  }

  override closed(code: number, reason: string): void {
    this.acceptor.closed(code, reason)
    super.closed(code, reason)
  }

  /** Once a turn of the wheel: pings, and gives up a socket from which nothing comes any more. */
  beat(): void {
    if (this.transport.ping === undefined) return
    const now = this.#house.clock.now()
    const heardAt = Math.max(this.#pongAt, this.acceptor.session?.heardAt ?? 0)
    if (now - heardAt >= 2 * limits.idle) return this.terminate()
    // Beats come some seconds apart, give or take a timer's jitter.
    if (now - this.#pingedAt < limits.idle - limits.probeTimeout / 2) return
    this.#pingedAt = now
    this.transport.ping()
  }

  protected end(code: number, reason: string): void {
    this.acceptor.end({ code, reason, byUs: true })
  }

  /** Gives up a peer that does not answer: what waits for it is told at once, whether or not it hears the close. */
  protected lose(code: number, reason: string): void {
    this.acceptor.closed(closeCode.lost, reason)
    this.transport.close(code, reason)
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
    this.acceptor.refuse(refusal)
  }
}
