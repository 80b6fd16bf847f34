// As its README has it for WebSockets. Nothing is checked at either end; a call waits a minute, which is its default.
import { createBirpc } from 'birpc'

import { dial, listen, textOf } from '../../bare.mjs'
import { smptime } from '../../payload.mjs'
import { answering } from '../answering.mjs'

/**
 * @param {import('ws').WebSocket} socket
 * @returns {import('birpc').ChannelOptions}
 */
const channel = (socket) => ({
  post: (data) => socket.send(data),
  on: (receive) => void socket.on('message', receive),
  serialize: (value) => JSON.stringify(value),
  deserialize: (data) => JSON.parse(textOf(data)),
})

/** @type {import('../../variants.mjs').Variant} */
export const birpc = {
  async acceptToAnswer(options = {}) {
    const { server, port } = await listen()
    const functions = { cpu: answering(options) }
    server.on('connection', (socket) => void createBirpc(functions, channel(socket)))
    return port
  },
  async dialToAsk(port) {
    /** @type {import('birpc').BirpcReturn<{ cpu(params: { smptime: number }): unknown }>} */
    const rpc = createBirpc({}, channel(await dial(port)))
    return () => rpc.cpu({ smptime })
  },
}
