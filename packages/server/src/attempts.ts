import { limits, type Clock } from '@guestool/core'
import { networkOf } from './peer-address.js'

/** The failed attempts of each address to get in, so that nobody guesses for long. */
export class Attempts {
  readonly #clock: Clock
  /** The one that failed least recently is the first. */
  readonly #failures = new Map<string, Failures>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Whether somebody of this address may try, or has failed too often. */
  allows(address: string | undefined): boolean {
    return this.#count(networkOf(address)) <= limits.failedAttempts - 1
  }

  failed(address: string | undefined): void {
    const network = networkOf(address)
    const count = this.#count(network) + 1
    this.#failures.delete(network)
    this.#failures.set(network, { count, at: this.#clock.now() })
    if (this.#failures.size <= limits.failedAddresses) return
    for (const longestAgo of this.#failures.keys()) return void this.#failures.delete(longestAgo)
  }

  /** What is not forgotten yet. */
  #count(network: string): number {
    const { count, at } = this.#failures.get(network) ?? { count: 0, at: 0 }
    return Math.max(0, count - (this.#clock.now() - at) / limits.failedAttemptForgotten)
  }
}

interface Failures {
  readonly count: number
  readonly at: number
}
