// The SDK through its public interface. Params and results are checked on the way out and on the way in, at both ends.
import { createClient } from '@guestool/client'
import {
  Acceptor,
  Backlog,
  dispatch,
  guestool,
  SessionResponder,
  systemClock,
  webSocketTransport,
} from '@guestool/core'
import { createGuest } from '@guestool/guest'
import { createHost } from '@guestool/server'

import { listen } from './bare.mjs'
import { cpu, smptime } from './payload.mjs'
import { paramsSchema, resultSchema } from './schemas.mjs'
import { unsupported } from './unsupported.mjs'

// A host asks a guest for its cpu once at a time, and equal questions share an answer. To measure calls, the same is
// asked under a name for which that does not hold.
export const contract = guestool.extend({
  info: {
    load: {
      params: paramsSchema,
      result: resultSchema,
    },
  },
})
const load = () => cpu

/** @type {import('./variants.mjs').Variant} */
export const sdk = {
  // A host hands a client's calls on to a guest, which is two calls. This is one: the host's own parts, which answer.
  async acceptToAnswer() {
    const { server, port } = await listen()
    const answer = dispatch(contract, { info: { load } })
    const backlog = new Backlog()
    server.on('connection', (socket, request) => {
      const transport = webSocketTransport(
        socket,
        {
          opened() {},
          text: (text) => acceptor.text(text),
          binary: () => acceptor.binary(),
          pong: () => acceptor.pong(),
          closed: (code, reason) => acceptor.closed(code, reason),
        },
        { stream: request.socket, backlog },
      )
      const acceptor = new Acceptor(transport, {
        clock: systemClock,
        role: (session) => new SessionResponder(session, { answer }),
        opened() {},
        closed() {},
      })
    })
    return port
  },
  async dialToAsk(port) {
    const client = createClient(`ws://127.0.0.1:${port}/guests/bench`, { contract })
    return () => client.info('load', smptime)
  },
  async acceptToAsk() {
    // Calls are measured: of those that are on their way at once, one would be sent for all.
    const host = createHost({ contract, share: false })
    const { port } = await host.listen(0)
    const ask = new Promise((resolve) => {
      host.on('guest', (guest) => resolve(() => guest.info('load', smptime)))
    })
    return { port, ask }
  },
  async dialToAnswer(port) {
    // Nobody asks for the others.
    const info = { ...unsupported, load }
    createGuest(`ws://127.0.0.1:${port}/join/bench`, { contract, info, action: 'unsupported' })
  },
}
