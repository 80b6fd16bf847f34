import type { KeyInfo, Tokens } from '@guestool/server'
import { Argument, InvalidArgumentError, type Command } from 'commander'
import { completedBy, type Candidates } from '../completion.js'
import { Problem } from '../failure.js'
import { hint } from '../hint.js'
import { note, print, printJson, table } from '../output.js'
import { settingsOf } from '../settings.js'
import { printable } from '../text.js'

const day = 24 * 60 * 60_000
const hour = 60 * 60_000

interface AddFlags {
  readonly guests: string
  readonly actions?: boolean
  readonly admin?: boolean
  readonly expires?: number
}

export function token(program: Command): void {
  const parent = program
    .command('token')
    .description('see to the tokens of the host of the data folder, whether it runs or not')
    .helpCommand(false)

  parent
    .command('list')
    .description('list who has a token, and what for; the tokens themselves are not kept')
    .action(async (_flags: object, command: Command) => {
      const { data, json } = settingsOf(command)
      const keys = await (await data.tokens()).list()
      if (json) return printJson(keys)
      if (keys.length === 0) return note(`No tokens yet. Make one with: ${hint('token add')}`)
      print(table(keys.map(row), ['key', 'for', 'guests', 'may', 'made', 'expires']))
    })

  parent
    .command('add')
    .description('make a token for a console, and print it: this is the only time that it can be seen')
    .option('--guests <pattern>', 'it sees these guests only: alpha,team-*', '*')
    .option('--actions', 'it may ask guests for actions')
    .option('--admin', 'it may add and remove guests')
    .option('--expires <days>', 'how long it is good; 0 is for ever (default: 30)', toDays)
    .addHelpText('after', `\nThe token of a guest: ${hint('add NAME')}`)
    .action(async (flags: AddFlags, command: Command) => {
      const { guests, actions = false, admin = false, expires } = flags
      const { data, json } = settingsOf(command)
      const expiresIn = expires === 0 ? Infinity : expires === undefined ? undefined : expires * day
      const made = await checked(
        (keys) => keys.add({ role: 'console', guests, actions, admin, expiresIn }),
        await data.tokens(),
      )
      if (json) printJson({ token: made })
      else print(made)
    })

  parent
    .command('revoke')
    .description('end a key and its tokens; whoever is connected by one is closed within a minute')
    .addArgument(keyArgument())
    .action(async (key: string, _flags: object, command: Command) => {
      const keys = await settingsOf(command).data.tokens()
      await known(keys, key)
      await keys.revoke(key)
      note(`${printable(key)} is over`)
    })

  parent
    .command('rotate')
    .description('make a new token for a key, and print it; the old one is good for another day')
    .addArgument(keyArgument())
    .option(
      '--overlap <hours>',
      'how long the old one is still good; 0 ends it at once (default: 24)',
      toHours,
    )
    .action(async (key: string, { overlap }: { overlap?: number }, command: Command) => {
      const { data, json } = settingsOf(command)
      const keys = await data.tokens()
      await known(keys, key)
      const made = await keys.rotate(key, overlap === undefined ? {} : { overlap: overlap * hour })
      if (json) printJson({ token: made })
      else print(made)
    })
}

function keyArgument(): Argument {
  return completedBy(new Argument('<key>', `the name of a key: ${hint('token list')} has them`), keyNames)
}

/** The words of `tokens` for this are those of a program. */
async function known(keys: Tokens, key: string): Promise<void> {
  if ((await keys.list()).some((each) => each.key === key)) return
  // It may be a whole token, by mistake.
  const shown = /^[0-9a-z]{1,8}$/.test(key) ? `key ${key}` : 'such key'
  throw new Problem('failed', `there is no ${shown}; ${hint('token list')} has the names of all keys`)
}

const keyNames: Candidates = async ({ data }) => (await (await data.tokens()).list()).map(({ key }) => key)

function row(key: KeyInfo): string[] {
  const { key: name, createdAt, expiresAt } = key
  const isGuest = key.role === 'guest'
  return [
    name,
    isGuest ? 'guest' : key.role === 'code' ? 'sign-in link' : 'console',
    isGuest ? key.id : printable(key.guests),
    isGuest
      ? 'join'
      : ['ask', key.actions ? 'act' : '', key.admin ? 'administer' : ''].filter(Boolean).join(', '),
    dayOf(createdAt),
    expiresAt === undefined
      ? 'never'
      : expiresAt < Date.now()
        ? `${dayOf(expiresAt)} (over)`
        : dayOf(expiresAt),
  ]
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

/** A pattern that is none is a slip at the keyboard. */
async function checked<T>(change: (keys: Tokens) => Promise<T>, keys: Tokens): Promise<T> {
  try {
    return await change(keys)
  } catch (error) {
    if (error instanceof TypeError) throw new Problem('usage', error.message, { cause: error })
    throw error
  }
}

function toDays(text: string): number {
  return toAmount(text, 'days')
}

function toHours(text: string): number {
  return toAmount(text, 'hours')
}

function toAmount(text: string, unit: string): number {
  const amount = Number(text)
  if (text.trim() !== '' && amount >= 0 && Number.isFinite(amount)) return amount
  throw new InvalidArgumentError(`It must be ${unit}, 0 or more.`)
}
