import {
  elapsedSince,
  momentOf,
  setPatientTimer,
  type CancelTimer,
  type Clock,
  type Moment,
} from '../clock.js'
import { decode, exceedsBytes, Malformed } from '../codec.js'
import { closeCode } from '../close-code.js'
import * as limits from '../limits.js'
import type { Revision } from '../revision/revision.js'
import { revision1 } from '../revision/revision1.js'
import { revision2 } from '../revision/revision2.js'
import type { Addresses } from '../session/address.js'
import { echoHello } from '../session/echo.js'
import { Session, type Ending, type Role } from '../session/session.js'
import type { Receiver, Transport } from '../transport.js'

export interface AcceptorOptions<R extends Role> {
  readonly clock: Clock
  readonly role: (session: Session<R>) => R
  /**
   * Decides, once hello came, whether this dialler may stay: resolves to let it, or with a close code and a reason.
   * Frames that come meanwhile are held.
   */
  readonly admit?: (() => Promise<Refusal | undefined>) | undefined
  /** Hello was echoed: the session is open. */
  readonly opened: (session: Session<R>) => void
  /** It may not stay, and is told so. */
  readonly refused?: ((refusal: Refusal) => void) | undefined
  /** The connection is gone. Called once, whether or not it was ever open. */
  readonly closed: (ending: Ending) => void
  readonly maxPayload?: number | undefined
  readonly addresses?: Addresses | undefined
}

/** Why a dialler may not stay. */
export interface Refusal {
  readonly code: number
  /** For people: what happened and what to do. At most 123 bytes travel. */
  readonly reason: string
}

/** A frame that waits. */
interface Held {
  /** A binary one has none. */
  readonly text: string | undefined
  /** When it came. */
  readonly came: Moment
}

const revisions = [revision1, revision2]

/**
 * The accepting end of a connection: waits for hello, learns the revision from it, and answers with the same text,
 * byte for byte, before anything else is sent.
 */
export class Acceptor<R extends Role> implements Receiver {
  readonly #transport: Transport
  readonly #options: AcceptorOptions<R>
  readonly #held: Held[] = []
  #heldLength = 0
  #session: Session<R> | undefined
  #cancelTimer: CancelTimer | undefined
  #greeted = false
  #refused = false
  #over = false

  constructor(transport: Transport, options: AcceptorOptions<R>) {
    this.#transport = transport
    this.#options = options
    const tooLate: Refusal = {
      code: closeCode.helloTimeout,
      reason: `no hello within ${limits.helloTimeout / 1000} s`,
    }
    this.#cancelTimer = setPatientTimer(options.clock, () => this.refuse(tooLate), limits.helloTimeout)
  }

  get session(): Session<R> | undefined {
    return this.#session
  }

  opened(): void {}

  text(text: string): void {
    if (this.#session !== undefined) return this.#session.receive(text)
    if (this.#refused) return
    if (this.#greeted) return this.#hold(text)
    const revision = revisionOf(text)
    if (revision === undefined) {
      return this.refuse({
        code: closeCode.malformed,
        reason: 'the first frame must be /hello or /greet/hello',
      })
    }
    if (exceedsBytes(text, limits.helloBytes)) {
      return this.refuse({ code: closeCode.malformed, reason: `hello is over ${limits.helloBytes} bytes` })
    }
    this.#greeted = true
    this.#stopTimer()
    void this.#admit(revision, text)
  }

  binary(): void {
    if (this.#session !== undefined) this.#session.receiveBinary()
    else if (this.#greeted) this.#hold(undefined)
    else this.refuse({ code: closeCode.malformed, reason: 'the first frame must be hello, as text' })
  }

  pong(): void {}

  closed(code: number, reason: string): void {
    this.#end({ code, reason, byUs: false })
  }

  /** Closes without a session. Nothing is sent, not even a rejection: the revision may not be known. */
  refuse(refusal: Refusal): void {
    if (this.#refused || this.#over) return
    this.#refused = true
    this.#held.length = 0
    this.#stopTimer()
    this.#options.refused?.(refusal)
    this.#transport.close(refusal.code, refusal.reason)
  }

  /** Ends the session at once; what waits on it is told so. */
  end(ending: Ending): void {
    this.#transport.close(ending.code, ending.reason)
    this.#end(ending)
  }

  async #admit(revision: Revision, hello: string): Promise<void> {
    let refusal: Refusal | undefined
    try {
      refusal = await this.#options.admit?.()
    } catch {
      // Whoever decides tells its own people why; a stranger only learns that it may try again.
      refusal = { code: closeCode.failed, reason: 'the host failed; try again later' }
    }
    if (this.#over || this.#refused) return
    if (refusal !== undefined) return this.refuse(refusal)
    const { clock, role, maxPayload, addresses, opened } = this.#options
    try {
      this.#transport.send(hello)
    } catch {
      // The socket is closing; `closed` follows.
      return
    }
    this.#session = new Session<R>({
      transport: this.#transport,
      revision,
      clock,
      role,
      onHello: echoHello,
      maxPayload,
      addresses,
    })
    this.#session.counts.received++
    this.#session.counts.sent++
    opened(this.#session)
    for (const { text, came } of this.#held.splice(0)) {
      if (text === undefined) this.#session.receiveBinary()
      // What is over is not begun: an action would be carried out, and nobody waits for it.
      else if (elapsedSince(clock, came) < limits.lifetime) this.#session.receive(text, came)
    }
  }

  #hold(text: string | undefined): void {
    const { clock, maxPayload = limits.maxPayload } = this.#options
    this.#heldLength += text?.length ?? 0
    if (this.#held.length < limits.heldFrames && this.#heldLength <= maxPayload)
      this.#held.push({ text, came: momentOf(clock) })
    else this.refuse({ code: closeCode.malformed, reason: 'too much was sent before hello was answered' })
  }

  #stopTimer(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
  }

  #end(ending: Ending): void {
    if (this.#over) return
    this.#over = true
    this.#stopTimer()
    this.#session?.end(ending)
    this.#options.closed(ending)
  }
}

function revisionOf(text: string): Revision | undefined {
  const message = decode(text)
  if (message instanceof Malformed) return undefined
  return revisions.find((revision) => revision.hello === message.opnm)
}
