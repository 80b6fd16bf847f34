import { Command, InvalidArgumentError, Option } from 'commander'

export interface Options {
  readonly port: number
  readonly once: boolean
  readonly revision: 1 | 2
}

/** Reads the command line; ends the process itself for `--help` and for what it does not understand. */
export function readOptions(argv: readonly string[]): Options {
  const command = new Command('node dist/main.js')
    .description('Watch this machine through GuesTool: a host, a guest and a console in one process.')
    .addOption(
      new Option(
        '-p, --port <number>',
        'where the host listens; 0 picks a free port (default: 37103, with --once 0)',
      ).argParser(toPort),
    )
    .option('-1, --once', 'print one full report of all infos, then exit', false)
    .addOption(
      new Option('-r, --revision <number>', 'the revision of the protocol that guest and console speak')
        .choices(['1', '2'])
        .default('1'),
    )
    .allowExcessArguments(false)
    .showHelpAfterError()
    .parse(argv)
  const { port, once, revision } = command.opts<{ port?: number; once: boolean; revision: '1' | '2' }>()
  // A report is over before anybody could join it, so it does without a port that others may be using.
  const usual = once ? 0 : 37_103
  return { port: port ?? usual, once, revision: revision === '2' ? 2 : 1 }
}

function toPort(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new InvalidArgumentError('A port is a whole number from 0 to 65535.')
}
