// Bare `ws`: a text goes there and another comes back, in order. Nobody reads JSON, so no call has a name or an id.
import { dial, listen } from '../../bare.mjs'
import { cpu, smptime } from '../../payload.mjs'

const request = JSON.stringify({ id: 1, method: 'cpu', params: { smptime } })
const reply = JSON.stringify({ id: 1, result: cpu })

/** @type {import('../../variants.mjs').Variant} */
export const echo = {
  async acceptToAnswer({ silent = false } = {}) {
    const { server, port } = await listen()
    server.on('connection', (socket) => {
      socket.on('message', () => {
        if (!silent) socket.send(reply)
      })
    })
    return port
  },
  async dialToAsk(port) {
    const socket = await dial(port)
    /** @type {((data: unknown) => void)[]} */
    let waiting = []
    let answered = 0
    socket.on('message', (data) => {
      waiting[answered++]?.(data)
      if (answered < 1024 && answered < waiting.length) return
      waiting = waiting.slice(answered)
      answered = 0
    })
    return () =>
      new Promise((resolve) => {
        waiting.push(resolve)
        socket.send(request)
      })
  },
}
