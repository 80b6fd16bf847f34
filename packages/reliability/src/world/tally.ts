import { isGuestoolError, type ErrorCode } from '@guestool/core'

/** What became of calls, in numbers. */
export interface Tally {
  readonly started: number
  /** By outcome: `ok`, or the code of the error. */
  readonly settled: Readonly<Record<string, number>>
  /** What is still open, and for how many seconds. */
  readonly open: readonly string[]
  /** For how long the oldest of them is open, in milliseconds. */
  readonly oldest: number
  /** The longest call, in milliseconds. */
  readonly longest: number
  /** What no fault excuses: a wrong answer, an error that says something else than what happened. */
  readonly wrong: readonly string[]
}

/**
 * Errors that calls may end with where connections break and guests are frozen. Any other would say that something was
 * wrong with what was asked or answered, and nothing is. None expires either: no fault lasts a minute, and what a
 * connection was lost under ends with it.
 */
const excused: ReadonlySet<ErrorCode> = new Set([
  'timeout',
  'aborted',
  'connection_lost',
  'connect_timeout',
  'gone',
  'unresponsive',
])

/** An answer that belongs to another question. */
export class WrongAnswer extends Error {}

/** How a call ended: `ok`, or by which error, and what is known of what it did. */
function outcomeOf(error: unknown): string {
  if (!isGuestoolError(error)) return error instanceof WrongAnswer ? 'wrong' : 'unknown error'
  return error.outcome === undefined ? error.code : `${error.code}:${error.outcome}`
}

/** Counts calls from the moment at which each is made until it settles. */
export class Ledger {
  readonly #open = new Map<number, { readonly what: string; readonly at: number }>()
  readonly #settled: Record<string, number> = {}
  readonly #wrong: string[] = []
  #started = 0
  #longest = 0

  /**
   * Resolves with how the call ended; never rejects.
   *
   * @param left whether this side has closed the connection, which is why a call may end with `closed`
   */
  async count(what: string, left: () => boolean, call: () => Promise<unknown>): Promise<string> {
    const id = this.#started++
    const at = performance.now()
    this.#open.set(id, { what, at })
    let outcome = 'ok'
    try {
      await call()
    } catch (error) {
      outcome = outcomeOf(error)
      const may = isGuestoolError(error) && (excused.has(error.code) || (error.code === 'closed' && left()))
      if (!may) this.#wrong.push(`${what}: ${String(error)}`)
    }
    this.#open.delete(id)
    this.#settled[outcome] = (this.#settled[outcome] ?? 0) + 1
    this.#longest = Math.max(this.#longest, performance.now() - at)
    return outcome
  }

  get tally(): Tally {
    const now = performance.now()
    return {
      started: this.#started,
      settled: this.#settled,
      open: Array.from(
        this.#open.values(),
        ({ what, at }) => `${what} (${((now - at) / 1_000).toFixed(1)} s)`,
      ),
      oldest: Math.max(0, ...Array.from(this.#open.values(), ({ at }) => now - at)),
      longest: this.#longest,
      wrong: this.#wrong.slice(0, 20),
    }
  }
}
