/** The base and cap of a backoff, in milliseconds. */
export interface BackoffOptions {
  readonly base: number
  readonly cap: number
}

/** Exponential backoff with full jitter: each delay is drawn evenly between 0 and min(cap, base × 2ⁿ). */
export class Backoff {
  readonly #options: BackoffOptions
  readonly #random: () => number
  #attempts = 0

  constructor(options: BackoffOptions, random: () => number) {
    this.#options = options
    this.#random = random
  }

  /** Milliseconds to wait before the next attempt. */
  next(): number {
    const { base, cap } = this.#options
    // Past 2^30 the cap has long been reached, and 2 ** 1024 is Infinity × 0 = NaN one day.
    const ceiling = Math.min(cap, base * 2 ** Math.min(this.#attempts, 30))
    this.#attempts++
    return this.#random() * ceiling
  }

  reset(): void {
    this.#attempts = 0
  }
}
