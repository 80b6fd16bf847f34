import { newOpid } from '#fresh-opid'
import { Ledger } from '#ledger'
import { elapsedSince, type CancelTimer, type Moment } from '../clock.js'
import { carriesProtoKey } from '../codec.js'
import type { OperationKind } from '../contract/operation.js'
import { Failure, isGuestoolError, isWireCode, textOf } from '../errors.js'
import { refusesRetry } from '../close-code.js'
import * as limits from '../limits.js'
import type { Message, Rejection } from '../message.js'
import type { Event } from '../revision/revision.js'
import { ExpiryQueue } from './expiry.js'
import type { Ending, Role, Session } from './session.js'

/** What ends a call before its time: an `AbortSignal`, or whatever says the same and costs less. */
export interface Stop {
  readonly aborted: boolean
  readonly reason: unknown
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/** What a call may be told. */
export interface AskOptions {
  /** Milliseconds after which the caller gives up. At most the lifetime of a message: 60 000. */
  readonly timeout?: number | undefined
  readonly signal?: Stop | undefined
}

/**
 * A request on its way, which knows who waits for it. One object for both: it is most of what a call costs in memory
 * while it waits.
 */
export abstract class Asking implements Moment {
  at = 0
  wallAt = 0
  /** Undoes a caller's own timeout and signal; most calls have neither. */
  release: (() => void) | undefined = undefined

  /** It is over, once: the content of the reply, unchecked, or a {@link Failure}. */
  abstract settle(outcome: unknown): void
}

/** One that somebody waits for by a promise. */
class Promised extends Asking {
  readonly #resolve: (outcome: unknown) => void

  constructor(resolve: (outcome: unknown) => void) {
    super()
    this.#resolve = resolve
  }

  settle(outcome: unknown): void {
    this.#resolve(outcome)
  }
}

/** A request that ended without an answer. */
interface Unanswered extends Moment {
  /** Its reply was already refused once. */
  refused: boolean
}

/** The side that asks: remembers what is on its way, and settles each call exactly once. */
export class SessionRequester implements Role {
  readonly #session: Session
  readonly #onEvent: (event: Event, guest: string | undefined) => void
  readonly #pending: ExpiryQueue<Asking>
  readonly #answered = new Ledger<true>(limits.rememberedAnswered)
  readonly #unanswered = new Ledger<Unanswered>(limits.rememberedUnanswered)
  #roundTrip: number | undefined

  constructor(session: Session, onEvent: (event: Event, guest: string | undefined) => void) {
    this.#session = session
    this.#onEvent = onEvent
    this.#pending = new ExpiryQueue(session.clock, (opid, entry) => this.#expired(opid, entry))
  }

  /** How many calls are on their way. */
  get pending(): number {
    return this.#pending.size
  }

  /** Milliseconds from the last answered request to its answer, sampling included; undefined before the first. */
  get roundTrip(): number | undefined {
    return this.#roundTrip
  }

  /**
   * Sends a request, on an addressed session to a guest. Resolves with the content of the reply, unchecked, or with a
   * {@link Failure}; never rejects, so that the error can be made where the caller awaits.
   */
  ask(
    kind: OperationKind,
    name: string,
    params: object,
    options?: AskOptions,
    guest?: string,
  ): Promise<unknown> {
    return new Promise((resolve) => this.send(new Promised(resolve), kind, name, params, options, guest))
  }

  /** The same for whoever has something better than a promise. It is settled in any case, perhaps before this returns. */
  send(
    asking: Asking,
    kind: OperationKind,
    name: string,
    params: object,
    options?: AskOptions,
    guest?: string,
  ): void {
    if (options?.signal?.aborted) return asking.settle(abortedBy(options.signal))
    const { revision, clock, ended } = this.#session
    if (ended) {
      return asking.settle(
        new Failure('connection_lost', 'the connection is closed', { outcome: 'never_sent' }),
      )
    }
    const opid = newOpid()
    if (options !== undefined) asking.release = this.#callerLimits(opid, options)
    asking.at = clock.now()
    asking.wallAt = clock.wall()
    this.#pending.add(opid, asking)
    try {
      this.#session.sendWire(opid, revision.request(kind, name, params), guest)
    } catch (error) {
      settle(this.#pending.take(opid), toFailure(error))
    }
  }

  /**
   * Forgets what was answered. For a peer that was silent for a while: duplicates follow close behind, and a peer that
   * is idle for days must not cost what a busy one does.
   */
  forgetAnswered(): void {
    this.#answered.clear()
  }

  message(message: Message, text: string): void {
    const { opid } = message
    const entry = this.#answeredBy(opid)
    if (entry === undefined) return this.#withoutRequest(message, text)
    settle(
      entry,
      carriesProtoKey(text, message)
        ? new Failure('invalid_result', 'the reply has a key "__proto__"', { raw: message.opct })
        : message.opct,
    )
  }

  rejected(opid: string, rejection: Rejection): void {
    settle(this.#answeredBy(opid), failureOf(rejection))
  }

  broken(opid: string, text: string, problem: string): boolean {
    const entry = this.#answeredBy(opid)
    if (entry === undefined) return false
    settle(entry, new Failure('invalid_result', `the reply is ${problem}`, { raw: text }))
    return true
  }

  end({ code, reason, byUs }: Ending): void {
    const text = byUs ? 'this side was closed before the answer came' : lossText(code, reason)
    const details = { outcome: 'unknown', closeCode: code } as const
    for (const entry of this.#pending.clear())
      settle(entry, byUs ? new Failure('closed', text) : new Failure('connection_lost', text, details, entry))
  }

  /** The request that a frame with this `opid` answers in time. It is over with that. */
  #answeredBy(opid: string): Asking | undefined {
    const entry = this.#pending.take(opid)
    if (entry === undefined) return undefined
    const age = elapsedSince(this.#session.clock, entry, this.#session.heardAt)
    if (age < limits.lifetime) {
      this.#roundTrip = age
      this.#answered.set(opid, true)
      return entry
    }
    // The timer has not run yet (a background tab, a suspended laptop), but the minute is over.
    this.#expired(opid, entry)
    return undefined
  }

  #expired(opid: string, entry: Asking): void {
    this.#unanswered.set(opid, { at: entry.at, wallAt: entry.wallAt, refused: false })
    const text = `no answer within ${limits.lifetime / 1000} s; is the peer busy or stuck?`
    settle(entry, new Failure('expired', text))
  }

  #callerLimits(opid: string, { timeout, signal }: AskOptions): (() => void) | undefined {
    let cancelTimer: CancelTimer | undefined
    if (timeout !== undefined && timeout < limits.lifetime) {
      const ms = Math.max(0, timeout)
      cancelTimer = this.#session.clock.setTimer(() => {
        this.#abandon(
          opid,
          new Failure('timeout', `no answer within the given timeout of ${Math.round(ms)} ms`),
        )
      }, ms)
    }
    const onAbort = signal && (() => this.#abandon(opid, abortedBy(signal)))
    if (onAbort) signal.addEventListener('abort', onAbort)
    if (cancelTimer === undefined && onAbort === undefined) return undefined
    return () => {
      cancelTimer?.()
      if (onAbort) signal.removeEventListener('abort', onAbort)
    }
  }

  /** The caller ended it. The protocol has no cancel, so nothing is sent; a reply inside the minute is dropped. */
  #abandon(opid: string, failure: Failure): void {
    const entry = this.#pending.take(opid)
    if (entry === undefined) return
    this.#unanswered.set(opid, { at: entry.at, wallAt: entry.wallAt, refused: false })
    settle(entry, failure)
  }

  #withoutRequest(message: Message, text: string): void {
    if (!this.#answered.has(message.opid) && !this.#unanswered.has(message.opid)) {
      const event = this.#session.revision.readEvent(message)
      if (event !== undefined) {
        // A schema would lose the key without a trace.
        if (carriesProtoKey(text, message)) this.#session.counts.strangeEvents++
        else this.#onEvent(event, message.guest)
        return
      }
    }
    this.#stray(message)
  }

  /** A reply to nothing that is pending: late, abandoned, duplicate or unknown. */
  #stray({ opid, guest }: Message): void {
    const { counts, clock } = this.#session
    const unanswered = this.#unanswered.get(opid)
    if (unanswered !== undefined) {
      const age = elapsedSince(clock, unanswered)
      if (age < limits.lifetime) counts.abandoned++
      else if (unanswered.refused) counts.duplicate++
      else {
        counts.late++
        unanswered.refused = true
        this.#session.reject(
          opid,
          'expired',
          `the reply came ${seconds(age)} after its request; it is refused after 60 s`,
          age,
          guest,
        )
      }
    } else if (this.#answered.has(opid)) {
      counts.duplicate++
    } else {
      counts.unknown++
      this.#answered.set(opid, true)
      const text = 'this connection has no request with this opid'
      this.#session.reject(opid, 'unknown_opid', text, undefined, guest)
    }
  }
}

/** Every exit of a call comes through here. */
function settle(entry: Asking | undefined, outcome: unknown): void {
  entry?.release?.()
  entry?.settle(outcome)
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}

function lossText(code: number, reason: string): string {
  const said = reason === '' ? '' : `, "${reason}"`
  return refusesRetry(code)
    ? `the peer closed the connection (${code}${said})`
    : `the connection was lost before the answer came (${code}${said}); it may have been carried out`
}

export function abortedBy(signal: Stop): Failure {
  return new Failure('aborted', 'aborted by its signal', { cause: signal.reason })
}

function toFailure(error: unknown): Failure {
  if (!isGuestoolError(error)) return new Failure('failed', textOf(error), { cause: error })
  return new Failure(error.code, error.message, { outcome: error.outcome, cause: error })
}

/** What a peer's rejection or error reply means here. A code that is none of ours is `failed`. */
function failureOf({ code, error }: Rejection): Failure {
  return isWireCode(code)
    ? new Failure(code, error, { remote: true })
    : new Failure('failed', code === 'failed' ? error : `${error} (${code})`, { remote: true })
}
