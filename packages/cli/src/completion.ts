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
export function prepared(command: Command, run: (settings: Settings) => Promise<void>): void {
  preparations.set(command, run)
}

export async function prepare(command: Command, settings: Settings): Promise<void> {
  await preparations.get(command)?.(settings)
}

export const guestIds: Candidates = (settings) =>
  withHost(settings, async ({ hub }) => (await hub.guests()).map(({ id }) => id))

export const contextNames: Candidates = async ({ data }) => Object.keys((await readContexts(data)).contexts)

/** For the shell to complete: it knows files. */
export const files: Candidates = () => Promise.resolve([anyFile])
const anyFile = ':files'

/**
 * What the word that is being typed, the last one, can become. The program is asked, so that there is no second list.
 *
 * @param settingsAt of a command, by the options so far
 */
export async function complete(
  program: Command,
  typed: readonly string[],
  settingsAt: (command: Command) => Settings,
): Promise<readonly string[]> {
  const words = plain(typed)
  const last = words.at(-1) ?? ''
  const { command, option, position } = await walk(program, words.slice(0, -1), settingsAt)
  const values = (part: Argument | Option | undefined): Promise<readonly string[]> =>
    part === undefined ? Promise.resolve([]) : valuesOf(part, settingsAt(command))
  if (option !== undefined) return fitting(await values(option), last)
  const [, flag, begun] = /^(--[^=]+)=(.*)$/s.exec(last) ?? []
  if (flag !== undefined && begun !== undefined)
    return fitting(await values(optionOf(command, flag)), begun).map((each) => `${flag}=${each}`)
  if (last.startsWith('-')) return fitting(flagsOf(command), last)
  const below = command.createHelp().visibleCommands(command)
  const argument = command.registeredArguments[position]
  return fitting([...below.map((each) => each.name()), ...(await values(argument))], last)
}

/** bash takes `--guest=alpha` for three words; and `guestool help info` is completed as `guestool info` is. */
function plain(typed: readonly string[]): readonly string[] {
  const words = typed.flatMap((word, at) => {
    if (word !== '=' || typed[at - 1]?.startsWith('--') !== true) return [word]
    return at === typed.length - 1 ? [''] : []
  })
  return words.length > 1 && words[0] === 'help' ? words.slice(1) : words
}

interface Place {
  readonly command: Command
  /** Whose value comes next. */
  readonly option: Option | undefined
  /** How many arguments there are already. */
  readonly position: number
}

/** Where in the program some words lead. */
async function walk(
  program: Command,
  words: readonly string[],
  settingsAt: (command: Command) => Settings,
): Promise<Place> {
  let command = program
  let option: Option | undefined
  let position = 0
  for (const word of words) {
    if (option !== undefined) {
      command.setOptionValueWithSource(option.attributeName(), word, 'cli')
      option = undefined
    } else if (word.startsWith('-')) {
      const [flag = '', value] = word.split('=', 2)
      const found = optionOf(command, flag)
      if (found === undefined || !found.required) continue
      if (value === undefined) option = found
      else command.setOptionValueWithSource(found.attributeName(), value, 'cli')
    } else {
      const below = command.commands.find((each) => each.name() === word)
      if (below === undefined) position++
      else {
        command = below
        position = 0
        await prepare(command, settingsAt(command))
      }
    }
  }
  return { command, option, position }
}

function lineage(command: Command): Command[] {
  return command.parent === null ? [command] : [command, ...lineage(command.parent)]
}

function optionOf(command: Command, flag: string): Option | undefined {
  const all = lineage(command).flatMap((each) => each.options)
  return all.find((option) => option.long === flag || option.short === flag)
}

function flagsOf(command: Command): string[] {
  const all = lineage(command).flatMap((each) => each.createHelp().visibleOptions(each))
  return [...new Set(all.flatMap(({ long }) => (long == null ? [] : [long])))]
}

async function valuesOf(part: Argument | Option, settings: Settings): Promise<readonly string[]> {
  return part.argChoices ?? (await candidates.get(part)?.(settings)) ?? []
}

function fitting(values: readonly string[], begun: string): readonly string[] {
  return values.filter((value) => value === anyFile || value.startsWith(begun))
}
