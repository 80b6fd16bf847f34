import type { ConnectionState, GuestRecord, Hub, Shape } from '@guestool/client'
import { useEffect, useState, useSyncExternalStore } from 'react'

/** All guests of a hub as they come and go, and how the connection to it is: `useGuests(hub)`. */
export function useGuests<S extends Shape>(
  hub: Hub<S>,
): { readonly guests: readonly GuestRecord[]; readonly state: ConnectionState } {
  const [guests, setGuests] = useState<readonly GuestRecord[]>([])
  const state = useSyncExternalStore(
    (changed) => hub.on('state', changed),
    () => hub.state,
  )

  useEffect(() => {
    // A host may have been started anew: each connection begins with a list.
    if (state !== 'open') return undefined
    let mounted = true
    let listing = false
    let again = false
    /** One list at a time, however many come and go. */
    const list = async (): Promise<void> => {
      again = true
      if (listing) return
      listing = true
      while (again) {
        again = false
        // The connection broke: the next one lists.
        const found = await hub.guests().catch(() => undefined)
        if (!mounted) return
        if (found !== undefined) setGuests(found)
      }
      listing = false
    }
    const listen = (['guest_joined', 'guest_left', 'guest_state'] as const).map((event) =>
      hub.onEvent(event, list),
    )
    void list()
    return () => {
      mounted = false
      for (const stop of listen) stop()
    }
  }, [hub, state])

  return { guests, state }
}
