import { exceedsBytes } from '../codec.js'
import * as limits from '../limits.js'
import type { Session } from './session.js'

/** How an acceptor answers a hello: byte for byte, the public Python guest compares strings. */
export function echoHello(session: Pick<Session, 'sendText'>, hello: string): void {
  if (exceedsBytes(hello, limits.helloBytes)) return
  try {
    session.sendText(hello)
  } catch {
    // The end of the connection is reported by `closed`, once, to everyone who waits.
  }
}
