import { Command } from 'commander'
import { guests } from './commands/guests.js'
import { record } from './commands/record.js'
import { replay } from './commands/replay.js'
import { addGlobalOptions } from './settings.js'

/** Every command, in the order of the help. Each adds itself to the program. */
const commands: readonly ((program: Command) => void)[] = [guests, record, replay]

/** The whole command line. What a command throws is for the caller to tell. */
export function createProgram(): Command {
  const program = new Command('guestool')
    .description('Ask any machine how it is doing: a host, guests, and whoever asks.')
    .usage('[options] <command>')
    .showHelpAfterError('(guestool --help says more)')
    .showSuggestionAfterError()
    .exitOverride()
  addGlobalOptions(program)
  for (const add of commands) add(program)
  return program
}
