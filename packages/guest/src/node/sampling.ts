import { setTimeout } from 'node:timers/promises'

/** Percent to one decimal, as psutil rounds it; 0 of nothing is 0. */
export function percent(part: number, whole: number): number {
  return whole > 0 ? Math.round((part / whole) * 1000) / 10 : 0
}

/** Waits; when the signal fires it rejects at once with `signal.reason`, and no timer is left. */
export async function wait(seconds: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  try {
    await setTimeout(seconds * 1000, undefined, { signal })
  } catch (error) {
    // Node rejects with an AbortError of its own.
    signal.throwIfAborted()
    throw error
  }
}

/**
 * Waits for work that others may share or that nothing can stop: the signal ends this wait, with
 * `signal.reason`, and leaves the work alone.
 */
export function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
    work.finally(() => signal.removeEventListener('abort', stop)).then(resolve, reject)
  })
}

/** Asks for a fact that does not change once, and again only when that failed. Callers at the same time share. */
export function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined
  return () => {
    answer ??= ask().catch((error: unknown) => {
      answer = undefined
      throw error
    })
    return answer
  }
}

/**
 * Takes readings one at a time, and so far apart that each is a fresh one: the library answers counters from a cache
 * for half a second. A caller gets a reading that began after it asked; callers at the same time share one.
 */
export function paced<T>(read: () => Promise<T>, gap = 0.55): (signal: AbortSignal) => Promise<T> {
  let reading: Promise<T> | undefined
  let [began, free] = [-1, 0]
  return async (signal) => {
    const asked = performance.now()
    while (reading === undefined || began < asked) {
      const now = performance.now()
      if (now >= free) {
        ;[began, free] = [now, Infinity]
        reading = read().finally(() => (free = performance.now() + gap * 1000))
      } else if (free < Infinity) await wait((free - now) / 1000, signal)
      else await abortable(Promise.allSettled([reading]), signal)
    }
    return abortable(reading, signal)
  }
}
