/** Something that must be so, and what was seen of it. */
export interface Claim {
  readonly claim: string
  readonly holds: boolean
  readonly seen: string
}

/** Claims as a table. */
export function table(claims: readonly Claim[]): string {
  const width = Math.max(...claims.map(({ claim }) => claim.length))
  return claims
    .map(({ claim, holds, seen }) => `${holds ? 'holds ' : 'FAILED'}  ${claim.padEnd(width)}  ${seen}`)
    .join('\n')
}

/** The first of many, in a line. */
export function some(items: readonly string[], most = 5): string {
  const more = items.length > most ? [`… ${items.length - most} more`] : []
  return [...items.slice(0, most), ...more].join('; ')
}

/** What was done of actions, held against what was said of them. */
export function actionClaims(
  runs: readonly (readonly string[])[],
  outcomes: readonly (readonly string[])[],
): Claim[] {
  const guests = new Map<string, string[]>()
  for (const [id = '', guest = ''] of runs) guests.set(id, [...(guests.get(id) ?? []), guest])
  const twice = [...guests].filter(([, by]) => by.length > 1).map(([id, by]) => `${id} by ${by.join(', ')}`)
  const wrong: string[] = []
  const counted: Record<string, number> = {}
  for (const [id = '', guest = '', outcome = ''] of outcomes) {
    const by = guests.get(id) ?? []
    const label = `${outcome}, ${by.length === 0 ? 'not run' : 'run'}`
    counted[label] = (counted[label] ?? 0) + 1
    const fits = outcome === 'ok' ? by.join(' ') === guest : !unsent.has(outcome) || by.length === 0
    if (!fits) wrong.push(`${id} at ${guest}: ${outcome}, but run by [${by.join(', ')}]`)
  }
  return [
    {
      claim: 'no action ran twice',
      holds: twice.length === 0,
      seen: some([`${guests.size} runs`, ...twice]),
    },
    {
      claim: 'ok: ran once, where it was asked; never sent: did not run',
      holds: wrong.length === 0 && (counted['ok, run'] ?? 0) > 0,
      seen: some([numbers(counted), ...wrong]),
    },
  ]
}

/** Ends of an action that say that it was not run. Of all others it is unknown. */
const unsent: ReadonlySet<string> = new Set(['connection_lost:never_sent', 'connect_timeout', 'busy'])

/** `ok 12, gone 3` */
export function numbers(counted: Readonly<Record<string, number>>): string {
  return Object.entries(counted)
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ')
}
