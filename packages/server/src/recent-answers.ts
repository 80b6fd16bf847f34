import { limits, type CancelTimer, type Clock } from '@guestool/core'

/** An answer that came a moment ago, and the consoles that had it. */
interface Recent {
  readonly answer: unknown
  readonly at: number
  readonly askers: Set<object>
}

/** What one guest answered a moment ago, for consoles that have not had it: each gets an answer once. */
export class RecentAnswers {
  readonly #clock: Clock
  /** The oldest is the first. */
  readonly #answers = new Map<string, Recent>()
  #cancelTimer: CancelTimer | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Keeps an answer for others than these. */
  keep(key: string, answer: unknown, askers: Set<object>): void {
    // Taken out first, for the order.
    this.#answers.delete(key)
    this.#answers.set(key, { answer, at: this.#clock.now(), askers })
    const [oldest] = this.#answers.keys()
    if (this.#answers.size > limits.recentAnswers && oldest !== undefined) this.#answers.delete(oldest)
    this.#cancelTimer ??= this.#clock.setTimer(() => this.#forgetOld(), limits.sampleFresh)
  }

  /** An answer that this console has not had, which has it now. Whoever had it asks because it wants another. */
  take(key: string, asker: object): { readonly answer: unknown } | undefined {
    const recent = this.#answers.get(key)
    if (recent === undefined || this.#freshFor(recent) <= 0 || recent.askers.has(asker)) return undefined
    recent.askers.add(asker)
    return recent
  }

  forget(): void {
    this.#answers.clear()
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
  }

  #freshFor({ at }: Recent): number {
    return limits.sampleFresh - (this.#clock.now() - at)
  }

  /** What nobody may have any more is not kept: those of a whole fleet are many, and may be large. */
  #forgetOld(): void {
    this.#cancelTimer = undefined
    for (const [key, recent] of this.#answers) {
      const left = this.#freshFor(recent)
      if (left > 0) {
        this.#cancelTimer = this.#clock.setTimer(() => this.#forgetOld(), Math.ceil(left))
        return
      }
      this.#answers.delete(key)
    }
  }
}
