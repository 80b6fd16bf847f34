import { pause, type Clock } from './clock.js'
import { isTransient } from './errors.js'

export interface WatchPlan<T> {
  /** Takes one sample; the signal fires when the watch is stopped. */
  readonly sample: (stop: AbortSignal) => Promise<T>
  /** Milliseconds from the start of one sample to the start of the next. */
  readonly every: number
  readonly clock: Clock
  /** The caller's own way to stop. */
  readonly signal: AbortSignal | undefined
  /** A sample failed in a way that may pass: its tick is left out, unless this throws. */
  readonly skipped: (error: unknown) => void
  /** What ends each watch that runs, from outside: this one is among them while it does. */
  readonly watches: Set<(error?: Error) => void>
}

/** A stream of samples; `break`, `return()`, the signal and closing the client end it. */
export type Watch<T> = AsyncGenerator<T, void, undefined>

/** Samples again and again, one at a time. A sample that takes longer than the interval makes the next one late. */
export function watch<T>(plan: WatchPlan<T>): Watch<T> {
  const stop = new AbortController()
  const samples = sampling(plan, stop)
  const endSamples = samples.return.bind(samples)
  const failSamples = samples.throw.bind(samples)
  // A generator's own return() and throw() wait for the sample in flight; whoever stops a watch does not want to.
  samples.return = (value) => {
    stop.abort()
    return endSamples(value)
  }
  samples.throw = (error) => {
    stop.abort()
    return failSamples(error)
  }
  return samples
}

async function* sampling<T>(
  { sample, every, clock, signal, skipped, watches }: WatchPlan<T>,
  stop: AbortController,
): Watch<T> {
  let error: Error | undefined
  const end = (why?: Error): void => {
    error = why
    stop.abort()
  }
  const stopped = (): void => end()
  watches.add(end)
  if (signal?.aborted) end()
  signal?.addEventListener('abort', stopped)
  try {
    let next = clock.now()
    while (!stop.signal.aborted) {
      try {
        const value = await sample(stop.signal)
        if (stop.signal.aborted) break
        yield value
      } catch (failure) {
        if (stop.signal.aborted) break
        if (!isTransient(failure)) throw failure
        skipped(failure)
      }
      const now = clock.now()
      next = Math.max(next + every, now)
      await pause(clock, next - now, stop.signal)
    }
    if (error !== undefined) throw error
  } finally {
    watches.delete(end)
    signal?.removeEventListener('abort', stopped)
  }
}
