// As its pages on contracts, on the adapter for WebSockets and on the plugins that check requests and responses have it:
// both ends check both. A call waits for ever.
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import { oc } from '@orpc/contract'
import { RequestValidationPlugin, ResponseValidationPlugin } from '@orpc/contract/plugins'
import { implement } from '@orpc/server'
import { RPCHandler } from '@orpc/server/ws'

import { dial, listen } from '../../bare.mjs'
import { smptime } from '../../payload.mjs'
import { paramsSchema, resultSchema } from '../../schemas.mjs'
import { answering } from '../answering.mjs'

const contract = { cpu: oc.input(paramsSchema).output(resultSchema) }

/** @type {import('../../variants.mjs').Variant} */
export const orpc = {
  async acceptToAnswer(options = {}) {
    const { server, port } = await listen()
    const handler = new RPCHandler({ cpu: implement(contract).cpu.handler(answering(options)) })
    server.on('connection', (socket) => void handler.upgrade(socket, { context: {} }))
    return port
  },
  async dialToAsk(port) {
    const link = new RPCLink({
      websocket: /** @type {any} */ (await dial(port)),
      plugins: [new RequestValidationPlugin(contract), new ResponseValidationPlugin(contract)],
    })
    /** @type {import('@orpc/contract').ContractRouterClient<typeof contract>} */
    const client = createORPCClient(link)
    return () => client.cpu({ smptime })
  },
}
