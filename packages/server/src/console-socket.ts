import {
  isGuestoolError,
  limits,
  SessionResponder,
  type Dial,
  type Load,
  type Refusal,
  type Session,
} from '@guestool/core'
import { accessOf, type Access } from './access.js'
import type { Principal, Stay } from './authentication.js'
import type { EntranceRequest } from './entrance.js'
import type { Hub, HubConsole } from './hub.js'
import { PeerSocket, type PeerSocketHost } from './peer-socket.js'
import type { Telling } from './telling.js'

/** What the socket of a console needs of its host. */
export interface ConsoleSocketHost extends PeerSocketHost {
  /** Requests of one console that are worked on at once. */
  readonly maxPending: number
  /** The same for all consoles together. */
  readonly load: Load
  readonly hub: Hub
  consoleEntered(socket: ConsoleSocket): void
  consoleLeft(socket: ConsoleSocket): void
}

/** The socket of a console: of one that asks one guest, whether or not that is there at the moment, or of the whole hub. */
export class ConsoleSocket extends PeerSocket<SessionResponder> implements HubConsole {
  readonly id: string | undefined
  readonly #host: ConsoleSocketHost
  #access: Access | undefined

  constructor(open: Dial, host: ConsoleSocketHost, request: EntranceRequest, id: string | undefined) {
    super(open, host, request, { role: 'console', id })
    this.#host = host
    this.id = id
  }

  get access(): Access {
    if (this.#access === undefined) throw new TypeError('this console was not admitted yet')
    return this.#access
  }

  charge(messages: number): void {
    this.count(messages)
  }

  tell(telling: Telling): void {
    const { session } = this
    if (session === undefined) return
    try {
      const text = telling.text(session)
      if (text !== undefined) session.role.emitText(text)
    } catch (error) {
      this.#report(error)
    }
  }

  protected override makeRole(session: Session<SessionResponder>): SessionResponder {
    const host = this.#host
    return new SessionResponder(session, {
      answer: host.hub.enter(this),
      maxPending: this.#maxPending,
      load: host.load,
      onError: (error) => this.#report(error),
    })
  }

  get #maxPending(): number {
    // It has one thing to ask, and each time is a change of a file that others wait for.
    if (this.access.signIn !== undefined) return limits.reservedPending
    const { maxPending } = this.#host
    return this.id === undefined ? Math.max(maxPending, limits.hubPending) : maxPending
  }

  // Not what is too large or too deep to be handed on: a guest could fill a host's log with that.
  #report(error: unknown): void {
    if (!isGuestoolError(error)) this.#host.report(error)
  }

  protected override admit(principal: (Principal & Stay) | undefined): Promise<Refusal | undefined> {
    this.#access = accessOf(principal)
    return Promise.resolve(undefined)
  }

  protected override entered(): void {
    this.#host.consoleEntered(this)
  }

  protected override left(): void {
    if (this.session === undefined) return
    this.#host.hub.leave(this)
    this.#host.consoleLeft(this)
  }
}
