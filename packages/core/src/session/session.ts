import { newOpid } from '#fresh-opid'
import type { Clock, Moment } from '../clock.js'
import { decode, encode, exceedsBytes, Malformed } from '../codec.js'
import { GuestoolError, type WireCode } from '../errors.js'
import { closeCode } from '../close-code.js'
import * as limits from '../limits.js'
import type { Message, Rejection } from '../message.js'
import type { AskingRevision, Wire } from '../revision/revision.js'
import type { Transport } from '../transport.js'
import { tokenBucket } from './bucket.js'
import type { Addresses } from './address.js'
import { newCounts, type Counts } from './counts.js'
import type { echoHello } from './echo.js'

/** Why a session ended. */
export interface Ending {
  readonly code: number
  readonly reason: string
  /** True when this side ended it on purpose. */
  readonly byUs: boolean
}

/** One side's part in asking and answering: a requester or a responder, from birth to the end. */
export interface Role {
  /** How many requests are on their way, or are being worked on. */
  readonly pending: number
  /** A message that is neither a greeting nor a rejection. */
  message(message: Message, text: string): void
  /** The peer refused the message with this `opid`. */
  rejected(opid: string, rejection: Rejection): void
  /** Text that is no message but has this `opid`. True when it answered something. */
  broken(opid: string, text: string, problem: string): boolean
  /** The connection is gone. */
  end(ending: Ending): void
}

export interface SessionOptions<R extends Role> {
  readonly transport: Transport
  readonly revision: AskingRevision
  readonly clock: Clock
  readonly role: (session: Session<R>) => R
  /** Answers the peer's hello: {@link echoHello} for an acceptor. A dialler answers none, whoever asks over it. */
  readonly onHello?: typeof echoHello | undefined
  /** Bytes of a frame. */
  readonly maxPayload?: number | undefined
  /**
   * Messages may be about one guest of many, whose address stands before their operation name: between a hub and its
   * consoles.
   */
  readonly addresses?: Addresses | undefined
  /** A dialler's session is open: hello was echoed, or (revision 1) something else came. */
  readonly onReady?: (() => void) | undefined
}

/**
 * What two peers say to each other over one connection: reads frames, answers greetings, counts bad ones, and hands
 * everything else to its role. Knows nothing of sockets, dialling or reconnecting.
 */
export class Session<R extends Role = Role> {
  readonly revision: AskingRevision
  readonly clock: Clock
  readonly role: R
  readonly maxPayload: number
  readonly counts: Counts = newCounts()
  /** When text last came: any text proves that the peer's reader and writer live. */
  heardAt: number
  /** What the wall hand showed then, where the text was held since. */
  heldSince: number | undefined
  readonly #transport: Transport
  readonly #onHello: typeof echoHello | undefined
  readonly #onReady: (() => void) | undefined
  readonly #addresses: Addresses | undefined
  // Made when they are first needed: idle sessions are many.
  #toleratesBadFrame: (() => boolean) | undefined
  #mayReject: (() => boolean) | undefined
  /** The `opid` of the last hello that this side sent, while its echo is awaited. */
  #helloSent: string | undefined
  #byeSent: string | undefined
  #byeAnswered: (() => void) | undefined
  #ready = false
  #left = false
  /** The socket is on its way out: nothing is read any more, and nothing can be sent. */
  #closing = false
  #ended = false

  constructor(options: SessionOptions<R>) {
    this.revision = options.revision
    this.clock = options.clock
    this.maxPayload = options.maxPayload ?? limits.maxPayload
    this.heardAt = options.clock.now()
    this.#transport = options.transport
    this.#onHello = options.onHello
    this.#onReady = options.onReady
    this.#addresses = options.addresses
    this.role = options.role(this)
  }

  /** Whether nothing can be asked or answered any more. */
  get ended(): boolean {
    return this.#left || this.#closing
  }

  /**
   * A frame came.
   *
   * @param came when, if it was held
   */
  receive(text: string, came?: Moment): void {
    if (this.#ended || this.#closing) return
    this.counts.received++
    this.heardAt = came?.at ?? this.clock.now()
    this.heldSince = came?.wallAt
    const message = decode(text)
    if (message instanceof Malformed) return this.#malformed(message, text)
    const { opid, opnm } = message
    if (opnm === this.revision.hello) return this.#hello(opid, text)
    if (opnm === this.revision.bye) return this.#bye(message)
    if (this.#left) return
    // Revision 1 promises no echo of hello, so any other sign of life opens it. Revision 2 does promise it.
    if (!this.#ready && this.revision.number === 1) this.markReady()
    if (this.#addresses === undefined) return this.#deliver(message, text)
    const address = this.#addresses.read(opnm)
    if (address === undefined)
      return this.#malformed(new Malformed('not the address of a guest', opid, true), text)
    this.#deliver({ opid, opct: message.opct, ...address }, text)
  }

  /** A binary frame came. The specification says text only. */
  receiveBinary(): void {
    if (!this.#ended && !this.#closing) this.#bad('a binary frame')
  }

  /** A dialler's first frame; later the way of a platform without ping to ask whether the host lives. */
  sayHello(): void {
    const opid = newOpid()
    // One is awaited at a time: a peer that never echoes must not make this grow.
    this.#helloSent = opid
    this.sendWire(opid, { opnm: this.revision.hello, opct: {} })
  }

  /** Sends the last frame of revision 2; resolves when it was answered. Revision 1 has none, and nothing to wait for. */
  sayBye(): Promise<void> {
    const { bye } = this.revision
    if (bye === undefined || this.#ended) return Promise.resolve()
    const opid = newOpid()
    this.#byeSent = opid
    return new Promise((resolve) => {
      const cancel = this.clock.setTimer(resolve, limits.byeTimeout)
      this.#byeAnswered = () => {
        cancel()
        resolve()
      }
      try {
        this.sendWire(opid, { opnm: bye, opct: {} })
      } catch {
        // The socket is closed already; that is as good as an answer.
        this.#byeAnswered()
      }
    })
  }

  /** Marks a dialler's session as open; once. */
  markReady(): void {
    if (this.#ready) return
    this.#ready = true
    this.#onReady?.()
  }

  /**
   * Sends a message; on an addressed session it may be about a guest.
   *
   * @throws {GuestoolError} `too_large`, `failed` (not JSON), `connection_lost` (the socket is not open)
   */
  sendWire(opid: string, wire: Wire, guest?: string): void {
    this.sendText(this.wireText(opid, wire, guest))
  }

  /** The text of a message's frame, as {@link sendWire} sends it. */
  wireText(opid: string, wire: Wire, guest?: string): string {
    const opnm = this.#addresses?.write(guest, wire.opnm) ?? wire.opnm
    return encode(opid, opnm, wire.opct)
  }

  /** Sends the text of a frame, as {@link sendWire} does. */
  sendText(text: string): void {
    if (exceedsBytes(text, this.maxPayload)) {
      throw new GuestoolError('too_large', `the message is over ${this.maxPayload} bytes; send less`)
    }
    if (this.#ended)
      throw new GuestoolError('connection_lost', 'the connection is closed', { outcome: 'never_sent' })
    try {
      this.#transport.send(text)
    } catch (cause) {
      this.#closing = true
      throw new GuestoolError('connection_lost', 'the socket is not open', { outcome: 'never_sent', cause })
    }
    this.counts.sent++
  }

  /** Refuses a message, if the limit of rejections allows. Never throws, and nobody answers a rejection. */
  reject(opid: string, code: WireCode, error: string, ageMs?: number, guest?: string): void {
    this.#mayReject ??= tokenBucket(this.clock, limits.rejectionBurst, limits.rejectionsPerSecond)
    if (!this.#mayReject()) return
    const age = ageMs === undefined ? {} : { age_ms: Math.round(ageMs) }
    const rejection = this.revision.rejection({ code, error: error.slice(0, limits.errorText), ...age })
    this.trySend(opid, rejection, guest)
  }

  /** Sends a message whose loss is no news: the connection is going, and its end is reported elsewhere. */
  trySend(opid: string, wire: Wire, guest?: string): void {
    try {
      this.sendWire(opid, wire, guest)
    } catch {
      // The end of the connection is reported by `closed`, once, to everyone who waits.
    }
  }

  /**
   * Closes the connection; the role hears of it when the socket did. What a peer still sends is not read: one that was
   * closed for a flood may take its time to answer the close.
   */
  close(code: number, reason: string): void {
    this.#closing = true
    this.#transport.close(code, reason)
  }

  /** This side asks and answers no more: what waits is settled, and of all that comes only greetings are read. */
  leave(ending: Ending): void {
    if (this.#left) return
    this.#left = true
    this.role.end(ending)
  }

  /** The connection is gone: everything that waits is settled, no timer is left. */
  end(ending: Ending): void {
    if (this.#ended) return
    this.#ended = true
    this.#byeAnswered?.()
    this.leave(ending)
  }

  #deliver(message: Message, text: string): void {
    const rejection = this.revision.readRejection(message)
    if (rejection === undefined) return this.role.message(message, text)
    this.counts.rejected++
    this.role.rejected(message.opid, rejection)
  }

  #hello(opid: string, text: string): void {
    if (opid === this.#helloSent) {
      this.#helloSent = undefined
      return this.markReady()
    }
    this.#onHello?.(this, text)
  }

  #bye(message: Message): void {
    if (message.opid === this.#byeSent) {
      this.#byeSent = undefined
      return this.#byeAnswered?.()
    }
    this.trySend(message.opid, { opnm: message.opnm, opct: message.opct })
    this.close(closeCode.normal, 'bye')
  }

  #malformed({ problem, opid, isJson }: Malformed, text: string): void {
    const answered = opid !== undefined && this.role.broken(opid, text, problem)
    // A Python guest's bare NaN is not held against it: it answers, as well as it can.
    if (answered && !isJson) return
    if (opid !== undefined) this.reject(opid, 'malformed', problem)
    this.#bad(problem)
  }

  #bad(problem: string): void {
    this.counts.malformed++
    this.#toleratesBadFrame ??= tokenBucket(this.clock, limits.badFrameBurst, limits.badFramesPerSecond)
    if (!this.#toleratesBadFrame())
      this.close(closeCode.malformed, `too many malformed frames, the last: ${problem}`.slice(0, 120))
  }
}
