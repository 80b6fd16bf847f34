import type { CallOptions, Watch, WatchOptions } from '@guestool/client'
import { guestool, isName, type OperationKind } from '@guestool/core'
import { contractJsonSchema } from '@guestool/core/json-schema'
import type { Command } from 'commander'
import { completedBy, guestIds, prepared } from './completion.js'
import { connect, type Connected } from './connection.js'
import { Problem } from './failure.js'
import { fieldLines, fieldsLine } from './fields.js'
import { chooseGuest } from './guest-choice.js'
import { learn } from './learn.js'
import { addParams, givenParams, hintFor, pathOf } from './params.js'
import { settingsOf, type Settings } from './settings.js'
import { printable } from './text.js'

/** A guest that is asked for what only its host knows the types of. */
interface AnyGuest {
  readonly id: string
  info(name: string, params: unknown, options?: CallOptions): Promise<unknown>
  action(name: string, params: unknown, options?: CallOptions): Promise<unknown>
  watch(name: string, params: unknown, options?: WatchOptions): Watch<unknown>
}

/** One operation that was asked for on the command line. */
export interface Asked {
  readonly host: Connected
  readonly guest: AnyGuest
  readonly name: string
  readonly params: object
  readonly settings: Settings
  readonly command: Command
}

/**
 * Gives a command one command below it for each info or action of the contract: that of the host that is asked, or the
 * protocol's own where none is reached. It is known only once the host is, which is when somebody wants one.
 */
export function addOperations(
  parent: Command,
  kind: OperationKind,
  run: (asked: Asked) => Promise<void>,
): void {
  const option = parent.createOption('--guest <id>', 'ask this guest; it need not be said where there is one')
  parent.addOption(completedBy(option, guestIds))
  parent.usage('[options] <name> [value] [--param value …]').helpCommand(false)
  parent.commandsGroup(kind === 'info' ? 'Infos:' : 'Actions:')
  prepared(parent, async (settings) => {
    const host = await reach(settings)
    const contract = host instanceof Error ? contractJsonSchema(guestool) : await learn(host)
    for (const [name, operation] of Object.entries(contract[kind])) {
      // A host may say anything; what begins with a dash would be an option.
      if (!isName(name) || name.startsWith('-')) continue
      const command = parent
        .command(name)
        .summary(fieldsLine(operation.result))
        .description(`the ${kind} ${name} of a guest`)
      addParams(command, operation.params, takenBy(parent))
      const result = indented(fieldLines(operation.result))
      command.addHelpText(
        'after',
        `\nResult:\n${result}\n\nOptions of ${pathOf(parent)} (--guest) and of every command (--json, --url, …) are good here, too`,
      )
      command.action(async () => {
        if (host instanceof Error) throw host
        const params = givenParams(command, operation.params)
        const guest = await chosen(host, parent.opts<{ guest?: string }>().guest)
        await run({ host, guest, name, params, settings: settingsOf(command), command })
      })
    }
    parent.on('command:*', ([name = '']: string[]) => {
      // What is not known without a host may be known to it.
      if (host instanceof Error) throw host
      const names = Object.keys(contract[kind]).map((each) => printable(each))
      const text = `the contract of this host has no ${kind} "${printable(name)}"; it has: ${names.join(', ')}`
      throw new Problem('usage', `${text}\n${hintFor(parent)} says more`)
    })
  })
}

/** Not being reached is an error only for whoever asks for more than help. */
async function reach(settings: Settings): Promise<Connected | Error> {
  try {
    return await connect(settings)
  } catch (error) {
    if (error instanceof Error) return error
    throw error
  }
}

/** The guest that is meant, whose types are those of its host's contract and not only the protocol's own. */
async function chosen({ hub, target }: Connected, named: string | undefined): Promise<AnyGuest> {
  const id = await chooseGuest(hub, named ?? target.guest)
  return hub.guest(id)
}

/** Names of options that are read before those of an operation. */
function takenBy(command: Command): ReadonlySet<string> {
  const taken = new Set(['--help'])
  for (let each: Command | null = command; each !== null; each = each.parent)
    for (const { long } of each.options) if (long != null) taken.add(long)
  return taken
}

function indented(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}`).join('\n')
}
