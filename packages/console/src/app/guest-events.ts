import type { Hub } from '@guestool/client'

/** Hears of each guest that joins, leaves or changes its state. Returns what stops listening. */
export function onGuestEvent(hub: Hub, heard: (event: { readonly id: string }) => void): () => void {
  const stops = [
    hub.onEvent('guest_joined', heard),
    hub.onEvent('guest_left', heard),
    hub.onEvent('guest_state', heard),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}
