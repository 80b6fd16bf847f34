/** The base and cap of a backoff, in milliseconds. */
export interface BackoffOptions {
  readonly base: number
  readonly cap: number
}

/**
 * Milliseconds to wait before the next attempt, after so many that failed. Exponential backoff with full jitter: drawn
 * evenly between 0 and min(cap, base × 2ⁿ).
 *
 * @param random 0 ≤ n < 1
 */
export function backoffDelay({ base, cap }: BackoffOptions, failed: number, random: () => number): number {
  // Past 2^30 the cap has long been reached, and 2 ** 1024 is Infinity × 0 = NaN one day.
  return random() * Math.min(cap, base * 2 ** Math.min(failed, 30))
}
