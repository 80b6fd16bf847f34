import type { GuestRecord } from '@guestool/client'
import { conditionOf, worstFirst } from '@guestool/core/condition'
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
      all.sort(
        (one, other) => worstFirst(conditionOf(one), conditionOf(other)) || (one.id < other.id ? -1 : 1),
      )
      if (settings.json) return printJson(all)
      if (all.length === 0) return note(`No guests yet. Add one with: ${hint('add NAME')}`)
      print(table(all.map(row), ['guest', 'state', 'since', 'address', 'answers in']))
    })
}

const colour = {
  gone: paint.red,
  unresponsive: paint.yellow,
  awaited: paint.dim,
  alive: paint.green,
} as const

function row(guest: GuestRecord): string[] {
  const { id, state_ts, address, round_trip_ms } = guest
  const state = conditionOf(guest) === 'awaited' ? 'awaited' : guest.state
  return [
    printable(id),
    colour[state](state),
    duration(Date.now() / 1_000 - state_ts),
    printable(address ?? '-'),
    round_trip_ms === null ? '-' : `${Math.round(round_trip_ms)} ms`,
  ]
}
