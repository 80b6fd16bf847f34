import type { GuestRecord } from '@guestool/client'
import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { hashOf } from '../../app/route.js'
import { useSession } from '../../app/session.js'
import { useCell } from '../../app/cell.js'

export function FleetView(): VNode {
  const { hub, state } = useSession()
  const open = useCell(state) === 'open'
  const [guests, setGuests] = useState<GuestRecord[]>([])
  useEffect(() => {
    if (open) hub.guests().then(setGuests, () => undefined)
  }, [open])
  return (
    <ul>
      {guests.map(({ id, state: how }) => (
        <li key={id}>
          <a href={hashOf({ view: 'guest', id })}>{id}</a> {how}
        </li>
      ))}
    </ul>
  )
}
