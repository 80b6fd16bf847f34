// A process with many idle connections: a host's guests, or bare sockets.
import { createHost } from '@guestool/server'

import { listen, textOf } from './bare.mjs'
import { rss } from './rss.mjs'
import { obey } from './worker.mjs'

obey({
  async listen(variant) {
    // Without a history, which nobody else keeps: with one it asks each guest five things a minute, and these never answer.
    if (variant === 'sdk')
      return (await createHost({ history: false, connectionsPerAddress: Infinity }).listen(0)).port
    const { server, port } = await listen()
    const sockets = new Map()
    server.on('connection', (socket) => {
      sockets.set(socket, sockets.size)
      socket.on('message', (data) => socket.send(textOf(data)))
    })
    return port
  },
  rss,
})
