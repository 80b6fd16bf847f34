import { isTransient, type Client, type GuestoolShape, type HubGuest, type Shape } from '@guestool/client'
import type { CallArguments, CallOptions } from '@guestool/core'
import { useEffect, useState, useSyncExternalStore } from 'react'

/** What became of the questions: the last answer, and why there is no newer one. */
export interface Answer<T> {
  readonly result?: T | undefined
  readonly error?: unknown
}

/**
 * Asks for an info again and again while the page can be seen: `useInfo(client, 'cpu', 0.5, { every: 5_000 })`. `client`
 * and `hub.guest(id)` must stay the same from one render to the next: `useMemo`.
 */
export function useInfo<N extends keyof S['info'] & string, S extends Shape = GuestoolShape>(
  client: Client<S> | HubGuest<S>,
  name: N,
  ...[params, { every = 2_000 } = {}]: CallArguments<S['info'][N]['input'], { readonly every?: number }>
): Answer<S['info'][N]['result']> {
  const visible = useSyncExternalStore(onVisibility, () => document.visibilityState === 'visible')
  // Params are mostly made anew at each render.
  const question = JSON.stringify([name, params])
  const [answer, setAnswer] = useState<
    Answer<S['info'][N]['result']> & { client: unknown; question: string }
  >()
  const current = answer?.client === client && answer.question === question ? answer : undefined

  useEffect(() => {
    if (!visible) return undefined
    const stop = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const ask = async (): Promise<void> => {
      const next = performance.now() + every
      // The same params in front of other options.
      const call = [params, { signal: stop.signal }] as CallArguments<S['info'][N]['input'], CallOptions>
      try {
        const result = await client.info(name, ...call)
        setAnswer({ client, question, result })
      } catch (error) {
        if (stop.signal.aborted) return
        setAnswer((last) => {
          const same = last?.client === client && last.question === question
          return { client, question, result: same ? last.result : undefined, error }
        })
        // What this guest does not have, it will not have in two seconds.
        if (!isTransient(error)) return
      }
      if (!stop.signal.aborted) timer = setTimeout(() => void ask(), next - performance.now())
    }
    void ask()
    return () => {
      stop.abort()
      clearTimeout(timer)
    }
    // `question` has name and params.
  }, [client, question, every, visible])

  return current ?? {}
}

function onVisibility(changed: () => void): () => void {
  document.addEventListener('visibilitychange', changed)
  return () => document.removeEventListener('visibilitychange', changed)
}
