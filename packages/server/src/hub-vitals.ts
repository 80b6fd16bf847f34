import { GuestoolError, limits, type HubShape } from '@guestool/core'
import type { Histories } from './histories.js'
import type { HubConsole } from './hub.js'
import { pageOf, patternOf, workOf } from './hub-page.js'
import type { Registry } from './registry.js'

type Vitals = HubShape['info']['vitals']

/** Where vitals come from. */
export interface VitalsSource {
  readonly registry: Pick<Registry, 'find'>
  readonly histories: Pick<Histories, 'vitals'> | undefined
  readonly maxPayload: number
}

/** Answers a hub's info `vitals`: the guests that are connected and that a console may see. */
export function vitalsPage(
  { registry, histories, maxPayload }: VitalsSource,
  console: Pick<HubConsole, 'access' | 'charge'>,
  { guests, after, limit }: Vitals['params'],
): Vitals['result'] {
  if (histories === undefined) throw new GuestoolError('unsupported', 'this host keeps no history')
  const fits = patternOf(guests)
  const ids: string[] = []
  let looked = 0
  for (const { id } of registry.find()) {
    looked++
    if (id > after && fits(id) && console.access.sees(id)) ids.push(id)
  }
  console.charge(workOf(looked))
  // By code units, as `after` compares.
  ids.sort((a, b) => (a < b ? -1 : 1))
  return pageOf(reports(ids, histories), limit, limits.guestsPage, maxPayload)
}

/** One after another, so that nobody is looked up who does not fit. */
function* reports(
  ids: readonly string[],
  histories: Pick<Histories, 'vitals'>,
): Generator<Vitals['result'][number]> {
  for (const id of ids) yield { id, ...histories.vitals(id) }
}
