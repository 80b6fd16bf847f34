import type { HubShape } from '@guestool/core'

export type Entry = HubShape['info']['timeline']['result'][number]

/** As many as a page shows without being slow; who wants more narrows it down. */
export const mostEntries = 2_000

export const keyOf = ({ ts, guest, what, reason }: Entry): string => `${ts} ${guest} ${what} ${reason}`

/** Both together, the newest first, each once. */
export function merged(known: readonly Entry[], more: readonly Entry[]): Entry[] {
  const byKey = new Map([...known, ...more].map((entry) => [keyOf(entry), entry]))
  return [...byKey.values()].toSorted((a, b) => b.ts - a.ts).slice(0, mostEntries)
}

/** Before which moment to ask for the next page: with those of the same moment once more, unless it would be all of it. */
export function pageBefore(known: readonly Entry[], limit: number): number | undefined {
  const last = known.at(-1)
  if (last === undefined) return undefined
  const same = known.filter(({ ts }) => ts === last.ts).length
  return same >= limit ? last.ts : last.ts + 0.001
}

/** What to look for in a timeline. */
export interface EntryFilter {
  /** in the guest's id, the reason or the address */
  readonly text: string
  /** undefined is everything */
  readonly what: Entry['what'] | undefined
}

export function filtered(entries: readonly Entry[], { text, what }: EntryFilter): readonly Entry[] {
  const wanted = text.trim().toLowerCase()
  return entries.filter(
    (entry) =>
      (what === undefined || entry.what === what) &&
      [entry.guest, entry.reason, entry.address ?? ''].some((said) => said.toLowerCase().includes(wanted)),
  )
}
