import { elapsedSince, momentOf, pause, type CancelTimer } from '../clock.js'
import { Emitter } from '../emitter.js'
import { Failure, GuestoolError } from '../errors.js'
import { closeCode, dialsAgain } from '../close-code.js'
import * as limits from '../limits.js'
import { once } from '../once.js'
import { abortedBy, type AskOptions } from '../session/requester.js'
import { addCounts, newCounts, type Counts } from '../session/counts.js'
import type { Role, Session } from '../session/session.js'
import { Attempt, undialled, type AttemptOptions, type Loss } from './attempt.js'
import { backoffDelay, type BackoffOptions } from './backoff.js'
import { isToken, notToken } from './token.js'

/**
 * - `connecting`: on the way to the first session
 * - `open`: hello was answered
 * - `reconnecting`: the connection was lost, and another is on its way
 * - `closed`: for good, by `close()` or by a refusal that dialling again cannot change
 */
export type ConnectionState = 'connecting' | 'open' | 'reconnecting' | 'closed'

export interface ConnectionOptions<R extends Role> extends AttemptOptions<R> {
  readonly backoff: BackoffOptions
  /** What the peer is, as errors call it: the URL without its credentials. */
  readonly peer: string
  /** 0 ≤ n < 1. @default Math.random */
  readonly random?: (() => number) | undefined
}

/** Keeps a session to one address: dials, says hello, finds out when the peer is gone, and dials again. */
export class Connection<R extends Role> {
  readonly events = new Emitter<{ state: [state: ConnectionState]; error: [error: unknown] }>()
  readonly #options: ConnectionOptions<R>
  /** What wakes those who wait for the next change of state. */
  readonly #waiting = new Set<() => void>()
  /** Of the sessions that are over. */
  readonly #counts = newCounts()
  #state: ConnectionState = 'connecting'
  #attempt: Attempt<R> | undefined
  /** Since a connection last was a success. */
  #redials = 0
  #cancelRedial: CancelTimer | undefined
  #lastLoss: Loss | undefined
  #refusal: Failure | undefined
  #tokenRefreshed = false
  readonly #closeOnce = once(() => this.#close())

  /** @throws {TypeError} when the token is none */
  constructor(options: ConnectionOptions<R>) {
    const { token } = options
    if (token !== undefined && typeof token !== 'function' && !isToken(token))
      throw new TypeError(`the option token is ${notToken}`)
    this.#options = options
    this.#dial()
  }

  get state(): ConnectionState {
    return this.#state
  }

  /** The session, while it is open: not once its socket closes, whose end may be a while in coming. */
  get session(): Session<R> | undefined {
    const session = this.#state === 'open' ? this.#attempt?.session : undefined
    return session?.ended === true ? undefined : session
  }

  /** What all sessions so far counted together. */
  get counts(): Counts {
    return addCounts(addCounts(newCounts(), this.#counts), this.#attempt?.session?.counts)
  }

  /** Why the connection is closed for good, when it was not by `close()`. */
  get refusal(): GuestoolError | undefined {
    return this.#refusal?.toError(undefined, undefined)
  }

  /** The open session, or why there is none after `ms` milliseconds. */
  async opened(ms: number, options: AskOptions | undefined): Promise<Session<R> | Failure> {
    const { clock } = this.#options
    const signal = options?.signal
    const since = momentOf(clock)
    for (;;) {
      const { session } = this
      if (session !== undefined) return session
      if (this.#state === 'closed') return this.#closedFailure()
      if (signal?.aborted) return abortedBy(signal)
      const left = ms - elapsedSince(clock, since)
      // The other way round, so that NaN is no time at all instead of a loop without rest.
      if (!(left > 0)) return new Failure('connect_timeout', this.#notConnected(ms))
      await pause(clock, left, signal, this.#waiting)
    }
  }

  /** What a call gets once the connection is closed for good. */
  #closedFailure(): Failure {
    return this.#refusal ?? new Failure('closed', 'this side was closed; make a new one to go on')
  }

  /** Says bye, closes with 1000, settles everything; resolves when the socket is gone. */
  close(): Promise<void> {
    return this.#closeOnce()
  }

  async #close(): Promise<void> {
    this.#cancelRedial?.()
    const attempt = this.#attempt
    const wasOpen = this.#state === 'open'
    this.#setState('closed')
    if (attempt !== undefined) await attempt.finish(wasOpen)
  }

  #dial(): void {
    this.#attempt = new Attempt(this.#options, {
      open: () => {
        this.#lastLoss = undefined
        this.#tokenRefreshed = false
        this.#setState('open')
      },
      over: (loss, openFor) => this.#over(loss, openFor),
    })
    this.#attempt.start()
  }

  #over(loss: Loss, openFor: number): void {
    addCounts(this.#counts, this.#attempt?.session?.counts)
    this.#attempt = undefined
    if (this.#state === 'closed') return
    this.#lastLoss = loss
    if (openFor >= limits.backoffReset) this.#redials = 0
    const again = dialsAgain(loss.code)
    const fresh = again === 'once' && typeof this.#options.token === 'function' && !this.#tokenRefreshed
    if (again === 'no' || (again === 'once' && !fresh)) {
      const { code } = loss
      const text = `${this.#options.peer} closed the connection with ${code}: ${whyOf(loss)}`
      this.#refusal = new Failure('refused', text, { closeCode: code, remote: true })
      this.#setState('closed')
      this.events.emit('error', this.refusal)
      return
    }
    this.#tokenRefreshed ||= fresh
    // Before anybody hears of the loss: a listener that closes this connection cancels it.
    const { clock, backoff, random = Math.random } = this.#options
    this.#cancelRedial = clock.setTimer(() => this.#dial(), backoffDelay(backoff, this.#redials++, random))
    if (this.#state === 'open') this.#setState('reconnecting')
    else
      this.events.emit(
        'error',
        new GuestoolError('connection_lost', this.#lossText(loss), {
          closeCode: loss.code || undefined,
          outcome: 'never_sent',
        }),
      )
  }

  #setState(state: ConnectionState): void {
    if (this.#state === state) return
    this.#state = state
    this.events.emit('state', state)
    for (const wake of this.#waiting) wake()
  }

  #notConnected(ms: number): string {
    const loss = this.#lastLoss
    const why = loss === undefined ? `${this.#options.peer} has not answered yet` : this.#lossText(loss)
    return `${why} (waited ${Math.round(ms)} ms)`
  }

  #lossText(loss: Loss): string {
    const code = loss.code === undialled ? '' : ` (${loss.code})`
    return `no connection to ${this.#options.peer}${code}: ${whyOf(loss)}`
  }
}

const advice: Readonly<Record<number, string>> = {
  [closeCode.normal]: 'it is done; dial again only if you are sure',
  [closeCode.goingAway]: 'it is going away; wait',
  [closeCode.lost]: 'is the host running there?',
  [closeCode.tooLarge]: 'a frame was too large; ask for less',
  [closeCode.failed]: 'it failed; see its log',
  [closeCode.restarting]: 'it is restarting; wait',
  [closeCode.overloaded]: 'this side reads too slowly, or it is full; ask for less, or wait',
  [closeCode.malformed]: 'it does not understand this side; check the URL',
  [closeCode.unauthenticated]: 'the token is missing, wrong or over; get a fresh one',
  [closeCode.forbidden]: 'this token does not allow it; get one that does',
  [closeCode.notFound]: 'no such path; guests join at /join/{id}, consoles ask at /guests/{id}',
  [closeCode.helloTimeout]: 'hello came too late; is the network slow?',
  [closeCode.taken]: 'another live guest holds this id; give each guest its own',
  [closeCode.tooMany]: 'too many connections or attempts; wait',
}

/** What happened, and what to do. A host's reason says both; where no close came, the reason is the socket's. */
function whyOf({ code, reason }: Loss): string {
  const hint = advice[code] ?? 'see its log'
  if (reason === '') return hint
  return code === closeCode.lost ? `${reason}; ${hint}` : reason
}
