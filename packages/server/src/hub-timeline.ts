import { limits, type HubShape } from '@guestool/core'
import type { HubConsole } from './hub.js'
import { pageOf, patternOf, workOf } from './hub-page.js'
import type { Timeline } from './timeline.js'

type TimelineInfo = HubShape['info']['timeline']

/** Where entries come from. */
export interface TimelineSource {
  readonly timeline: Pick<Timeline, 'newestFirst'>
  readonly maxPayload: number
}

/** Answers a hub's info `timeline`: what a console may see, and attempts to get in for an admin alone. */
export function timelinePage(
  { timeline, maxPayload }: TimelineSource,
  console: Pick<HubConsole, 'access' | 'charge'>,
  { guests, before = Infinity, limit }: TimelineInfo['params'],
): TimelineInfo['result'] {
  const fits = patternOf(guests)
  const { access } = console
  let looked = 0
  function* seen(): Generator<TimelineInfo['result'][number]> {
    for (const entry of timeline.newestFirst()) {
      looked++
      if (entry.ts >= before || (entry.what === 'refused' && !access.admin)) continue
      if (fits(entry.guest) && access.sees(entry.guest)) yield entry
    }
  }
  const page = pageOf(seen(), limit, limits.timelinePage, maxPayload)
  console.charge(workOf(looked))
  return page
}
