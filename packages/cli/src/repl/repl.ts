import { start, type REPLServer } from 'node:repl'
import { createInterface } from 'node:readline'
import { Console } from 'node:console'
import { PassThrough, Writable, type Readable } from 'node:stream'
import { inspect } from 'node:util'
import { isGuestoolError, type Hub } from '@guestool/client'
import type { Contract } from '@guestool/core'
import { completionsOf } from './completions.js'

export interface ReplOptions {
  readonly hub: Hub
  /** The guest that `client` is; without one there is only `hub`. */
  readonly guest: string | undefined
  /** Whose names are completed. */
  readonly contract: Contract
  readonly input: Readable
  readonly output: Writable
  /** Whether somebody types: prompt, history, completion and words of welcome are for people. */
  readonly terminal: boolean
  readonly colours: boolean
  /** The file that remembers what was typed. */
  readonly history?: string
}

/**
 * Node's own REPL with a hub in it. Resolves when it is left, with the number of lines that failed.
 *
 * @throws {Error} when the history cannot be read or written
 */
export async function runRepl(options: ReplOptions): Promise<number> {
  const { hub, guest, input, output, terminal, colours } = options
  if (terminal) output.write(`${welcome(guest)}\n`)
  let failed = 0
  const lines = new PassThrough()
  const server = start({
    prompt: terminal ? `${guest ?? 'hub'}> ` : '',
    input: terminal ? input : lines,
    output,
    terminal,
    useColors: colours,
    // What comes from a guest is any text; `inspect` escapes all of it but what errors say.
    writer: (value: unknown) => {
      if (value instanceof Error) failed++
      return harmless(shown(value, colours))
    },
    ignoreUndefined: true,
    preview: false,
  })
  const client = guest === undefined ? undefined : hub.guest(guest)
  Object.assign(server.context, {
    hub,
    ...(client && { client, guest: client }),
    console: harmlessConsole(output, colours),
  })
  complete(server, options)
  if (terminal && options.history !== undefined) await remember(server, options.history)
  if (!terminal) oneByOne(server, input, lines)
  // A promise that nobody awaited: it is told, and the REPL goes on.
  const stray = (reason: unknown): void => {
    failed++
    output.write(`Unhandled rejection: ${harmless(shown(reason, colours))}\n`)
    if (terminal) server.displayPrompt(true)
  }
  process.on('unhandledRejection', stray)
  try {
    await new Promise<void>((resolve) => server.once('exit', () => resolve()))
  } finally {
    process.off('unhandledRejection', stray)
  }
  return failed
}

function welcome(guest: string | undefined): string {
  const ready =
    guest === undefined
      ? "hub is ready; choose a guest: client = hub.guest('alpha')"
      : `client is guest ${guest}, hub is its host: await client.info('cpu', 0.5)`
  return `${ready}\nTab completes names, .exit or Ctrl-D leaves, .help says more`
}

/** Node's REPL would read on while a line is awaited: of a script each line waits for the one before. */
function oneByOne(server: REPLServer, input: Readable, lines: PassThrough): void {
  const all = createInterface({ input })[Symbol.asyncIterator]()
  const feed = async (): Promise<void> => {
    const { value, done } = await all.next()
    if (done === true) lines.end()
    else lines.write(`${value}\n`)
  }
  // It asks for the next line when it is done with one.
  server.displayPrompt = () => void feed()
  void feed()
}

type Completed = (error: Error | null, result: [string[], string]) => void

function complete(server: REPLServer, { hub, contract }: ReplOptions): void {
  const usual = server.completer.bind(server) as (line: string, done: Completed) => void
  const completer = async (line: string, done: Completed): Promise<void> => {
    let found: [string[], string] | undefined
    try {
      found = await completionsOf(line, hub, contract)
    } catch {
      // The host does not tell at the moment.
      found = [[], line]
    }
    if (found === undefined) usual(line, done)
    else done(null, found)
  }
  Object.assign(server, { completer: (line: string, done: Completed) => void completer(line, done) })
}

function remember(server: REPLServer, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.setupHistory(path, (error) => (error === null ? resolve() : reject(error)))
  })
}

function shown(value: unknown, colours: boolean): string {
  // Where it was made is of no interest: the line stands above.
  if (isGuestoolError(value)) return `${value.name} [${value.code}]: ${value.message}`
  return inspect(value, { colors: colours, depth: 6, maxArrayLength: 200 })
}

/** `console.log(name)` writes a text as it is. */
function harmlessConsole(output: Writable, colours: boolean): Console {
  const stream = new Writable({
    decodeStrings: false,
    write(text: string, _encoding, done) {
      output.write(harmless(text))
      done()
    },
  })
  return new Console({ stdout: stream, stderr: stream, colorMode: colours })
}

// oxlint-disable-next-line no-control-regex -- the colours that `inspect` gives: none of them hides a text
const controls = /\u001b\[(?:[134]|2[234]|[39]\d)m|[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu

/** Controls become visible, but for line ends and colours. */
function harmless(text: string): string {
  return text.replace(controls, (found) => (found.length > 2 || found === '\n' ? found : '\u{fffd}'))
}
