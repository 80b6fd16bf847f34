import { isGuestoolError, systemClock, type GuestoolError } from '@guestool/core'
import { shown } from '../peer/frames.js'

/** One thing that a peer must do. `run` connects, tries it, and rejects with what was wrong. */
export interface ConformanceCase {
  readonly name: string
  readonly run: () => Promise<void>
}

/** Adds a case, given a name and what it does on its connection. */
export type AddCase<T> = (name: string, body: (talk: T) => Promise<void>) => void

/** @throws {Error} unless the condition holds */
export function check(condition: boolean, problem: string): asserts condition {
  if (!condition) throw new Error(problem)
}

/** @throws {Error} unless both are the same as JSON, keys in any order */
export function same(found: unknown, expected: unknown, what: string): void {
  const [a, b] = [sorted(found), sorted(expected)]
  if (a !== b) throw new Error(`${what}: expected ${shown(b)}, got ${shown(a)}`)
}

function sorted(value: unknown): string {
  const text: string | undefined = JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  )
  return text ?? 'nothing'
}

/** Waits as long as a test may, and then says what it waited for. */
export function within<T>(promise: Promise<T>, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = systemClock.setTimer(() => reject(new Error(`${what}: it did not happen`)), 4_000)
    promise.then(resolve, reject).finally(cancel)
  })
}

/** The error that a promise rejects with: one of the SDK, with this code. */
export async function failsWith(
  promise: Promise<unknown>,
  code: string,
  what: string,
): Promise<GuestoolError> {
  let value: unknown
  try {
    value = await within(promise, what)
  } catch (error) {
    check(isGuestoolError(error), `${what}: rejected with ${String(error)}, which is no error of the SDK`)
    check(error.code === code, `${what}: failed with ${error.code} (${error.message}), not ${code}`)
    return error
  }
  throw new Error(`${what}: expected it to fail with ${code}, got ${sorted(value)}`)
}
