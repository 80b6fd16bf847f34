import type { Command } from 'commander'
import { Problem } from '../failure.js'
import { hint } from '../hint.js'
import { note, print, printJson } from '../output.js'
import { runningHost } from '../running-host.js'
import { settingsOf } from '../settings.js'
import { signInLink } from '../sign-in.js'

export function loginLink(program: Command): void {
  program
    .command('login-link')
    .description('print a link that signs a browser in, once, within 10 minutes')
    .option('--guests <pattern>', 'whoever signs in sees these guests only: alpha,team-*')
    .option('--read-only', 'whoever signs in may ask, but change nothing')
    .action(async (flags: { guests?: string; readOnly?: boolean }, command: Command) => {
      const { data, json } = settingsOf(command)
      const host = await runningHost(data)
      if (host === undefined)
        throw new Problem(
          'unreachable',
          `no host runs on the data folder ${data.path}; start one with: ${hint('host')}`,
        )
      if (host.page === null)
        throw new Problem('failed', 'this host serves no page; start it without --no-console')
      const may = flags.readOnly !== true
      const rights = { actions: may, admin: may, ...(flags.guests !== undefined && { guests: flags.guests }) }
      const link = await signInLink(await data.tokens(), host.page, rights)
      if (json) return printJson({ link })
      print(link)
      note('Good once, for 10 minutes.')
    })
}
