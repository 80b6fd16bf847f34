// Guests that said hello, and nothing since.
import { once } from 'node:events'
import { randomUUID } from 'node:crypto'

import { dial } from './bare.mjs'
import { obey } from './worker.mjs'

let count = 0

/** @param {number} port */
async function join(port) {
  const socket = await dial(port, `/join/idle-${count++}`)
  const echo = once(socket, 'message')
  socket.send(`{"opid": "${randomUUID()}", "opnm": "/hello", "opct": {}}`)
  await echo
}

obey({
  async join({ port, guests }) {
    for (let left = guests; left > 0; left -= 50)
      await Promise.all(Array.from({ length: Math.min(left, 50) }, () => join(port)))
  },
})
