import type { Condition } from '@guestool/core/condition'
import { Cell } from '../cell.js'
import type { Fleet } from './fleet.js'
import { conditionOf, type Member } from './member.js'

/** How many guests are in each condition. */
export type Tally = Readonly<Record<Condition, number>>

export function tallyOf(members: Iterable<Member>): Tally {
  const tally = { gone: 0, unresponsive: 0, awaited: 0, departed: 0, silent: 0, well: 0 }
  for (const member of members) tally[conditionOf(member)]++
  return tally
}

/** Guests that are not well. */
export function problemsIn(tally: Tally): number {
  return tally.gone + tally.unresponsive + tally.awaited + tally.departed + tally.silent
}

/** How many guests are not well; undefined while that is not known. */
export const problems = new Cell<number | undefined>(undefined)

/** Counts the problems of a fleet. Returns what stops it. */
export function countProblems(fleet: Fleet): () => void {
  const count = (): void => {
    const members = fleet.members.value
    problems.value = members && problemsIn(tallyOf(members.values()))
  }
  const stop = fleet.members.subscribe(count)
  count()
  return () => {
    stop()
    problems.value = undefined
  }
}
