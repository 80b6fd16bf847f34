// As its page on acknowledgements has it, over WebSockets alone. Nothing is checked at either end.
import { createServer } from 'node:http'
import { once } from 'node:events'

import { Server } from 'socket.io'
import { io } from 'socket.io-client'

import { smptime } from '../../payload.mjs'
import { answering, patience } from '../answering.mjs'

/** @type {import('../../variants.mjs').Variant} */
export const socketIo = {
  async acceptToAnswer(options = {}) {
    const server = createServer()
    const answer = answering(options)
    new Server(server, { transports: ['websocket'] }).on('connection', (socket) => {
      socket.on('cpu', async (_params, acknowledge) => acknowledge(await answer()))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    if (typeof address !== 'object' || address === null) throw new Error('the server has no port')
    return address.port
  },
  async dialToAsk(port) {
    // A process with many of them would otherwise share one connection.
    const socket = io(`http://127.0.0.1:${port}`, { transports: ['websocket'], forceNew: true })
    await new Promise((resolve) => socket.once('connect', () => resolve(undefined)))
    return () => socket.timeout(patience).emitWithAck('cpu', { smptime })
  },
}
