// As its pages on WebSockets and on validators have it. The server checks the input and the output; the client nothing,
// and a call waits for ever.
import { createTRPCClient, createWSClient, wsLink } from '@trpc/client'
import { initTRPC } from '@trpc/server'
import { applyWSSHandler } from '@trpc/server/adapters/ws'
import { WebSocket } from 'ws'

import { listen } from '../../bare.mjs'
import { smptime } from '../../payload.mjs'
import { paramsSchema, resultSchema } from '../../schemas.mjs'
import { answering } from '../answering.mjs'

const trpcServer = initTRPC.create()

/** @param {{ silent?: boolean }} options */
const routerOf = (options) =>
  trpcServer.router({
    cpu: trpcServer.procedure.input(paramsSchema).output(resultSchema).query(answering(options)),
  })

/** @type {import('../../variants.mjs').Variant} */
export const trpc = {
  async acceptToAnswer(options = {}) {
    const { server, port } = await listen()
    applyWSSHandler({ wss: server, router: routerOf(options) })
    return port
  },
  async dialToAsk(port) {
    const client = createWSClient({
      url: `ws://127.0.0.1:${port}`,
      // Node 20 has none of its own.
      WebSocket: /** @type {typeof globalThis.WebSocket} */ (/** @type {unknown} */ (WebSocket)),
    })
    /** @type {import('@trpc/client').TRPCClient<ReturnType<typeof routerOf>>} */
    const proxy = createTRPCClient({ links: [wsLink({ client })] })
    return () => proxy.cpu.query({ smptime })
  },
}
