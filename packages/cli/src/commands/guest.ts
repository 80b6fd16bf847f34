import { publicUrl } from '@guestool/core'
import type { Command } from 'commander'
import { joinAs } from '../guest-here.js'
import { checked, placeOf, stay } from '../guest-place.js'
import { settingsOf } from '../settings.js'
import { printable } from '../text.js'
import { thisMachine } from '../this-machine.js'

export function guest(program: Command): void {
  program
    .command('guest')
    .description('join a host as a guest with the real values of this machine, until Ctrl-C')
    .argument(
      '[url]',
      'of the host, with the id if there is one: ws://HOST/join/alpha (default: the host of the data folder)',
    )
    .option('--id <id>', 'join as this guest; the name of this machine unless the URL has one')
    .action(async (given: string | undefined, { id }: { id?: string }, command: Command) => {
      const { url, token } = await placeOf(given, id, thisMachine(), settingsOf(command))
      const joined = await checked(() => joinAs(url, token))
      await stay(joined, printable(publicUrl(url)))
    })
}
