import type { GuestRecord } from '@guestool/client'
import type { Command } from 'commander'
import { withHost } from '../connection.js'
import { hint } from '../hint.js'
import { note, paint, print, printJson, table } from '../output.js'
import { settingsOf } from '../settings.js'
import { duration, printable } from '../text.js'

export function guests(program: Command): void {
  program
    .command('guests')
    .description('list the guests of a host, those that are not well first')
    .action(async (_options: object, command: Command) => {
      const settings = settingsOf(command)
      const all = await withHost(settings, ({ hub }) => hub.guests())
      all.sort((one, other) => rank[one.state] - rank[other.state] || (one.id < other.id ? -1 : 1))
      if (settings.json) return printJson(all)
      if (all.length === 0) return note(`No guests yet. Add one with: ${hint('add NAME')}`)
      print(table(all.map(row), ['guest', 'state', 'since', 'address', 'answers in']))
    })
}

const rank = { gone: 0, unresponsive: 1, alive: 2 } as const
const colour = { gone: paint.red, unresponsive: paint.yellow, alive: paint.green } as const

function row({ id, state, state_ts, address, round_trip_ms }: GuestRecord): string[] {
  return [
    printable(id),
    colour[state](state),
    duration(Date.now() / 1_000 - state_ts),
    printable(address ?? '-'),
    round_trip_ms === null ? '-' : `${Math.round(round_trip_ms)} ms`,
  ]
}
