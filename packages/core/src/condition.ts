import type { HubShape } from './contract/hub.js'

// An entry of its own, `@guestool/core/condition`: for whoever shows a fleet, the worst first.

type Guest = HubShape['info']['guests']['result'][number]
type Bot = HubShape['info']['vitals']['result'][number]['bots'][number]

/**
 * How well a guest is, the worst first. `awaited` has a token and did not come yet; `departed` and `silent` are said of a
 * bot of it.
 */
export const conditions = ['gone', 'unresponsive', 'awaited', 'departed', 'silent', 'well'] as const
export type Condition = (typeof conditions)[number]

/** The worst that can be said of a guest, and of its bots as far as they are known. */
export function conditionOf(
  { state, connected_ts }: Pick<Guest, 'state' | 'connected_ts'>,
  bots: readonly Pick<Bot, 'state'>[] = [],
): Condition {
  if (state === 'gone') return connected_ts === null ? 'awaited' : 'gone'
  if (state === 'unresponsive') return 'unresponsive'
  if (bots.some((bot) => bot.state === 'departed')) return 'departed'
  return bots.some((bot) => bot.state === 'silent') ? 'silent' : 'well'
}

/** For `sort`: the worst first. */
export function worstFirst(one: Condition, other: Condition): number {
  return conditions.indexOf(one) - conditions.indexOf(other)
}
