import { closeCode, isGuestoolError, type ErrorCode, type GuestoolError } from '@guestool/client'
import { textOf } from '@guestool/core'
import { CommanderError } from 'commander'
import { hint } from './hint.js'
import { paintError } from './output.js'
import { printable } from './text.js'

/** Every exit code that is not a signal's, and what it says. docs/cli.md has the same table. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  unreachable: 3,
  notAllowed: 4,
  guestAway: 5,
  unsupported: 6,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** Something went wrong that the person at the terminal can do something about; the message says what. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly exit: ExitCode

  constructor(exit: keyof typeof exitCodes, message: string, options?: ErrorOptions) {
    super(message, options)
    this.exit = exitCodes[exit]
  }
}

const exitOf: { readonly [code in ErrorCode]?: keyof typeof exitCodes } = {
  invalid_params: 'usage',
  connect_timeout: 'unreachable',
  connection_lost: 'unreachable',
  refused: 'unreachable',
  forbidden: 'notAllowed',
  gone: 'guestAway',
  unresponsive: 'guestAway',
  timeout: 'guestAway',
  expired: 'guestAway',
  unsupported: 'unsupported',
  unknown_operation: 'unsupported',
}

const notAllowed: ReadonlySet<number | undefined> = new Set([
  closeCode.unauthenticated,
  closeCode.forbidden,
  closeCode.tooMany,
])

/** With which code the program ends. */
export function exitCode(error: unknown): ExitCode {
  if (error instanceof Problem) return error.exit
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
  if (!isGuestoolError(error)) return exitCodes.failed
  if (notAllowed.has(error.closeCode)) return exitCodes.notAllowed
  // It was reached, and has another guest of this id.
  if (error.closeCode === closeCode.taken) return exitCodes.failed
  return exitCodes[exitOf[error.code] ?? 'failed']
}

/** What is written to standard error: what happened, and what to do. Empty where it was said already. */
export function explain(error: unknown): string {
  // Commander has written its own.
  if (error instanceof CommanderError) return ''
  const advice = isGuestoolError(error) ? adviceOn(error) : undefined
  const stack = isVerbose() && error instanceof Error ? error.stack : undefined
  const texts = [textOf(error), advice, stack].flatMap((text) => text?.split('\n') ?? [])
  return `${paintError.red('error:')} ${texts.map((text) => printable(text)).join('\n')}`
}

function isVerbose(): boolean {
  const { DEBUG } = process.env
  return (DEBUG !== undefined && DEBUG !== '') || process.argv.includes('--verbose')
}

/** What to do, where the message does not say it. */
function adviceOn({ code, closeCode: closed, message }: GuestoolError): string | undefined {
  if (closed === closeCode.unauthenticated) {
    if (message.includes('/join/')) return `Get a new line where the host runs: ${hint('add NAME --replace')}`
    return `Set GUESTOOL_TOKEN to a token (others on this machine see what follows --token); make one where the host runs: ${hint('token add')}`
  }
  if (closed === closeCode.taken) return 'To join as another guest: --id NAME'
  switch (code) {
    case 'gone':
      return `See which guests there are: ${hint('guests')}`
    case 'unresponsive':
      return 'It is connected but does not answer: restart it.'
    case 'connect_timeout':
      return `Is the host running there? Start one with: ${hint('host')}`
    default:
      return undefined
  }
}
