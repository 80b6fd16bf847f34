import { useEffect, useState } from 'preact/hooks'
import { isMissing } from '../../app/missing.js'
import { everyWhileVisible } from '../../app/visibility.js'

/** The last of what was asked again and again. */
export interface Asked<T> {
  /** The last result, also when a later question failed. */
  readonly value: T | undefined
  /** Unix seconds: when the result was asked for, and when it came */
  readonly times: readonly [asked: number, came: number]
  /** Why the last question failed; undefined when it did not. */
  readonly error: unknown
}

const nothing: Asked<never> = { value: undefined, times: [0, 0], error: undefined }

/** Milliseconds after a failure, so that a guest in trouble is not asked all the time. */
const calmer = 10_000

export interface AskPlan<T> {
  readonly ask: (signal: AbortSignal) => Promise<T>
  /** Milliseconds from an answer to the next question. */
  readonly every: number
  /** False asks nothing, and keeps what is known. */
  readonly active: boolean
  /** Asks anew, also what the guest did not have, when one of them changes. */
  readonly of: readonly unknown[]
  /** Hears how each question ended, before the view is drawn. */
  readonly heard?: (asked: Asked<T>) => void
}

/**
 * Asks at once, and then again and again while the page is visible, one question at a time. What the other side does not
 * have is asked once.
 */
export function useInfo<T>({ ask, every, active, of, heard }: AskPlan<T>): Asked<T> {
  const [asked, setAsked] = useState<Asked<T>>(nothing)
  useEffect(() => {
    if (!active) return undefined
    let last = asked
    let notBefore = 0
    return everyWhileVisible(every, async (signal) => {
      const start = Date.now()
      if (start < notBefore) return
      let next: Asked<T>
      try {
        const value = await ask(signal)
        next = { value, times: [start / 1000, Date.now() / 1000], error: undefined }
      } catch (error) {
        next = { ...last, error }
        notBefore = isMissing(error) ? Infinity : Date.now() + calmer
      }
      if (signal.aborted) return
      last = next
      heard?.(next)
      setAsked(next)
    })
    // oxlint-disable-next-line react/exhaustive-deps
  }, [active, every, ...of])
  return asked
}
