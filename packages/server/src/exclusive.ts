import { isDeepStrictEqual } from 'node:util'
import {
  abortedBy,
  Failure,
  isRecord,
  limits,
  paramsProblem,
  type AskOptions,
  type CancelTimer,
  type Clock,
  type Operation,
} from '@guestool/core'

/** Puts a request on the wire; resolves with the reply's content or a Failure, never rejects. */
export type Send = (operation: Operation, params: object) => Promise<unknown>

/** One caller of a run. */
interface Waiter {
  /** Settles this caller alone, and leaves nothing of it behind. */
  readonly leave: (outcome: unknown) => void
  /** When its life is over, after so many milliseconds. */
  readonly until: number
  readonly life: number
}

/** One request, and everybody who waits for its answer. */
interface Run {
  readonly operation: Operation
  readonly params: object
  readonly waiters: Set<Waiter>
}

/**
 * The infos of one guest that spoil each other when they run at once: one runs at a time. Equal ones share an answer,
 * others wait in the queue, and whoever leaves the queue takes nobody along.
 */
export class Exclusive {
  readonly #clock: Clock
  readonly #send: Send
  /** In order of asking; nobody waits in vain for a run whose askers all left. */
  readonly #queue = new Set<Run>()
  /** The run that holds the only slot. */
  #running: Run | undefined
  #cancelSlot: CancelTimer | undefined

  constructor(clock: Clock, send: Send) {
    this.#clock = clock
    this.#send = send
  }

  /** Resolves as {@link Send} does. Waiting in the queue counts against the caller's timeout, or a message's minute. */
  ask(operation: Operation, params: object, options?: AskOptions): Promise<unknown> {
    if (options?.signal?.aborted) return Promise.resolve(abortedBy(options.signal))
    return new Promise((settle) => {
      const shared = this.#equalTo(operation, params)
      const run = shared ?? { operation, params, waiters: new Set<Waiter>() }
      this.#wait(run, settle, options)
      if (shared === undefined) this.#queue.add(run)
      if (this.#running === undefined) this.#next()
    })
  }

  /** The run of an equal request, on the wire or in the queue. */
  #equalTo(operation: Operation, params: object): Run | undefined {
    const isEqual = (run: Run): boolean =>
      run.operation === operation && isDeepStrictEqual(run.params, params)
    if (this.#running !== undefined && isEqual(this.#running)) return this.#running
    for (const run of this.#queue) if (isEqual(run)) return run
    return undefined
  }

  #wait(run: Run, settle: (outcome: unknown) => void, options: AskOptions | undefined): void {
    const { timeout = limits.lifetime, signal } = options ?? {}
    const life = Math.max(0, Math.min(timeout, limits.lifetime))
    const waiter: Waiter = {
      until: this.#clock.now() + life,
      life,
      leave: (outcome) => {
        if (!run.waiters.delete(waiter)) return
        cancelTimer?.()
        if (signal && onAbort) signal.removeEventListener('abort', onAbort)
        if (run.waiters.size === 0) this.#queue.delete(run)
        settle(outcome)
      },
    }
    run.waiters.add(waiter)
    const onAbort = signal && (() => waiter.leave(abortedBy(signal)))
    if (onAbort) signal.addEventListener('abort', onAbort)
    // A run that starts at once, or has, expires no later than whoever waits for it: that needs no timer here.
    const isOnItsWay = this.#running === undefined || this.#running === run
    const cancelTimer =
      isOnItsWay && life === limits.lifetime
        ? undefined
        : this.#clock.setTimer(() => waiter.leave(tooLate(life, this.#queue.has(run))), life)
  }

  #next(): void {
    for (const run of this.#queue) {
      this.#turnAwayLate(run)
      if (!this.#queue.delete(run)) continue
      return this.#start(run)
    }
  }

  /** What was asked in time may not fit any more after a wait: its answer would come too late for certain. */
  #turnAwayLate({ operation, params, waiters }: Run): void {
    for (const { until, life, leave } of waiters) {
      const left = until - this.#clock.now()
      if (left <= 0) leave(tooLate(life, true))
      if (left <= 0 || left >= limits.lifetime) continue
      const problem = paramsProblem(operation, params, left)
      if (problem !== undefined)
        leave(new Failure('busy', `it waited too long for others that run alone (${problem})`))
    }
  }

  #start(run: Run): void {
    this.#running = run
    const ms = slotTime(run)
    if (ms !== undefined) this.#cancelSlot = this.#clock.setTimer(() => this.#free(run), ms)
    void this.#send(run.operation, run.params).then((outcome) => this.#end(run, outcome))
  }

  #end(run: Run, outcome: unknown): void {
    for (const { leave } of run.waiters) leave(outcome)
    this.#free(run)
  }

  #free(run: Run): void {
    if (this.#running !== run) return
    this.#cancelSlot?.()
    this.#cancelSlot = undefined
    this.#running = undefined
    this.#next()
  }
}

function tooLate(life: number, inLine: boolean): Failure {
  const why = inLine ? ' (it was not sent: it waited behind infos that run alone)' : ''
  return life === limits.lifetime
    ? new Failure('expired', `no answer within ${life / 1000} s${why}`)
    : new Failure('timeout', `no answer within the given timeout of ${Math.round(life)} ms${why}`)
}

/** Milliseconds after which a run no longer spoils others, answered or not; undefined when nobody can tell. */
function slotTime({ operation, params }: Run): number | undefined {
  const { sampling, openEnded } = operation
  if (sampling === undefined || openEnded) return undefined
  // The guest's default, as far as the contract knows, when the caller gave none.
  const applied = operation.checkParams(params)
  const seconds = isRecord(applied) ? applied[sampling] : undefined
  return typeof seconds === 'number' ? seconds * 1000 + limits.exclusiveMargin : undefined
}
