import type { HostCounts } from '@guestool/server'
import { numbers, some, type Claim } from '../chaos/claims.js'
import type { Vitals } from '../world/vitals.js'
import type { Look } from './crowd.js'
import { isFlat, trendOf } from './trend.js'

/** A look, and when it was taken, in minutes. */
export interface Sample extends Look {
  readonly at: number
}

/** What may rise by how much a minute, and still counts as flat. */
const allowed = { heap: 100, rss: 400, handles: 1 }
const units = { heap: 'KiB', rss: 'KiB', handles: '' }
type Measure = keyof typeof allowed
const measures: readonly Measure[] = ['heap', 'rss', 'handles']

/** Longer than a call may take, with what it waits for a connection. */
const callLife = 75_000

/** What each process holds, and whether it stays that much. */
export function trends(samples: readonly Sample[]): Claim[] {
  return (['host', 'guests', 'consoles'] as const).flatMap((who) =>
    measures.map((measure) => {
      const values = samples.map(({ at, vitals }): [number, number] => [at, valueOf(vitals[who], measure)])
      const trend = trendOf(values)
      const unit = units[measure]
      const from = `${values[0]?.[1].toFixed(0)} to ${values.at(-1)?.[1].toFixed(0)} ${unit}`
      const slope = `${trend.slope >= 0 ? '+' : ''}${trend.slope.toFixed(1)} ± ${trend.error.toFixed(1)} ${unit} a minute`
      return {
        claim: `${who}: ${measure} is flat`,
        holds: isFlat(trend, allowed[measure]),
        seen: `${slope} (${from}, ${values.length} samples)`,
      }
    }),
  )
}

function valueOf(vitals: Vitals, measure: Measure): number {
  if (measure !== 'handles') return vitals[measure]
  return Object.values(vitals.handles).reduce((sum, many) => sum + many, 0)
}

/** What became of the calls, and what is late in each process. */
export function callClaims(samples: readonly Sample[], last: Look): Claim[] {
  const { tally } = last
  const oldest = Math.max(tally.oldest, ...samples.map((sample) => sample.tally.oldest))
  const lag = (['host', 'guests', 'consoles'] as const).map((who) => {
    const lags = samples.map(({ vitals }) => vitals[who].lag).toSorted((a, b) => a - b)
    return `${who} ${(lags[Math.floor(lags.length / 2)] ?? 0).toFixed(0)} (at most ${(lags.at(-1) ?? 0).toFixed(0)})`
  })
  return [
    {
      claim: 'nothing was lost: every call settled, with its own answer or a fault’s error',
      holds: tally.open.length === 0 && tally.wrong.length === 0 && (tally.settled['ok'] ?? 0) > 0,
      seen: some([`${tally.started} calls: ${numbers(tally.settled)}`, ...tally.open, ...tally.wrong]),
    },
    {
      claim: 'nothing was stuck',
      holds: oldest < callLife,
      seen: `the longest call took ${(tally.longest / 1_000).toFixed(1)} s; ms that event loops were late between two samples: ${lag.join(', ')}`,
    },
  ]
}

/** The host once everybody has left. */
export function emptyClaim({ counts, vitals }: { counts: HostCounts; vitals: Vitals }): Claim {
  const sockets = vitals.handles['TCPSocketWrap'] ?? 0
  return {
    claim: 'once everybody has left, the host holds no socket, guest or console',
    holds: counts.guests + counts.consoles + sockets === 0,
    seen: `${counts.guests} guests, ${counts.consoles} consoles; it has ${numbers(vitals.handles)}; heap ${vitals.heap.toFixed(0)} KiB`,
  }
}
