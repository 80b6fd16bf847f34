import { isGuestId } from '../guest-id.js'

// Through a hub `opnm` is a path, and whom it is about stands before it: `/guests/alpha/info` is `/info` of guest alpha.

const room = '/guests/'

/** An operation name with the guest that it is about before it; undefined is the hub itself. */
export function withAddress(guest: string | undefined, opnm: string): string {
  return guest === undefined ? opnm : `${room}${guest}${opnm}`
}

/** The guest that an operation name is about, and what stays without it; undefined when there is no such id. */
export function readAddress(opnm: string): { guest: string | undefined; opnm: string } | undefined {
  if (!opnm.startsWith(room)) return { guest: undefined, opnm }
  const slash = opnm.indexOf('/', room.length)
  const end = slash < 0 ? opnm.length : slash
  const guest = opnm.slice(room.length, end)
  // On the raw text: nothing is decoded, so nothing can be decoded in two ways.
  return isGuestId(guest) ? { guest, opnm: opnm.slice(end) } : undefined
}
