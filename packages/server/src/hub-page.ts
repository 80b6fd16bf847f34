import { GuestoolError, guestPattern, limits } from '@guestool/core'

/** What of a page of a list is not its items: the envelope of its reply, with room to spare. */
const envelopeBytes = 1_024

/**
 * The first of some items, as many as a reply may hold: at least one, or nobody would get beyond it.
 *
 * @param limit how many at most, as somebody asked for it
 * @param longest how many at most, whatever was asked for
 * @param maxPayload bytes of a frame
 */
export function pageOf<T>(items: Iterable<T>, limit: number, longest: number, maxPayload: number): T[] {
  const count = Math.min(longest, Math.max(1, Math.floor(limit)))
  const page: T[] = []
  let bytes = envelopeBytes
  for (const item of items) {
    if (page.length === count) break
    bytes += Buffer.byteLength(JSON.stringify(item)) + 1
    if (bytes > maxPayload && page.length > 0) break
    page.push(item)
  }
  return page
}

/** A pattern of guest ids that a console gave. @throws {GuestoolError} `invalid_params` */
export function patternOf(guests: string): (id: string) => boolean {
  try {
    return guestPattern(guests)
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : ''
    throw new GuestoolError('invalid_params', `guests: ${text}`, { cause })
  }
}

/** How much work it is for a hub to look at so many things, as messages count. */
export function workOf(looked: number): number {
  return Math.floor(looked / limits.guestsPerMessage)
}
