import {
  guestool,
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
 * @throws {TypeError} when the URL is no `ws:`, `wss:`, `http:` or `https:` URL, or `token` cannot be one
 */
export function createClient<S extends Shape = GuestoolShape>(
  url: string | URL,
  options: ClientOptions & { readonly contract?: Contract<S> | undefined } = {},
): Client<S> {
  // Without a contract S is its default.
  const { contract = guestool as Contract as Contract<S> } = options
  const address = webSocketUrl(url)
  const guest = /\/guests\/([^/?]+)/.exec(address)?.[1]
  return new LineOwner(new Line(address, options), contract, guest)
}
