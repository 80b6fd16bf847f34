// As its README has it for Node. Nothing is checked at either end, and a call waits for ever.
import { newWebSocketRpcSession, RpcTarget } from 'capnweb'
import { WebSocket } from 'ws'

import { dial, listen } from '../../bare.mjs'
import { smptime } from '../../payload.mjs'
import { answering } from '../answering.mjs'

// It looks at the constants of the global one, which Node 20 does not have.
globalThis.WebSocket ??= /** @type {typeof globalThis.WebSocket} */ (/** @type {unknown} */ (WebSocket))

/** @param {{ silent?: boolean }} options */
function targetOf(options) {
  const answer = answering(options)
  return class extends RpcTarget {
    cpu() {
      return answer()
    }
  }
}

/** @type {import('../../variants.mjs').Variant} */
export const capnweb = {
  async acceptToAnswer(options = {}) {
    const { server, port } = await listen()
    const Target = targetOf(options)
    server.on(
      'connection',
      (socket) => void newWebSocketRpcSession(/** @type {any} */ (socket), new Target()),
    )
    return port
  },
  async dialToAsk(port) {
    /** @type {any} */
    const session = newWebSocketRpcSession(/** @type {any} */ (await dial(port)))
    // A result is sent once somebody awaits it.
    return async () => await session.cpu({ smptime })
  },
}
