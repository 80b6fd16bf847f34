// The floor, with all frames of one tick in one write: a note of what that alone is worth.
import { once } from 'node:events'

import { WebSocket } from 'ws'

import { listen } from '../../bare.mjs'
import { answer, asking } from '../../floor.mjs'

/**
 * @param {WebSocket} socket
 * @param {import('node:stream').Duplex} stream below it
 */
function inOneWrite(socket, stream) {
  let corked = false
  const uncork = () => {
    corked = false
    stream.uncork()
  }
  return {
    on: socket.on.bind(socket),
    /** @param {string} text */
    send(text) {
      if (!corked) {
        corked = true
        stream.cork()
        process.nextTick(uncork)
      }
      socket.send(text)
    },
  }
}

/** @type {import('../../variants.mjs').Variant} */
export const oneWrite = {
  async acceptToAnswer() {
    const { server, port } = await listen()
    server.on('connection', (socket, { socket: stream }) => answer(inOneWrite(socket, stream)))
    return port
  },
  async dialToAsk(port) {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false })
    const [[{ socket: stream }]] = await Promise.all([once(socket, 'upgrade'), once(socket, 'open')])
    return asking(inOneWrite(socket, stream))
  },
}
