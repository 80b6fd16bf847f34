import { InvalidArgumentError, Option, type Command } from 'commander'
import { completedBy, contextNames, files } from './completion.js'
import { DataFolder } from './data-folder.js'

/** What is the same for every command, by its options and the environment. */
export interface Settings {
  /** The host, given by itself: `--url` or GUESTOOL_URL. */
  readonly url: string | undefined
  readonly token: string | undefined
  /** The name of a saved host: `--context`. */
  readonly context: string | undefined
  readonly data: DataFolder
  readonly json: boolean
  /** Milliseconds for a question; undefined is the command's own. */
  readonly timeout: number | undefined
}

interface GlobalOptions {
  readonly url?: string
  readonly token?: string
  readonly context?: string
  readonly data?: string
  readonly json?: boolean
  readonly timeout?: number
}

/** The options that every command has. */
export function addGlobalOptions(program: Command): void {
  program
    .addOption(
      completedBy(
        new Option('--context <name>', 'ask this saved host (see: guestool context)'),
        contextNames,
      ),
    )
    .option('--url <url>', 'ask the host at this URL; or GUESTOOL_URL')
    .option('--token <token>', 'show this token to the host; better GUESTOOL_TOKEN, which others cannot see')
    .addOption(
      completedBy(new Option('--data <folder>', 'keep tokens and names there; or GUESTOOL_DATA'), files),
    )
    .option('--json', 'print JSON: one document, or a line for each where there is no end')
    .option('--timeout <seconds>', 'wait no longer than this for an answer', toSeconds)
    .option('--verbose', 'say where an error came from')
    .helpOption('-h, --help', 'say what a command does, and end')
    .version(version, '-V, --version', 'say which version this is, and end')
}

const version = '0.1.0'

export function settingsOf(command: Command): Settings {
  const options = command.optsWithGlobals<GlobalOptions>()
  const { GUESTOOL_URL, GUESTOOL_TOKEN } = process.env
  // A host that is named is not the one of the environment, nor is its token.
  const named = options.context !== undefined
  return {
    url: options.url ?? (named ? undefined : given(GUESTOOL_URL)),
    token: options.token ?? (named ? undefined : given(GUESTOOL_TOKEN)),
    context: options.context,
    data: DataFolder.at(options.data),
    json: options.json ?? false,
    timeout: options.timeout === undefined ? undefined : options.timeout * 1_000,
  }
}

/** A variable that is set to nothing is not set. */
function given(value: string | undefined): string | undefined {
  return value === '' ? undefined : value
}

/** For options that take a port. */
export function toPort(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new InvalidArgumentError('A port is a whole number from 0 to 65535.')
}

/** For options that take a time. */
export function toSeconds(text: string): number {
  const seconds = Number(text)
  if (text.trim() !== '' && seconds > 0 && Number.isFinite(seconds)) return seconds
  throw new InvalidArgumentError('It must be seconds, more than 0.')
}
