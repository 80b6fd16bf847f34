import {
  guestool,
  publicUrl,
  webSocketUrl,
  type Contract,
  type GuestoolShape,
  type Requester,
  type Shape,
} from '@guestool/core'
import { Line, LineOwner, type ClientOptions, type Connected } from './line.js'

/** A connection to a host that asks, reconnects by itself, and settles every call exactly once. */
export interface Client<S extends Shape = GuestoolShape> extends Requester<S>, Connected {
  /** What may be asked, and the types of it. */
  readonly contract: Contract<S>
}

/**
 * Connects to a host as a console: `createClient('ws://127.0.0.1:37103/guests/alpha')` asks guest `alpha`. Returns at
 * once; the first call waits for the connection.
 *
 * @throws {TypeError} when the URL is none of a guest at its host, such as that of the host itself; or `token` cannot be
 *   one
 */
export function createClient<S extends Shape = GuestoolShape>(
  url: string | URL,
  options: ClientOptions & { readonly contract?: Contract<S> | undefined } = {},
): Client<S> {
  // Without a contract S is its default.
  const { contract = guestool as Contract as Contract<S> } = options
  const address = webSocketUrl(url)
  // By any other path it would become a guest of the host, or dial in vain.
  const guest = /\/guests\/([\w-][\w.-]{0,63})(\?|$)/.exec(address)?.[1]
  if (guest === undefined) {
    throw new TypeError(
      `"${publicUrl(address)}" is not the URL of a guest; write ws://…/guests/alpha, or createHub for all`,
    )
  }
  return new LineOwner(new Line(address, options), contract, guest)
}
