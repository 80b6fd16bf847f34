import type { Failed } from './check.js'
import type { Outcome } from './run.js'

/** What many histories came to, so that everybody sees what was reached. */
export class Tally {
  histories = 0
  calls = 0
  #simulated = 0
  #lines = 0
  readonly #outcomes = new Map<string, number>()
  readonly #faults = new Map<string, number>()
  readonly #startedAt = Date.now()

  add({ calls, simulated, lines, outcomes, faults }: Outcome): void {
    this.histories++
    this.calls += calls
    this.#simulated += simulated
    this.#lines += lines.length
    addAll(this.#outcomes, outcomes)
    addAll(this.#faults, faults)
  }

  /** How often something was done or happened. */
  count(fault: string): number {
    return this.#faults.get(fault) ?? 0
  }

  report(base: number): string {
    const seconds = (Date.now() - this.#startedAt) / 1000
    return [
      `${this.histories} histories from seed ${base}, ${this.calls} calls, ${this.#lines} events, ${hours(this.#simulated)} simulated in ${seconds.toFixed(0)} s`,
      `calls: ${listed(this.#outcomes)}`,
      `faults: ${listed(this.#faults)}`,
    ].join('\n')
  }

  failed({ seed, plan, outcome, shrinks }: Failed, say: (text: string) => void): void {
    say(`seed ${seed} breaks a promise; after ${shrinks} steps of shrinking:`)
    say(JSON.stringify(plan, undefined, 1))
    const broken = outcome.lines.findIndex((line) => line.includes('VIOLATED'))
    say(outcome.lines.slice(Math.max(0, broken - 60), broken + 1).join('\n'))
    for (const { invariant, what, at } of outcome.violations.slice(0, 5))
      say(`${invariant} at ${at} ms: ${what}`)
    say(`the whole history: npm run simulate -- --seed ${seed} --replay`)
  }
}

function addAll(total: Map<string, number>, more: ReadonlyMap<string, number>): void {
  for (const [name, times] of more) total.set(name, (total.get(name) ?? 0) + times)
}

function listed(counts: ReadonlyMap<string, number>): string {
  const sorted = [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1))
  return sorted.map(([name, times]) => `${name} ${times}`).join(', ')
}

function hours(ms: number): string {
  return `${(ms / 3_600_000).toFixed(1)} h`
}
