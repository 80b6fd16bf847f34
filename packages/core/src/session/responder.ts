import { newOpid } from '#fresh-opid'
import { Ledger } from '#ledger'
import { elapsedSince, type Moment } from '../clock.js'
import { carriesProtoKey } from '../codec.js'
import { GuestoolError, isGuestoolError, isWireCode, textOf, type WireCode } from '../errors.js'
import * as limits from '../limits.js'
import type { Message } from '../message.js'
import type { Request, Revision } from '../revision/revision.js'
import { revision1 } from '../revision/revision1.js'
import { revision2 } from '../revision/revision2.js'
import { ExpiryQueue } from './expiry.js'
import type { Stop } from './requester.js'
import type { Ending, Role, Session } from './session.js'

/** What a handler gets beside the params. */
export interface HandlerContext {
  /** Fires when the request expires or the connection is lost: nobody waits for the result any more. */
  readonly signal: AbortSignal
  /** Unix milliseconds at which the request expires. */
  readonly deadline: number
  /** The request's own id: fit for logs. */
  readonly opid: string
}

/**
 * Answers one request: returns the result or throws. A thrown {@link GuestoolError} keeps its code on the wire,
 * anything else is `failed`. On an addressed session `guest` is the one that it is about.
 */
export type Answer = (request: Request, context: RequestContext, guest?: string) => unknown

/**
 * A handler's context that stops calls itself, as its signal would: whoever hands a request on makes one call for each,
 * and an `AbortSignal` would be a quarter of what that costs.
 */
export interface RequestContext extends HandlerContext, Stop {}

/** A request that is being worked on. */
class Running implements RequestContext, Moment {
  readonly opid: string
  readonly at: number
  readonly wallAt: number
  #controller: AbortController | undefined
  #over: GuestoolError | undefined
  #listeners: readonly (() => void)[] | undefined

  constructor(opid: string, at: number, wallAt: number) {
    this.opid = opid
    this.at = at
    this.wallAt = wallAt
  }

  get deadline(): number {
    return this.wallAt + limits.lifetime
  }

  // Made when a handler first looks at it: most never do, and a controller costs more than the rest of a request.
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#over !== undefined) this.#controller.abort(this.#over)
    }
    return this.#controller.signal
  }

  get aborted(): boolean {
    return this.#over !== undefined
  }

  get reason(): unknown {
    return this.#over
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners = this.#listeners === undefined ? [listener] : [...this.#listeners, listener]
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    const left = this.#listeners?.filter((other) => other !== listener)
    this.#listeners = left?.length === 0 ? undefined : left
  }

  /** Nobody waits for the result any more. */
  stop(why: GuestoolError): void {
    this.#over = why
    this.#controller?.abort(why)
    const listeners = this.#listeners
    this.#listeners = undefined
    for (const listener of listeners ?? []) listener()
  }
}

/** What several responders work on at once, all together. */
export interface Load {
  /** Requests now. The responders alone change it. */
  pending: number
  /** More are answered `busy` … */
  readonly maxPending: number
  /** … by a responder that works on this many of them: the others still serve whoever asks little. */
  readonly reserved: number
}

export interface ResponderOptions {
  readonly answer: Answer
  /** Requests worked on at once; more are answered `busy`. */
  readonly maxPending?: number | undefined
  /** A limit that is shared with other responders. */
  readonly load?: Load | undefined
  /** A handler failed in a way that is this side's own fault: its error goes here as well as to the peer. */
  readonly onError?: ((error: unknown, request: Request) => void) | undefined
}

/** The side that answers: runs each request once, and sends events. */
export class SessionResponder implements Role {
  readonly #session: Session
  readonly #revision: Revision
  readonly #answer: Answer
  readonly #maxPending: number
  readonly #load: Load | undefined
  readonly #onError: ResponderOptions['onError']
  readonly #running: ExpiryQueue<Running>
  readonly #finished = new Ledger<true>(limits.rememberedAnswered)

  constructor(session: Session, options: ResponderOptions) {
    const { answer, maxPending = limits.maxPending, load, onError } = options
    this.#session = session
    this.#revision = session.revision.number === 1 ? revision1 : revision2
    this.#answer = answer
    this.#maxPending = maxPending
    this.#load = load
    this.#onError = onError
    // Receipt is never before sending, so the request has certainly expired for the requester too.
    this.#running = new ExpiryQueue(session.clock, (opid, running) => {
      this.#unload(1)
      this.#finished.set(opid, true)
      running.stop(
        new GuestoolError('expired', 'the request expired after 60 s; nobody waits for its result'),
      )
    })
  }

  /** How many requests are being worked on. */
  get pending(): number {
    return this.#running.size
  }

  message(message: Message, text: string): void {
    const { opid, guest } = message
    // An opid is never used twice, so this is a copy: an action must not run again.
    if (this.#running.has(opid) || this.#finished.has(opid)) {
      this.#session.counts.duplicate++
      return
    }
    const request = this.#revision.readRequest(message)
    if (request === undefined) {
      this.#finished.set(opid, true)
      return this.#session.reject(
        opid,
        'unknown_operation',
        `${quoted(message.opnm)} with this content is no info and no action`,
        undefined,
        guest,
      )
    }
    const full = this.#full()
    if (full !== undefined) {
      this.#finished.set(opid, true)
      return this.#fail(request, opid, guest, 'busy', full)
    }
    if (carriesProtoKey(text, message)) {
      this.#finished.set(opid, true)
      return this.#fail(request, opid, guest, 'invalid_params', 'a key may not be called "__proto__"')
    }
    this.#run(request, opid, guest)
  }

  rejected(): void {
    // A rejection is never answered, and what it refuses is over here.
  }

  broken(): boolean {
    return false
  }

  end({ byUs }: Ending): void {
    const why = byUs
      ? new GuestoolError('closed', 'this side was closed')
      : new GuestoolError('connection_lost', 'the connection was lost; nobody waits for the result')
    const stopped = this.#running.clear()
    this.#unload(stopped.length)
    for (const running of stopped) running.stop(why)
  }

  /**
   * Sends an event whose data was checked, on an addressed session that of a guest.
   *
   * @returns whether it was handed to the socket
   * @throws {GuestoolError} `too_large`, or `failed` when the data is not JSON
   */
  emit(name: string, data: Record<string, unknown>, guest?: string): boolean {
    return this.emitText(this.eventText(name, data, guest))
  }

  /**
   * The text of an event's frame. All sessions of this kind and revision write the same: whoever tells many of them makes
   * it once.
   *
   * @throws {GuestoolError} `failed` when the data is not JSON
   */
  eventText(name: string, data: Record<string, unknown>, guest?: string): string {
    return this.#session.wireText(newOpid(), this.#revision.event(name, data), guest)
  }

  /** Sends the text of an event, as {@link emit} does. */
  emitText(text: string): boolean {
    try {
      this.#session.sendText(text)
      return true
    } catch (error) {
      if (isGuestoolError(error) && error.code === 'connection_lost') return false
      throw error
    }
  }

  /** Why no more can be worked on. */
  #full(): string | undefined {
    const running = this.#running.size
    const load = this.#load
    if (running >= this.#maxPending) return `${running} requests are being worked on; ask again later`
    if (load === undefined || load.pending < load.maxPending || running < load.reserved) return undefined
    return `${load.pending} requests of all who ask are being worked on; ask again later`
  }

  #unload(requests: number): void {
    if (this.#load !== undefined) this.#load.pending -= requests
  }

  #run(request: Request, opid: string, guest: string | undefined): void {
    const { clock, heardAt, heldSince } = this.#session
    const running = new Running(opid, heardAt, heldSince ?? clock.wall())
    this.#running.add(opid, running)
    if (this.#load !== undefined) this.#load.pending++
    let result: unknown
    try {
      result = this.#answer(request, running, guest)
    } catch (error) {
      return this.#threw(request, opid, guest, error)
    }
    if (!isThenable(result)) return this.#reply(request, opid, guest, result)
    // Somebody else's `then` may throw, or call back twice.
    Promise.resolve(result).then(
      (value) => this.#reply(request, opid, guest, value),
      (error: unknown) => this.#threw(request, opid, guest, error),
    )
  }

  #reply(request: Request, opid: string, guest: string | undefined, result: unknown): void {
    if (!this.#finish(opid)) return
    try {
      this.#session.sendWire(opid, { opnm: this.#revision.reply(request.kind), opct: result }, guest)
    } catch (error) {
      if (isGuestoolError(error) && error.code === 'connection_lost') return
      this.#onError?.(error, request)
      this.#fail(request, opid, guest, codeOf(error), messageOf(error))
    }
  }

  #threw(request: Request, opid: string, guest: string | undefined, error: unknown): void {
    if (!this.#finish(opid)) return
    if (!isGuestoolError(error) || error.code === 'failed') this.#onError?.(error, request)
    this.#fail(request, opid, guest, codeOf(error), messageOf(error))
  }

  /** False when the request is over already: it expired, or the connection is gone. */
  #finish(opid: string): boolean {
    const running = this.#running.take(opid)
    if (running === undefined) return false
    this.#unload(1)
    this.#finished.set(opid, true)
    // The timer may not have run yet (a busy loop, a suspended machine), but after a minute no reply is sent.
    return elapsedSince(this.#session.clock, running) < limits.lifetime
  }

  #fail({ kind }: Request, opid: string, guest: string | undefined, code: WireCode, error: string): void {
    const wire = this.#revision.failure(kind, code, error.slice(0, limits.errorText))
    this.#session.trySend(opid, wire, guest)
  }
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

// What failed on this side of a handler (`timeout`, `connection_lost` of its own calls, …) is `failed` to the peer.
function codeOf(error: unknown): WireCode {
  return isGuestoolError(error) && isWireCode(error.code) ? error.code : 'failed'
}

function messageOf(error: unknown): string {
  return (error instanceof Error && textOf(error)) || 'the handler failed without a message'
}

function quoted(opnm: string): string {
  return `"${opnm.slice(0, 64)}"`
}
