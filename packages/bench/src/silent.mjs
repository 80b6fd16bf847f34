// Accepts, answers hello as a host does, and nothing after that.
import { listen, textOf } from './bare.mjs'
import { obey } from './worker.mjs'

obey({
  async listen() {
    const { server, port } = await listen()
    server.on('connection', (socket) => {
      socket.on('message', (data) => {
        const text = textOf(data)
        if (text.includes('"/hello"')) socket.send(text)
      })
    })
    return port
  },
})
