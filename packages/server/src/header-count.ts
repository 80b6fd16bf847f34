import type { IncomingMessage } from 'node:http'
import { limits } from '@guestool/core'

/**
 * Whether a request has so many headers that some may be hidden. Node keeps the first thousand and drops the others
 * without a word: somebody who writes as many has the `Origin` of a page, or what a proxy adds about its peer, dropped.
 *
 * @param kept how many the server keeps, its `maxHeadersCount`: null are Node's thousand, 0 are all
 */
export function hidesHeaders({ rawHeaders }: IncomingMessage, kept: number | null): boolean {
  // A name and a value each.
  const count = rawHeaders.length / 2
  return count > limits.headers || (kept !== null && kept > 0 && count >= kept)
}

export const tooManyHeaders = 'too many headers; send fewer'
