// One source sends events to who hands each to many: in the SDK, a guest to a host, and that to its consoles.
import { createServer } from 'node:http'
import { once } from 'node:events'

import { createHub } from '@guestool/client'
import { guestool } from '@guestool/core'
import { createGuest } from '@guestool/guest'
import { createHost } from '@guestool/server'
import { Server } from 'socket.io'
import { io } from 'socket.io-client'

import { dial, listen, textOf } from '../bare.mjs'
import { cpu } from '../payload.mjs'
import { resultSchema } from '../schemas.mjs'
import { unsupported } from '../unsupported.mjs'

/**
 * @typedef {object} FanOut
 * @property {() => Promise<number>} accept resolves with the port
 * @property {(port: number, consoles: number, heard: () => void) => Promise<() => void>} dial connects the source and
 *   so many consoles, each of which calls `heard` for an event; resolves with what sends one
 */

/** The same text to all sockets, and read as JSON there. @type {FanOut} */
const bare = {
  async accept() {
    const { server, port } = await listen()
    server.on('connection', (socket, { url }) => {
      if (url !== '/source') return
      socket.on('message', (data) => {
        const text = textOf(data)
        for (const other of server.clients) if (other !== socket) other.send(text)
      })
    })
    return port
  },
  async dial(port, consoles, heard) {
    for (let i = 0; i < consoles; i++) {
      const socket = await dial(port)
      socket.on('message', (data) => {
        if (JSON.parse(textOf(data)).event === 'sample') heard()
      })
    }
    const source = await dial(port, '/source')
    return () => source.send(JSON.stringify({ event: 'sample', data: cpu }))
  },
}

/** @type {FanOut} */
const socketIo = {
  async accept() {
    const server = createServer()
    const all = new Server(server, { transports: ['websocket'] })
    all.on('connection', (socket) => {
      socket.on('source', (data) => socket.broadcast.emit('sample', data))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    if (typeof address !== 'object' || address === null) throw new Error('the server has no port')
    return address.port
  },
  async dial(port, consoles, heard) {
    const connect = async () => {
      const socket = io(`http://127.0.0.1:${port}`, { transports: ['websocket'], forceNew: true })
      await new Promise((resolve) => socket.once('connect', () => resolve(undefined)))
      return socket
    }
    for (let i = 0; i < consoles; i++) (await connect()).on('sample', heard)
    const source = await connect()
    return () => source.emit('source', cpu)
  },
}

const contract = guestool.extend({ event: { sample: resultSchema } })

/** Checked by the guest and by each console. @type {FanOut} */
const sdk = {
  async accept() {
    // A guest that sends as fast as it can would be slowed, and what is asked for a history is no event.
    const host = createHost({ contract, messagesPerSecond: Infinity, history: false })
    return (await host.listen(0)).port
  },
  async dial(port, consoles, heard) {
    const guest = createGuest(`ws://127.0.0.1:${port}/join/source`, {
      contract,
      info: unsupported,
      action: 'unsupported',
    })
    for (let i = 0; i < consoles; i++) {
      const hub = createHub(`ws://127.0.0.1:${port}`, { contract })
      hub.fleet.onEvent('sample', heard)
      // What it subscribes to was sent before this.
      await hub.guests()
    }
    return () => void guest.emit('sample', cpu)
  },
}

export const fanOuts = { ws: bare, sdk, 'socket.io': socketIo }

/** @typedef {keyof typeof fanOuts} FanOutName */
