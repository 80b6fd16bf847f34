// A process with many idle connections: a host's guests, or bare sockets.
import { createHost } from '@guestool/server'

import { listen, textOf } from './bare.mjs'
import { rss } from './rss.mjs'
import { obey } from './worker.mjs'

obey({
  async listen(variant) {
    if (variant === 'sdk') return (await createHost({ connectionsPerAddress: Infinity }).listen(0)).port
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
