import { parseArgs } from 'node:util'

/** What the long runs take: `--minutes N` and `--seed N`. */
export interface RunArguments {
  readonly minutes: number
  /** Undefined picks a fresh one. */
  readonly seed: number | undefined
}

/** @throws {TypeError} for an option that there is not, or that is no number */
export function runArguments(minutes: number, args = process.argv.slice(2)): RunArguments {
  const { values } = parseArgs({ args, options: { minutes: { type: 'string' }, seed: { type: 'string' } } })
  return {
    minutes: values.minutes === undefined ? minutes : positive('minutes', values.minutes),
    seed: values.seed === undefined ? undefined : integer('seed', values.seed),
  }
}

function positive(option: string, text: string): number {
  const value = Number(text)
  if (!(value > 0 && Number.isFinite(value))) throw new TypeError(`--${option} takes a number over 0`)
  return value
}

function integer(option: string, text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isSafeInteger(value))
    throw new TypeError(`--${option} takes a whole number`)
  return value
}
