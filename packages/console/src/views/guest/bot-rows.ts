import type { GuestoolShape } from '@guestool/core'
import type { BotState } from '../../ui/bot-texts.js'

type Infos = GuestoolShape['info']

export interface Counters {
  readonly sum: number
  /** Those that are not 0, the largest first. */
  readonly names: readonly (readonly [name: string, count: number])[]
}

export interface BotRow {
  readonly id: string
  readonly state: BotState
  /** Unix seconds; undefined is not known */
  readonly since: number | undefined
  readonly events: Counters | undefined
  readonly calls: Counters | undefined
}

/** What is known of bots; undefined is what the guest does not say. */
export interface BotFacts {
  readonly online: Infos['bots']['result'] | undefined
  readonly since: Infos['bots_connect_time']['result'] | undefined
  readonly events: Infos['recv_events']['result'] | undefined
  readonly calls: Infos['apicall']['result'] | undefined
  /** Ids of those that are silent, as the hub says. */
  readonly silent: readonly string[] | undefined
}

/** One row for each bot that any of the infos tells of: the silent ones, the others that are online, then those that left. */
export function botRows({ online, since, events, calls, silent }: BotFacts): BotRow[] {
  const here = new Set(online)
  const quiet = new Set(silent)
  const ids = new Set([...here, ...[since, events, calls].flatMap((table) => Object.keys(table ?? {}))])
  const rows = [...ids].map((id): BotRow => {
    const state = online !== undefined && !here.has(id) ? 'departed' : quiet.has(id) ? 'silent' : 'online'
    return {
      id,
      state,
      since: own(since, id),
      events: countersOf(own(events, id)),
      calls: countersOf(own(calls, id)),
    }
  })
  return rows.toSorted((a, b) => ranks[a.state] - ranks[b.state] || (a.id < b.id ? -1 : 1))
}

const ranks = { silent: 0, online: 1, departed: 2 }

// A bot may be called `constructor`.
function own<T>(table: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return table !== undefined && Object.hasOwn(table, key) ? table[key] : undefined
}

function countersOf(counts: Readonly<Record<string, number>> | undefined): Counters | undefined {
  if (counts === undefined) return undefined
  const names = Object.entries(counts).filter(([, count]) => count !== 0)
  return {
    sum: names.reduce((sum, [, count]) => sum + count, 0),
    names: names.toSorted(([, a], [, b]) => b - a),
  }
}
