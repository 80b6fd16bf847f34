import {
  abortedBy,
  elapsedSince,
  Failure,
  isRecord,
  limits,
  paramsProblem,
  type AskOptions,
  type CancelTimer,
  type Clock,
  type Moment,
} from '@guestool/core'
import { keyOf } from './question-key.js'
import { RecentAnswers } from './recent-answers.js'
import type { Question } from './registry.js'
import { sampleTime } from './sample-time.js'

/** Puts a request on the wire; resolves with the reply's content or a Failure, never rejects. */
export type Send = (asked: Question, options?: AskOptions) => Promise<unknown>

/** One request, and those who wait for its answer. */
interface Run extends Question {
  /** Equal ones have the same; undefined when nobody can tell. */
  readonly key: string | undefined
  /** All but one who came first and has no limits: that one holds the request's own promise, and stays. */
  waiters: Set<Waiter> | undefined
  /** The consoles among those who asked. */
  askers: Set<object> | undefined
  /** After this its answer is late or lost. Infinity until it is sent. */
  dueAt: number
}

/** One caller of a run, and since when. */
interface Waiter extends Moment {
  readonly run: Run
  /** How many milliseconds it waits. */
  readonly life: number
  readonly settle: (outcome: unknown) => void
  readonly signal: AskOptions['signal']
  onAbort: (() => void) | undefined
  cancelTimer: CancelTimer | undefined
}

/**
 * The infos that one guest is asked at the moment. Whoever asks what is on its way already waits for the same answer,
 * and a console gets what came a moment ago if it has not had it yet: of many that watch, each sees every sample once.
 * Exclusive ones, which spoil each other when they run at once, run one at a time: others wait in the queue, and whoever
 * leaves it takes nobody along.
 */
export class Sharing {
  readonly #clock: Clock
  readonly #send: Send
  readonly #dropped: () => void
  /** What can be joined: on the wire or in the queue. */
  readonly #runs = new Map<string, Run>()
  /** Exclusive ones, in order of asking; nobody waits in vain for a run whose askers all left. */
  #queue: Set<Run> | undefined
  /** The exclusive run that holds the only slot. While there is none, nobody is in the queue. */
  #running: Run | undefined
  #cancelSlot: CancelTimer | undefined
  /** Only where consoles ask. */
  #recent: RecentAnswers | undefined
  #shared = 0

  /** @param dropped told of each answer that nobody waits for any more */
  constructor(clock: Clock, send: Send, dropped: () => void) {
    this.#clock = clock
    this.#send = send
    this.#dropped = dropped
  }

  /** How many were answered by what the guest was asked for somebody else. */
  get shared(): number {
    return this.#shared
  }

  /** Resolves as {@link Send} does. Waiting in the queue counts against the caller's timeout, or a message's minute. */
  ask(asked: Question, options?: AskOptions): Promise<unknown> {
    if (options?.signal?.aborted) return Promise.resolve(abortedBy(options.signal))
    const key = keyOf(asked)
    const { asker } = asked
    const equal = this.#equalTo(key)
    if (equal !== undefined) {
      if (asker !== undefined) (equal.askers ??= new Set()).add(asker)
      return this.#wait(equal, options)
    }
    const recent = key !== undefined && asker && this.#recent?.take(key, asker)
    if (recent) {
      this.#shared++
      return Promise.resolve(recent.answer)
    }
    if (!isExclusive(asked) && (key === undefined || this.#runs.size >= limits.sharedInfos))
      return this.#send(asked, options)
    const { operation, kind, name, params } = asked
    // The params belong to the caller, who may change them before they are sent.
    const run: Run = {
      operation,
      kind,
      name,
      params: { ...params },
      key,
      waiters: undefined,
      askers: asker && new Set([asker]),
      dueAt: Infinity,
    }
    if (!this.#enter(run)) return this.#wait(run, options)
    const own = options && this.#wait(run, options)
    const answer = this.#start(run)
    return own ?? answer
  }

  /**
   * Something happened that may have changed what was answered: what was asked before is for those who asked it then.
   * So is all of it when the guest is gone.
   */
  forgetRecent(): void {
    this.#recent?.forget()
    for (const run of this.#runs.values()) {
      if (!this.#isQueued(run)) this.#forget(run)
    }
  }

  /** What could be joined until it came may be had for a moment longer. */
  #keep(run: Run, answer: unknown): void {
    const { key, askers } = run
    if (key === undefined || askers === undefined || this.#equalTo(key) !== run) return
    if (answer instanceof Failure || (isRecord(answer) && typeof answer.error === 'string')) return
    this.#recent ??= new RecentAnswers(this.#clock)
    this.#recent.keep(key, answer, askers)
  }

  /** What to join. While an answer is overdue, a request of one's own does better, and keeps nearly all of its life. */
  #equalTo(key: string | undefined): Run | undefined {
    const run = key === undefined ? undefined : this.#runs.get(key)
    return run === undefined || this.#clock.now() > run.dueAt ? undefined : run
  }

  /** A new run: it can be joined from now on. Whether it may start at once; else it is in the queue. */
  #enter(run: Run): boolean {
    if (run.key !== undefined) this.#runs.set(run.key, run)
    if (!isExclusive(run) || this.#running === undefined) return true
    this.#queue ??= new Set()
    this.#queue.add(run)
    return false
  }

  #isQueued(run: Run): boolean {
    return this.#queue?.has(run) === true
  }

  #wait(run: Run, options: AskOptions | undefined): Promise<unknown> {
    const { timeout = limits.lifetime, signal } = options ?? {}
    const life = Math.max(0, Math.min(timeout, limits.lifetime))
    return new Promise((settle) => {
      const waiter: Waiter = {
        run,
        at: this.#clock.now(),
        wallAt: this.#clock.wall(),
        life,
        settle,
        signal,
        onAbort: undefined,
        cancelTimer: undefined,
      }
      if (signal) {
        waiter.onAbort = () => this.#leave(waiter, abortedBy(signal))
        signal.addEventListener('abort', waiter.onAbort)
      }
      run.waiters ??= new Set()
      run.waiters.add(waiter)
      // A request expires no later than whoever waits a whole minute for it: that needs no timer here.
      if (life === limits.lifetime && !this.#isQueued(run)) return
      waiter.cancelTimer = this.#clock.setTimer(
        () => this.#leave(waiter, tooLate(life, this.#isQueued(run))),
        life,
      )
    })
  }

  /** Settles one caller, and leaves nothing of it behind. */
  #leave(waiter: Waiter, outcome: unknown): void {
    const { run, signal, onAbort } = waiter
    waiter.cancelTimer?.()
    if (onAbort) signal?.removeEventListener('abort', onAbort)
    run.waiters?.delete(waiter)
    if (run.waiters?.size === 0 && this.#queue?.delete(run)) this.#forget(run)
    waiter.settle(outcome)
  }

  #leftOf(waiter: Waiter): number {
    return waiter.life - elapsedSince(this.#clock, waiter)
  }

  #next(): void {
    for (const run of this.#queue ?? []) {
      this.#turnAwayLate(run)
      if (!this.#queue?.delete(run)) continue
      void this.#start(run)
      return
    }
  }

  /** What was asked in time may not fit any more after a wait: its answer would come too late for certain. */
  #turnAwayLate(run: Run): void {
    for (const waiter of run.waiters ?? []) {
      const left = this.#leftOf(waiter)
      if (left <= 0) this.#leave(waiter, tooLate(waiter.life, true))
      if (left <= 0 || left >= limits.lifetime) continue
      const problem = noTimeFor(run, left)
      if (problem !== undefined)
        this.#leave(waiter, new Failure('busy', `it waited too long for others that run alone (${problem})`))
    }
  }

  #start(run: Run): Promise<unknown> {
    // Whoever is first has it sent, the others share it.
    const first = run.waiters?.values().next().value
    const ms = sampleTime(run) + limits.answerMargin
    run.dueAt = this.#clock.now() + ms
    if (isExclusive(run)) {
      this.#running = run
      if (endsByItself(run)) this.#cancelSlot = this.#clock.setTimer(() => this.#free(run), ms)
    }
    // Without anybody's limits: what one caller does must not end it for the others.
    return this.#send(run).then((outcome) => {
      this.#end(run, first, outcome)
      return outcome
    })
  }

  #end(run: Run, first: Waiter | undefined, outcome: unknown): void {
    this.#keep(run, outcome)
    this.#forget(run)
    if (first !== undefined && run.waiters?.size === 0 && isAnswer(outcome)) this.#dropped()
    for (const waiter of run.waiters ?? []) {
      if (waiter !== first && isAnswer(outcome)) this.#shared++
      this.#leave(waiter, outcome)
    }
    this.#free(run)
  }

  #free(run: Run): void {
    if (this.#running !== run) return
    // What is overdue must not take others along.
    this.#forget(run)
    this.#cancelSlot?.()
    this.#cancelSlot = undefined
    this.#running = undefined
    this.#next()
  }

  #forget(run: Run): void {
    if (run.key !== undefined && this.#runs.get(run.key) === run) this.#runs.delete(run.key)
  }
}

function isExclusive({ operation }: Question): boolean {
  return operation?.exclusive === true
}

function isAnswer(outcome: unknown): boolean {
  return !(outcome instanceof Failure) || outcome.details?.remote === true
}

function noTimeFor({ operation, params }: Question, left: number): string | undefined {
  return operation && paramsProblem(operation, params, left)
}

function tooLate(life: number, inLine: boolean): Failure {
  const why = inLine ? ' (it was not sent: it waited behind infos that run alone)' : ''
  return life === limits.lifetime
    ? new Failure('expired', `no answer within ${life / 1000} s${why}`)
    : new Failure('timeout', `no answer within the given timeout of ${Math.round(life)} ms${why}`)
}

/** Whether a run no longer spoils others once its answer is overdue. Otherwise nobody can tell but the guest. */
function endsByItself({ operation }: Question): boolean {
  return operation?.sampling !== undefined && !operation.openEnded
}
