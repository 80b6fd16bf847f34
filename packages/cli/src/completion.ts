import type { Argument, Command, Option } from 'commander'
import { withHost } from './connection.js'
import { readContexts } from './contexts.js'
import type { Settings } from './settings.js'

/** What could stand there. */
export type Candidates = (settings: Settings) => Promise<readonly string[]>

const candidates = new WeakMap<Argument | Option, Candidates>()
const preparations = new WeakMap<Command, (settings: Settings) => Promise<void>>()

/** Says what an option or an argument can be completed to. */
export function completedBy<T extends Argument | Option>(part: T, can: Candidates): T {
  candidates.set(part, can)
  return part
}

/** Says what must be done before a command is parsed, helped or completed: it has commands that a host knows. */
export function prepared(command: Command, prepare: (settings: Settings) => Promise<void>): void {
  preparations.set(command, prepare)
}

export async function prepare(command: Command, settings: Settings): Promise<void> {
  await preparations.get(command)?.(settings)
}

export const guestIds: Candidates = (settings) =>
  withHost(settings, async ({ hub }) => (await hub.guests()).map(({ id }) => id))

export const contextNames: Candidates = async ({ data }) => Object.keys((await readContexts(data)).contexts)

/** What the word that is being typed can become, by the words before it. The program is asked, so that there is no second list. */
export async function complete(
  program: Command,
  words: readonly string[],
  settings: (command: Command) => Settings,
): Promise<string[]> {
  const typed = words.at(-1) ?? ''
  let command = program
  let position = 0
  let valueOf: Option | undefined
  let onlyArguments = false
  for (const word of words.slice(0, -1)) {
    if (valueOf !== undefined) {
      command.setOptionValueWithSource(valueOf.attributeName(), word, 'cli')
      valueOf = undefined
    } else if (word === '--') onlyArguments = true
    else if (word.startsWith('-') && !onlyArguments) {
      const option = optionNamed(command, word.replace(/=.*/, ''))
      if (option?.required === true && !word.includes('=')) valueOf = option
    } else {
      const below = command.commands.find((each) => each.name() === word || each.aliases().includes(word))
      if (below === undefined) position++
      else {
        command = below
        position = 0
        await prepare(command, settings(command))
      }
    }
  }
  const given = settings(command)
  const [, flag, value] = /^(--[^=]+)=(.*)$/.exec(typed) ?? []
  if (valueOf !== undefined) return fitting(await valuesOf(valueOf, given), typed)
  if (flag !== undefined && value !== undefined) {
    const option = optionNamed(command, flag)
    const values = option === undefined ? [] : await valuesOf(option, given)
    return fitting(values, value).map((each) => `${flag}=${each}`)
  }
  if (typed.startsWith('-')) return fitting(flagsOf(command), typed)
  const argument = command.registeredArguments[position] ?? variadic(command)
  const values = argument === undefined ? [] : await valuesOf(argument, given)
  return fitting([...visibleCommands(command), ...values], typed)
}

function visibleCommands(command: Command): string[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((each) => each.name())
}

function variadic(command: Command): Argument | undefined {
  const last = command.registeredArguments.at(-1)
  return last?.variadic === true ? last : undefined
}

function optionNamed(command: Command, flag: string): Option | undefined {
  for (let each: Command | null = command; each !== null; each = each.parent) {
    const found = each.options.find((option) => option.long === flag || option.short === flag)
    if (found !== undefined) return found
  }
  return undefined
}

function flagsOf(command: Command): string[] {
  const help = command.createHelp()
  const options = [...help.visibleOptions(command), ...ancestors(command).flatMap((each) => each.options)]
  return [...new Set(options.flatMap(({ long, hidden }) => (long == null || hidden ? [] : [long])))]
}

function ancestors(command: Command): Command[] {
  return command.parent === null ? [] : [command.parent, ...ancestors(command.parent)]
}

async function valuesOf(part: Argument | Option, settings: Settings): Promise<readonly string[]> {
  return part.argChoices ?? (await candidates.get(part)?.(settings)) ?? []
}

function fitting(values: readonly string[], typed: string): string[] {
  return values.filter((value) => value.startsWith(typed))
}
