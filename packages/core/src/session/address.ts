import { isGuestId } from '../guest-id.js'

// Through a hub `opnm` is a path, and whom it is about stands before it: `/guests/alpha/info` is `/info` of guest alpha.

/** How a session says and reads whom its messages are about. */
export interface Addresses {
  /** An operation name with the guest that it is about before it; undefined is the hub itself. */
  write(guest: string | undefined, opnm: string): string
  /** The guest that an operation name is about, and what stays without it; undefined when there is no such id. */
  read(opnm: string): { guest: string | undefined; opnm: string } | undefined
}

const room = '/guests/'

/** Between a hub and its consoles. A session about one guest carries none of this. */
export const guestAddresses: Addresses = {
  write: (guest, opnm) => (guest === undefined ? opnm : `${room}${guest}${opnm}`),
  read(opnm) {
    if (!opnm.startsWith(room)) return { guest: undefined, opnm }
    const slash = opnm.indexOf('/', room.length)
    const end = slash < 0 ? opnm.length : slash
    const guest = opnm.slice(room.length, end)
    // On the raw text: nothing is decoded, so nothing can be decoded in two ways.
    return isGuestId(guest) ? { guest, opnm: opnm.slice(end) } : undefined
  },
}
