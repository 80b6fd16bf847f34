import type { Hub } from '@guestool/client'
import { isGuestId, webSocketUrl } from '@guestool/core'
import { Problem } from './failure.js'
import { hint } from './hint.js'
import { printable } from './text.js'
import { thisMachine } from './this-machine.js'

/**
 * The guest that is meant: the one that is named, else the only one that is there, else this machine.
 *
 * @param named on the command line, or by the URL
 * @throws {Problem} when the name cannot be one, or it is not clear which one
 */
export async function chooseGuest(hub: Pick<Hub, 'guests'>, named: string | undefined): Promise<string> {
  if (named !== undefined) return guestId(named)
  const guests = (await hub.guests()).filter(({ state }) => state !== 'gone')
  const [only] = guests
  if (only === undefined)
    throw new Problem('guestAway', `No guest is there. Add one with: ${hint('add NAME')}`)
  if (guests.length === 1) return only.id
  const own = thisMachine()
  if (guests.some(({ id }) => id === own)) return own
  const ids = guests.slice(0, 8).map(({ id }) => printable(id))
  const more = guests.length > ids.length ? `, … (${guests.length} in all)` : ''
  throw new Problem('usage', `there are several guests: choose one with --guest: ${ids.join(', ')}${more}`)
}

/** @throws {Problem} when a text cannot be the id of a guest */
export function guestId(text: string): string {
  if (isGuestId(text)) return text
  const rule = '1 to 64 letters, digits, "_", "-" and "." (not first)'
  throw new Problem('usage', `"${text.slice(0, 64)}" is not the id of a guest; that is ${rule}`)
}

/** A place below a host: `/guests/alpha`, `/join/alpha`. */
export function below(host: string, path: string): string {
  const url = new URL(webSocketUrl(host))
  url.pathname = url.pathname.replace(/(\/guests)?\/*$/, '') + path
  return url.href
}
