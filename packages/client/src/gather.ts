import {
  abortedBy,
  elapsedSince,
  Failure,
  GuestoolError,
  isGuestoolError,
  momentOf,
  textOf,
  type HubShape,
} from '@guestool/core'
import type { Line } from './line.js'

/** A guest as its hub tells of it. */
export type GuestRecord = HubShape['info']['guests']['result'][number]

/** What asking one guest of many came to; `error.code` says how it failed. */
export type Verdict<T> =
  | { readonly guest: string; readonly ok: true; readonly result: T }
  | { readonly guest: string; readonly ok: false; readonly error: GuestoolError }

/**
 * One verdict a guest. `for await` gives them as they come, as often as one likes; `break` leaves the others on their
 * way. `await` gives all, by the ids of the guests in order. Either throws when there is no whole: the guests could not
 * be listed, the params do not fit, the signal fired.
 */
export interface Verdicts<T> extends Promise<Verdict<T>[]>, AsyncIterable<Verdict<T>> {}

export interface Plan<T> {
  readonly line: Line
  /** As errors say it. */
  readonly operation: string
  /** Why nobody need be asked. */
  readonly problem: GuestoolError | undefined
  /** Milliseconds for all of it. */
  readonly timeout: number
  readonly signal: AbortSignal | undefined
  readonly pages: (signal: AbortSignal) => AsyncIterable<readonly GuestRecord[]>
  readonly filter: (guest: GuestRecord) => boolean
  readonly ask: (guest: string, signal: AbortSignal) => Promise<T>
}

/** Lists the guests, asks each of them, and gathers what comes of it. */
export function gather<T>(plan: Plan<T>): Verdicts<T> {
  const gathering = new Gathering(plan)
  const all = gathering.run()
  // Whoever only reads it, or does not look at all, hears of its failure there or not at all.
  all.catch(() => undefined)
  return Object.assign(all, { [Symbol.asyncIterator]: () => gathering.read() })
}

class Gathering<T> {
  readonly #plan: Plan<T>
  /** Ends what is on its way. Each has one of its own: Node warns of a signal that many listen to. */
  readonly #stops = new Set<AbortController>()
  #stopped: { readonly reason: unknown } | undefined
  readonly #verdicts: Verdict<T>[] = []
  #asking = 0
  #timedOut = false
  /** Some verdicts will never come. */
  #partial = false
  #end: { readonly error?: unknown } | undefined
  /** Wakes everybody who waits for a change. */
  #wake = (): void => undefined
  #change = this.#nextChange()

  constructor(plan: Plan<T>) {
    this.#plan = plan
  }

  async run(): Promise<Verdict<T>[]> {
    try {
      await this.#gather()
      this.#end = {}
    } catch (error) {
      this.#end = { error }
      throw error
    } finally {
      this.#changed()
    }
    const all = [...this.#verdicts]
    all.sort((a, b) => (a.guest < b.guest ? -1 : 1))
    return all
  }

  async *read(): AsyncGenerator<Verdict<T>, void, undefined> {
    for (let next = 0; ;) {
      const verdict = this.#verdicts[next]
      if (verdict !== undefined) {
        next++
        yield verdict
      } else if (this.#end === undefined) await this.#change
      else if ('error' in this.#end) throw this.#end.error
      else return
    }
  }

  async #gather(): Promise<void> {
    const { line, operation, problem, timeout, signal, pages, filter } = this.#plan
    if (problem !== undefined) throw problem
    const start = momentOf(line.clock)
    const session = await line.connection.opened(Math.min(timeout, line.connectTimeout), { signal })
    if (session instanceof Failure) throw session.toError(operation, undefined)
    const cancelTimer = line.clock.setTimer(
      () => {
        this.#timedOut = true
        this.#stop(undefined)
      },
      timeout - elapsedSince(line.clock, start),
    )
    const onAbort = (): void => this.#stop(signal?.reason)
    signal?.addEventListener('abort', onAbort)
    try {
      if (signal?.aborted) onAbort()
      for await (const page of pages(this.#signal().signal)) {
        for (const guest of page) if (filter(guest)) void this.#ask(guest.id)
      }
      while (this.#asking > 0) await this.#change
      if (this.#partial && signal !== undefined) throw abortedBy(signal).toError(operation, undefined)
    } catch (error) {
      if (!this.#isTimeout(error)) throw error
      throw new GuestoolError('timeout', `the hub did not list its guests within ${timeout} ms`, {
        operation,
      })
    } finally {
      cancelTimer()
      signal?.removeEventListener('abort', onAbort)
      // After a failure the guests that were asked already have nobody to tell.
      this.#stop(undefined)
    }
  }

  async #ask(guest: string): Promise<void> {
    this.#asking++
    const stop = this.#signal()
    try {
      const result = await this.#plan.ask(guest, stop.signal)
      this.#verdicts.push({ guest, ok: true, result })
    } catch (thrown) {
      const error = this.#errorOf(thrown, guest)
      if (error.code === 'aborted') this.#partial = true
      else this.#verdicts.push({ guest, ok: false, error })
    }
    this.#stops.delete(stop)
    this.#asking--
    this.#changed()
  }

  #signal(): AbortController {
    const controller = new AbortController()
    if (this.#stopped === undefined) this.#stops.add(controller)
    else controller.abort(this.#stopped.reason)
    return controller
  }

  #stop(reason: unknown): void {
    this.#stopped = { reason }
    for (const controller of this.#stops) controller.abort(reason)
    this.#stops.clear()
  }

  #errorOf(error: unknown, guest: string): GuestoolError {
    const { operation, timeout } = this.#plan
    if (this.#isTimeout(error)) {
      const text = `no answer within the given timeout of ${timeout} ms`
      return new GuestoolError('timeout', text, { operation, guest })
    }
    if (isGuestoolError(error)) return error
    return new GuestoolError('failed', textOf(error), { operation, guest, cause: error })
  }

  #isTimeout(error: unknown): boolean {
    return this.#timedOut && isGuestoolError(error) && error.code === 'aborted'
  }

  #nextChange(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve))
  }

  #changed(): void {
    this.#wake()
    this.#change = this.#nextChange()
  }
}
