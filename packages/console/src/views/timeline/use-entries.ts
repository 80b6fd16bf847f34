import { useEffect, useRef, useState } from 'preact/hooks'
import { useCell } from '../../app/cell.js'
import { onGuestEvent } from '../../app/guest-events.js'
import { useSession } from '../../app/session.js'
import { everyWhileVisible } from '../../app/visibility.js'
import { keyOf, merged, mostEntries, pageBefore, type Entry } from './entries.js'

/** Entries in a page. */
const limit = 100
/** How many pages are read at most to reach what is known, after a while of not looking. */
const mostPages = 5
/** Attempts that were refused make no event: milliseconds. */
const every = 15_000

/** Milliseconds that events are gathered for. */
const settled = 200

export interface Entries {
  readonly entries: readonly Entry[]
  /** Whether anything was answered yet. */
  readonly isKnown: boolean
  readonly error: unknown
  /** Whether there is nothing older, or no room for it. */
  readonly end: 'none_older' | 'full' | undefined
  readonly isLoading: boolean
  readonly older: () => void
}

/** What happened to guests that fit a pattern, the newest first, and what happens from now on. */
export function useEntries(guests: string): Entries {
  const { hub, state } = useSession()
  const isOpen = useCell(state) === 'open'
  const known = useRef<readonly Entry[]>([])
  const [{ entries, isKnown, error }, setShown] = useState({
    entries: known.current,
    isKnown: false,
    error: undefined as unknown,
  })
  const [isLoading, setLoading] = useState(false)
  const [isOldest, setOldest] = useState(false)
  const [changes, setChanges] = useState(0)

  const page = async (before: number | undefined, signal?: AbortSignal): Promise<Entry[]> =>
    hub.info(
      'timeline',
      { guests, limit, ...(before === undefined ? {} : { before }) },
      signal === undefined ? {} : { signal },
    )
  const add = (more: readonly Entry[]): void => {
    known.current = merged(known.current, more)
    setShown({ entries: known.current, isKnown: true, error: undefined })
  }
  const fail = (reason: unknown): void =>
    setShown({ entries: known.current, isKnown: known.current.length > 0, error: reason })

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    // Of many guests that come at once it is asked for together.
    const heard = (): void => {
      timer ??= setTimeout(() => {
        timer = undefined
        setChanges((count) => count + 1)
      }, settled)
    }
    const stop = onGuestEvent(hub, heard)
    return () => {
      clearTimeout(timer)
      stop()
    }
  }, [hub])

  useEffect(() => {
    if (!isOpen) return undefined
    return everyWhileVisible(every, async (signal) => {
      try {
        const before = new Set(known.current.map(keyOf))
        let newest: readonly Entry[] = []
        for (let pages = 0; pages < mostPages; pages++) {
          const more = await page(pageBefore(newest, limit), signal)
          newest = merged(newest, more)
          if (before.size === 0) setOldest(more.length < limit)
          if (before.size === 0 || more.length < limit || more.some((entry) => before.has(keyOf(entry))))
            break
        }
        add(newest)
      } catch (reason) {
        if (!signal.aborted) fail(reason)
      }
    })
  }, [hub, guests, isOpen, changes])

  const readOlder = async (): Promise<void> => {
    setLoading(true)
    try {
      const more = await page(pageBefore(known.current, limit))
      const had = known.current.length
      add(more)
      if (more.length < limit || known.current.length === had) setOldest(true)
    } catch (reason) {
      fail(reason)
    }
    setLoading(false)
  }
  const older = (): void => {
    if (!isLoading) void readOlder()
  }
  const end = entries.length >= mostEntries ? 'full' : isOldest ? 'none_older' : undefined
  return { entries, isKnown, error, end, isLoading, older }
}
