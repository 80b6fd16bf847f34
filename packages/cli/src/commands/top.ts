import { Argument, type Command } from 'commander'
import { completedBy, guestIds } from '../completion.js'
import { withHost } from '../connection.js'
import { guestId } from '../guest-choice.js'
import { isTerminal } from '../output.js'
import { settingsOf } from '../settings.js'

export function top(program: Command): void {
  program
    .command('top')
    .description(
      'watch all guests, those that are not well first, or one of them; where there is no terminal, once',
    )
    .addArgument(completedBy(new Argument('[guest]', 'look at this one at first'), guestIds))
    .addHelpText(
      'after',
      '\nKeys: up and down choose, enter looks at a guest, esc goes back, s changes the order, q quits',
    )
    .action(async (named: string | undefined, _flags: object, command: Command) => {
      const settings = settingsOf(command)
      const { live, once } = await import('../top/top.js')
      await withHost(settings, async ({ hub, target }) => {
        const given = named ?? target.guest
        const id = given === undefined ? undefined : guestId(given)
        const inPlace = isTerminal(process.stdout) && process.stdin.isTTY
        if (inPlace && !settings.json) await live(hub, target.name, id)
        else await once(hub, target.name, id, settings.json)
      })
    })
}
