import { elapsedSince, type CancelTimer, type Clock } from '../clock.js'
import { Emitter } from '../emitter.js'
import { Failure, GuestoolError, textOf } from '../errors.js'
import { closeCode, dialsAgain, limits } from '../limits.js'
import { once } from '../once.js'
import type { Revision } from '../revision/revision.js'
import { abortedBy, type AskOptions } from '../session/requester.js'
import { addCounts, newCounts, type Counts } from '../session/counts.js'
import { Session, type Role } from '../session/session.js'
import type { Dial, Receiver, Transport } from '../transport.js'
import { Backoff, type BackoffOptions } from './backoff.js'
import { Liveness } from './liveness.js'

/**
 * - `connecting`: on the way to the first session
 * - `open`: hello was answered
 * - `reconnecting`: the connection was lost, and another is on its way
 * - `closed`: for good, by `close()` or by a refusal that dialling again cannot change
 */
export type ConnectionState = 'connecting' | 'open' | 'reconnecting' | 'closed'

/** A connection that was lost or never came about. */
export interface Loss {
  readonly code: number
  readonly reason: string
}

export interface ConnectionOptions<R extends Role> {
  readonly dial: Dial
  readonly role: (session: Session<R>) => R
  readonly revision: Revision
  readonly clock: Clock
  readonly backoff: BackoffOptions
  /** What the peer is, as errors call it: the URL without its credentials. */
  readonly peer: string
  /** 0 ≤ n < 1. @default Math.random */
  readonly random?: (() => number) | undefined
  readonly maxPayload?: number | undefined
  /** A refusal 4401 may be answered with a fresh token, once. */
  readonly canRefreshToken?: boolean | undefined
}

/** Keeps a session to one address: dials, says hello, finds out when the peer is gone, and dials again. */
export class Connection<R extends Role> {
  readonly events = new Emitter<{ state: [state: ConnectionState]; error: [error: unknown] }>()
  readonly #options: ConnectionOptions<R>
  readonly #backoff: Backoff
  readonly #waiting = new Set<() => void>()
  /** Of the sessions that are over. */
  readonly #counts = newCounts()
  #state: ConnectionState = 'connecting'
  #attempt: Attempt<R> | undefined
  #cancelRedial: CancelTimer | undefined
  #lastLoss: Loss | undefined
  #refusal: GuestoolError | undefined
  #tokenRefreshed = false
  readonly #closeOnce = once(() => this.#close())

  constructor(options: ConnectionOptions<R>) {
    this.#options = options
    this.#backoff = new Backoff(options.backoff, options.random ?? Math.random)
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
    const total = addCounts(newCounts(), this.#counts)
    const session = this.#attempt?.session
    return session === undefined ? total : addCounts(total, session.counts)
  }

  /** Why the connection is closed for good, when it was not by `close()`. */
  get refusal(): GuestoolError | undefined {
    return this.#refusal
  }

  /** The open session, or why there is none after `ms` milliseconds. */
  async opened(ms: number, options: AskOptions | undefined): Promise<Session<R> | Failure> {
    const { clock } = this.#options
    const signal = options?.signal
    const since = { at: clock.now(), wallAt: clock.wall() }
    for (;;) {
      const { session } = this
      if (session !== undefined) return session
      if (this.#state === 'closed') return this.closedFailure()
      if (signal?.aborted) return abortedBy(signal)
      const left = ms - elapsedSince(clock, since)
      // The other way round, so that NaN is no time at all instead of a loop without rest.
      if (!(left > 0)) return new Failure('connect_timeout', this.#notConnected(ms))
      await this.#change(left, signal)
    }
  }

  /** What a call gets once the connection is closed for good. */
  closedFailure(): Failure {
    const refusal = this.#refusal
    if (refusal === undefined) return new Failure('closed', 'this side was closed; make a new one to go on')
    return new Failure('refused', refusal.message, { closeCode: refusal.closeCode })
  }

  /** Says bye, closes with 1000, settles everything; resolves when the socket is gone. */
  close(): Promise<void> {
    return this.#closeOnce()
  }

  async #close(): Promise<void> {
    this.#cancelRedial?.()
    this.#cancelRedial = undefined
    const attempt = this.#attempt
    const wasOpen = this.#state === 'open'
    this.#setState('closed')
    if (attempt !== undefined) await attempt.finish(wasOpen)
  }

  #dial(): void {
    this.#cancelRedial = undefined
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
    const session = this.#attempt?.session
    if (session !== undefined) addCounts(this.#counts, session.counts)
    this.#attempt = undefined
    if (this.#state === 'closed') return
    this.#lastLoss = loss
    if (openFor >= limits.backoffReset) this.#backoff.reset()
    const again = dialsAgain(loss.code)
    const fresh = again === 'once' && this.#options.canRefreshToken === true && !this.#tokenRefreshed
    if (again === 'no' || (again === 'once' && !fresh)) {
      this.#refusal = refusalOf(loss, this.#options.peer)
      this.#setState('closed')
      this.events.emit('error', this.#refusal)
      return
    }
    if (fresh) this.#tokenRefreshed = true
    // Before anybody hears of the loss: a listener that closes this connection cancels it.
    this.#cancelRedial = this.#options.clock.setTimer(() => this.#dial(), this.#backoff.next())
    if (this.#state === 'open') this.#setState('reconnecting')
    else
      this.events.emit(
        'error',
        new GuestoolError('connection_lost', this.#lossText(loss), {
          closeCode: loss.code,
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

  /** Waits for the next change of state, a signal, or some milliseconds. */
  #change(ms: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        cancel()
        this.#waiting.delete(wake)
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      const cancel = this.#options.clock.setTimer(wake, ms)
      this.#waiting.add(wake)
      signal?.addEventListener('abort', wake)
    })
  }

  #notConnected(ms: number): string {
    const loss = this.#lastLoss
    const why = loss === undefined ? `${this.#options.peer} has not answered yet` : this.#lossText(loss)
    return `${why} (waited ${Math.round(ms)} ms)`
  }

  #lossText({ code, reason }: Loss): string {
    return `no connection to ${this.#options.peer}: ${reason || 'it was closed'} (${code}); is the host running there?`
  }
}

/** One socket from dial to close, with its session. */
class Attempt<R extends Role> implements Receiver {
  readonly #options: ConnectionOptions<R>
  readonly #on: { open: () => void; over: (loss: Loss, openFor: number) => void }
  #transport: Transport | undefined
  #session: Session<R> | undefined
  #cancelTimer: CancelTimer | undefined
  #openedAt: number | undefined
  #aliveAt = 0
  #over = false
  #finishing = false
  #gone: (() => void) | undefined

  constructor(
    options: ConnectionOptions<R>,
    on: { open: () => void; over: (loss: Loss, openFor: number) => void },
  ) {
    this.#options = options
    this.#on = on
  }

  get session(): Session<R> | undefined {
    return this.#session
  }

  start(): void {
    // A peer that accepts the connection and then stays silent must not hold us for ever.
    this.#arm(limits.helloTimeout, () => this.#drop('no connection in time'))
    try {
      this.#transport = this.#options.dial(this)
    } catch (error) {
      // Later, as any dial reports: whoever made this connection has no listener yet.
      const reason = textOf(error)
      void Promise.resolve().then(() => this.closed(closeCode.lost, reason))
    }
  }

  opened(): void {
    if (this.#over || this.#transport === undefined) return
    const { clock, revision, role, maxPayload } = this.#options
    this.#aliveAt = clock.now()
    const onReady = (): void => this.#ready()
    this.#session = new Session<R>({
      transport: this.#transport,
      revision,
      clock,
      side: 'dialler',
      role,
      maxPayload,
      onReady,
    })
    if (revision.number === 1) this.#arm(limits.helloGrace, () => this.#session?.markReady())
    else this.#arm(limits.helloTimeout, () => this.#drop('the host did not answer hello'))
    try {
      this.#session.sayHello()
    } catch {
      // The socket closed under us; `closed` follows.
    }
  }

  text(text: string): void {
    this.#session?.receive(text)
  }

  binary(): void {
    this.#session?.receiveBinary()
  }

  pong(): void {
    this.#aliveAt = this.#options.clock.now()
  }

  closed(code: number, reason: string): void {
    if (this.#over) return
    this.#over = true
    this.#cancelTimer?.()
    this.#session?.end({ code, reason, byUs: false })
    const openFor = this.#openedAt === undefined ? 0 : this.#options.clock.now() - this.#openedAt
    this.#gone?.()
    this.#on.over({ code, reason }, openFor)
  }

  /** Ends on purpose: what waits is told at once, the peer hears bye and 1000. */
  async finish(wasOpen: boolean): Promise<void> {
    if (this.#over) return
    this.#finishing = true
    this.#cancelTimer?.()
    const bye = wasOpen ? this.#session?.sayBye() : undefined
    const gone = new Promise<void>((resolve) => (this.#gone = resolve))
    // Calls in flight are told at once, but the session must still read the peer's answer to bye.
    this.#session?.leave({ code: closeCode.normal, reason: 'closed', byUs: true })
    await bye
    if (this.#over) return
    this.#session?.end({ code: closeCode.normal, reason: 'closed', byUs: true })
    this.#transport?.close(closeCode.normal, '')
    const cancel = this.#options.clock.setTimer(
      () => this.#drop('the peer did not close in time'),
      limits.byeTimeout,
    )
    await gone
    cancel()
  }

  #ready(): void {
    // The echo and `close()` may cross: what is being closed does not open any more.
    if (this.#finishing) return
    const { clock } = this.#options
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    this.#openedAt = clock.now()
    const transport = this.#transport
    const liveness = new Liveness({
      clock,
      heardAt: () => Math.max(this.#aliveAt, this.#session?.heardAt ?? 0),
      // Where there is no ping (a browser), a fresh hello asks the same: the acceptor echoes it.
      probe: () => (transport?.ping === undefined ? this.#hello() : transport.ping()),
      missed: (misses) => {
        if (misses >= limits.missesAllowed) this.#drop('the host stopped answering')
      },
    })
    this.#beatLater(liveness)
    this.#on.open()
  }

  // A dialler has one connection to look after; the wheel is for those who have many.
  #beatLater(liveness: Liveness): void {
    this.#arm(limits.probeTimeout, () => {
      this.#beatLater(liveness)
      liveness.beat()
    })
  }

  #hello(): void {
    try {
      this.#session?.sayHello()
    } catch {
      // The socket is closing; `closed` follows.
    }
  }

  /** Gives the socket up without waiting for the peer. */
  #drop(reason: string): void {
    const transport = this.#transport
    this.closed(closeCode.lost, reason)
    if (transport?.terminate !== undefined) transport.terminate()
    else transport?.close(closeCode.normal, '')
  }

  #arm(ms: number, run: () => void): void {
    this.#cancelTimer?.()
    this.#cancelTimer = this.#options.clock.setTimer(run, ms)
  }
}

function refusalOf({ code, reason }: Loss, peer: string): GuestoolError {
  // A host's reason says what to do; where there is none, the code does.
  const text = `${peer} closed the connection with ${code}: ${reason || advice(code)}`
  return new GuestoolError('refused', text, { closeCode: code, remote: true })
}

function advice(code: number): string {
  switch (code) {
    case closeCode.normal:
      return 'it is done with this connection; dial again only if you are sure'
    case closeCode.unauthenticated:
      return 'the token is missing, wrong or over; get a fresh one'
    case closeCode.forbidden:
      return 'this token does not allow it; ask for one that does'
    case closeCode.notFound:
      return 'there is no such path; guests join at /join/{id}, consoles ask at /guests/{id}'
    case closeCode.taken:
      return 'another live guest holds this id; give each guest an id of its own'
    default:
      return 'dialling again cannot help'
  }
}
