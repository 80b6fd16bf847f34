// As its README has it for both directions over a WebSocket. Nothing is checked at either end; a call waits as long as
// it is told to.
import { JSONRPCClient, JSONRPCServer, JSONRPCServerAndClient } from 'json-rpc-2.0'

import { dial, listen, textOf } from '../../bare.mjs'
import { smptime } from '../../payload.mjs'
import { answering, patience } from '../answering.mjs'

/** @param {import('ws').WebSocket} socket */
function serverAndClient(socket) {
  const both = new JSONRPCServerAndClient(
    new JSONRPCServer(),
    new JSONRPCClient((request) => {
      socket.send(JSON.stringify(request))
      return Promise.resolve()
    }),
  )
  socket.on('message', (data) => void both.receiveAndSend(JSON.parse(textOf(data))))
  socket.on('close', () => both.rejectAllPendingRequests('closed'))
  return both
}

/** @type {import('../../variants.mjs').Variant} */
export const jsonRpc2 = {
  async acceptToAnswer(options = {}) {
    const { server, port } = await listen()
    server.on('connection', (socket) => serverAndClient(socket).addMethod('cpu', answering(options)))
    return port
  },
  async dialToAsk(port) {
    const client = serverAndClient(await dial(port)).timeout(patience)
    return async () => client.request('cpu', { smptime })
  },
}
