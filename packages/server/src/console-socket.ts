import {
  isGuestoolError,
  isRecord,
  SessionResponder,
  type Answer,
  type Dial,
  type Event,
  type Refusal,
  type Session,
} from '@guestool/core'
import type { EntranceRequest } from './entrance.js'
import { PeerSocket, type PeerSocketHost } from './peer-socket.js'

/** What the socket of a console needs of its host. */
export interface ConsoleSocketHost extends PeerSocketHost {
  /** Requests of one console that are worked on at once. */
  readonly maxPending: number
  /** What answers the requests of a console that asks about this guest. */
  answerFor(id: string): Answer
  consoleEntered(socket: ConsoleSocket): void
  consoleLeft(socket: ConsoleSocket): void
}

/** The socket of a console that asks one guest, whether or not that is there at the moment. */
export class ConsoleSocket extends PeerSocket<SessionResponder> {
  /** The guest it asks. */
  readonly id: string
  readonly #host: ConsoleSocketHost

  constructor(open: Dial, host: ConsoleSocketHost, request: EntranceRequest, id: string) {
    super(open, host, request, { role: 'console', id })
    this.#host = host
    this.id = id
  }

  /** Hands on an event of the guest, in the console's revision. */
  forward({ name, data }: Event): void {
    const { session } = this
    if (session === undefined || !isRecord(data) || isReserved(name)) return
    // Revision 1 keeps the event's name beside its data, so it has no way to say this.
    if (session.revision.number === 1 && Object.hasOwn(data, 'event')) return
    try {
      session.role.emit(name, data)
    } catch (error) {
      if (!isGuestoolError(error) || error.code !== 'connection_lost') this.#host.report(error)
    }
  }

  protected override makeRole(session: Session<SessionResponder>): SessionResponder {
    const host = this.#host
    return new SessionResponder(session, {
      answer: host.answerFor(this.id),
      maxPending: host.maxPending,
      onError: (error) => {
        if (!isGuestoolError(error) || !error.remote) host.report(error)
      },
    })
  }

  protected override admit(): Promise<Refusal | undefined> {
    return Promise.resolve(undefined)
  }

  protected override entered(): void {
    this.#host.consoleEntered(this)
  }

  protected override left(): void {
    if (this.session !== undefined) this.#host.consoleLeft(this)
  }
}

// An event name of revision 1 that is none in revision 2, where it would be taken for a rejection or a reply.
function isReserved(name: string): boolean {
  return name === 'reject' || name === 'report' || name.startsWith('report/')
}
