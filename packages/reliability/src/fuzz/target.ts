import { isGuestoolError, wireCodes, type ErrorCode } from '@guestool/core'
import type { Dice } from './dice.js'

/**
 * A part of the SDK that hostile input reaches. A case is a list of steps: texts to be sent, and commands, which begin
 * with `!` (`!wait 1000`).
 */
export interface Target {
  readonly name: string
  /** Cases to begin with. */
  readonly seeds: readonly (readonly string[])[]
  /** A step of a new case. */
  step(dice: Dice): string
  /**
   * Plays a case from birth to end.
   *
   * @throws {Error} with what was promised and is not so
   */
  play(steps: readonly string[], watch: Watch): Promise<void>
}

/** Sees what every target promises alike. */
export interface Watch {
  /** A step was taken: so long is its text, and so many milliseconds it took. */
  took(text: string, ms: number): void
}

/** @throws {Error} unless it holds */
export function promise(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what)
}

const codes: ReadonlySet<string> = new Set<ErrorCode>([
  ...wireCodes,
  'timeout',
  'aborted',
  'invalid_result',
  'connection_lost',
  'connect_timeout',
  'refused',
  'closed',
])

/** Whether an error is one that the SDK says may come, with a code that it has. */
export function isExpected(error: unknown): boolean {
  return isGuestoolError(error) && codes.has(error.code)
}

/** Whether a key `__proto__` stands anywhere in a value: a schema would lose it without a trace. */
export function hasProtoKey(value: unknown): boolean {
  const toVisit = [value]
  for (let each = toVisit.pop(); toVisit.length > 0 || each !== undefined; each = toVisit.pop()) {
    if (typeof each !== 'object' || each === null) continue
    if (Object.hasOwn(each, '__proto__')) return true
    for (const inner of Object.values(each)) toVisit.push(inner)
  }
  return false
}

/** A step that is a command, and what stands after its first word; undefined for a text that is sent. */
export function commandOf(step: string): [name: string, about: string] | undefined {
  const [, name, about = ''] = /^!([a-z]+)(?: (.*))?$/s.exec(step) ?? []
  return name === undefined ? undefined : [name, about]
}

/** Milliseconds of `!wait`, two minutes at most. */
export function waitOf(about: string): number {
  const ms = Number(about)
  return ms >= 0 ? Math.min(ms, 120_000) : 0
}
