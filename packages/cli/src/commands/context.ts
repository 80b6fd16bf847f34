import { publicUrl, textOf, webSocketUrl } from '@guestool/core'
import { Argument, type Command } from 'commander'
import { completedBy, contextNames } from '../completion.js'
import { changeContexts, localContext, readContexts } from '../contexts.js'
import { Problem } from '../failure.js'
import { hint } from '../hint.js'
import { note, paint, print, printJson, table } from '../output.js'
import { settingsOf } from '../settings.js'
import { printable } from '../text.js'

export function context(program: Command): void {
  const parent = program
    .command('context')
    .description('keep hosts by name, with their tokens, and choose which one is asked')
    .helpCommand(false)

  parent
    .command('list')
    .description('list the saved hosts')
    .action(async (_flags: object, command: Command) => {
      const { data, json } = settingsOf(command)
      const { current, contexts } = await readContexts(data)
      const all = Object.entries(contexts).map(([name, { url, token }]) => ({
        name,
        url: publicUrl(url),
        token: token !== undefined,
        current: name === current,
      }))
      if (json) return printJson(all)
      if (all.length === 0) return note(`No saved hosts. Save one with: ${hint('context add NAME URL')}`)
      const rows = all.map((each) => [
        each.current ? paint.green('*') : '',
        printable(each.name),
        printable(each.url),
        each.token ? 'yes' : 'no',
      ])
      print(table(rows, ['', 'name', 'url', 'token']))
    })

  parent
    .command('use')
    .description('ask this host from now on')
    .addArgument(saved())
    .action(async (name: string, _flags: object, command: Command) => {
      await changeContexts(settingsOf(command).data, (all) => {
        if (!Object.hasOwn(all.contexts, name)) throw noSuch(name)
        all.current = name
      })
      note(`${printable(name)} is asked from now on`)
    })

  parent
    .command('add')
    .description('save a host by a name, with the token of GUESTOOL_TOKEN (or --token)')
    .argument('<name>', 'a name of your own')
    .argument('<url>', 'of the host, or of one of its guests: ws://127.0.0.1:37103')
    .action(async (name: string, url: string, _flags: object, command: Command) => {
      const { data, token } = settingsOf(command)
      if (!/^[\w-][\w.-]*$/.test(name) || name === '__proto__')
        throw new Problem('usage', `"${name}" is no name: it is letters, digits, "_", "-" and "."`)
      assertHost(url)
      await changeContexts(data, (all) => {
        all.contexts[name] = { url, ...(token !== undefined && { token }) }
        if (!Object.hasOwn(all.contexts, all.current)) all.current = name
      })
      note(`saved; ask it with: ${hint(`--context ${name} guests`)}`)
    })

  parent
    .command('remove')
    .description('forget a saved host, and its token')
    .addArgument(saved())
    .action(async (name: string, _flags: object, command: Command) => {
      await changeContexts(settingsOf(command).data, (all) => {
        if (!Object.hasOwn(all.contexts, name)) throw noSuch(name)
        delete all.contexts[name]
        if (all.current === name) all.current = localContext
      })
      note(`${printable(name)} is forgotten`)
    })
}

function saved(): Argument {
  return completedBy(new Argument('<name>', 'of a saved host'), contextNames)
}

function noSuch(name: string): Problem {
  return new Problem('usage', `there is no saved host "${name}"; ${hint('context list')} has them all`)
}

/** @throws {Problem} when nobody could dial it */
function assertHost(url: string): void {
  try {
    webSocketUrl(url)
  } catch (error) {
    throw new Problem('usage', textOf(error), { cause: error })
  }
  if (/\/join(\/|$)/.test(url))
    throw new Problem('usage', 'this is where guests join; give the URL before /join')
}
