import { Command } from 'commander'
import { action } from './commands/action.js'
import { add } from './commands/add.js'
import { check } from './commands/check.js'
import { answerShell, completion } from './commands/completion.js'
import { context } from './commands/context.js'
import { doctor } from './commands/doctor.js'
import { events } from './commands/events.js'
import { guest } from './commands/guest.js'
import { guests } from './commands/guests.js'
import { host } from './commands/host.js'
import { info } from './commands/info.js'
import { loginLink } from './commands/login-link.js'
import { record } from './commands/record.js'
import { remove } from './commands/remove.js'
import { repl } from './commands/repl.js'
import { replay } from './commands/replay.js'
import { token } from './commands/token.js'
import { top } from './commands/top.js'
import { watch } from './commands/watch.js'
import { prepare } from './completion.js'
import { closeAll } from './connection.js'
import { exitCode, explain } from './failure.js'
import { hint } from './hint.js'
import { note } from './output.js'
import { addGlobalOptions, settingsOf } from './settings.js'

/** Every command, in the order of the help, below its headings. Each adds itself to the program. */
const commands: Readonly<Record<string, readonly ((program: Command) => void)[]>> = {
  'Run a host:': [host, add, remove, token, loginLink],
  'Ask:': [guests, info, watch, action, events, top, repl],
  'Be a guest:': [guest, replay],
  'Look into it:': [record, doctor, check],
  'Settings:': [context, completion],
}

/** The whole command line. */
export function createProgram(): Command {
  const program = new Command('guestool')
    .description('Ask any machine how it is doing: a host, guests, and whoever asks.')
    .usage('[options] <command>')
    .showHelpAfterError(`${hint('--help')} says more`)
    .showSuggestionAfterError()
    .exitOverride()
    .helpCommand(false)
    .hook('preSubcommand', (_program, command) => prepare(command, settingsOf(command)))
  addGlobalOptions(program)
  for (const [heading, group] of Object.entries(commands)) {
    program.commandsGroup(heading)
    for (const addCommand of group) addCommand(program)
  }
  for (const command of program.commands)
    command.addHelpText('after', '\nOptions of every command (--json, --url, --context, …): guestool --help')
  return program
}

/** Does what was typed after the program's name; what goes wrong is told, and is in `process.exitCode`. */
export async function runProgram(words: readonly string[]): Promise<void> {
  const [first, ...rest] = words
  try {
    const program = createProgram()
    if (first === '__complete') await answerShell(program, rest)
    // `guestool help info` is `guestool info --help`.
    else await program.parseAsync(first === 'help' ? [...rest, '--help'] : words, { from: 'user' })
  } catch (error) {
    process.exitCode = exitCode(error)
    const text = explain(error)
    if (text !== '') note(text)
  } finally {
    await closeAll()
  }
}
