import { Argument, type Command } from 'commander'
import { completedBy, guestIds } from '../completion.js'
import { guestId } from '../guest-choice.js'
import { withMembership } from '../membership.js'
import { note } from '../output.js'
import { settingsOf } from '../settings.js'

export function remove(program: Command): void {
  program
    .command('remove')
    .description("end a guest's token and its connection, and forget it")
    .addArgument(completedBy(new Argument('<name>', 'the id of the guest'), guestIds))
    .action(async (name: string, _flags: object, command: Command) => {
      const id = guestId(name)
      await withMembership(settingsOf(command), (membership) => membership.remove(id))
      note(`${id} is removed`)
    })
}
