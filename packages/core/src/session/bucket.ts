import type { Clock } from '../clock.js'

/**
 * A token bucket: so many at once, so many a second after that. The function takes one token; false when there is none.
 */
export function tokenBucket(clock: Clock, burst: number, perSecond: number): () => boolean {
  let tokens = burst
  let filledAt = clock.now()
  return () => {
    const now = clock.now()
    tokens = Math.min(burst, tokens + ((now - filledAt) / 1000) * perSecond)
    filledAt = now
    if (tokens < 1) return false
    tokens--
    return true
  }
}
