import type { Command } from 'commander'
import { textOf, type Shape } from '@guestool/core'
import type { Hub } from '@guestool/client'
import { completedBy, guestIds } from '../completion.js'
import { connect } from '../connection.js'
import { guestId } from '../guest-choice.js'
import { exitCodeOf, interrupted } from '../interrupt.js'
import { learn } from '../learn.js'
import { note, paint, print, printJsonLine } from '../output.js'
import { settingsOf } from '../settings.js'
import { printable } from '../text.js'

export function events(program: Command): void {
  const only = program.createOption('--guest <id>', 'of this guest only')
  program
    .command('events')
    .description('follow what guests tell and what becomes of them, until Ctrl-C')
    .addOption(completedBy(only, guestIds))
    .action(async (flags: { guest?: string }, command: Command) => {
      const settings = settingsOf(command)
      const host = await connect(settings, { onError: (error) => note(printable(textOf(error))) })
      const { hub, contract, target } = host
      await learn(host)
      const wanted = flags.guest ?? target.guest
      if (wanted !== undefined) guestId(wanted)
      const told = (guest: string, event: string, data: unknown): void => {
        if (wanted !== undefined && guest !== wanted) return
        const ts = Date.now() / 1_000
        if (settings.json) printJsonLine({ ts, guest, event, data })
        else print(line(guest, event, data))
      }
      hub.onEvent('guest_joined', (guest) => told(guest.id, 'guest_joined', guest))
      hub.onEvent('guest_left', (left) => told(left.id, 'guest_left', left))
      hub.onEvent('guest_state', (state) => told(state.id, 'guest_state', state))
      const { fleet } = hub as unknown as Hub<Shape>
      for (const name of contract.event.keys()) fleet.onEvent(name, (data, guest) => told(guest, name, data))
      const ended = new Promise<never>((_resolve, reject) => {
        hub.on('error', (error) => hub.state === 'closed' && reject(error))
      })
      note(`following ${wanted ?? 'all guests'} of ${target.name}; Ctrl-C stops`)
      process.exitCode = exitCodeOf(await Promise.race([interrupted(), ended]))
    })
}

function line(guest: string, event: string, data: unknown): string {
  const time = paint.dim(new Date().toTimeString().slice(0, 8))
  return `${time}  ${paint.bold(printable(guest))}  ${printable(event)}  ${printable(JSON.stringify(data))}`
}
