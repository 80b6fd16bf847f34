// The floor: the least that a call over a WebSocket can be. Bare `ws`, `JSON`, and a `Map` with integer ids. Nothing is
// checked, nothing expires, and nothing survives a lost connection.
import { once } from 'node:events'

import { dial, listen, textOf } from './bare.mjs'
import { cpu, smptime } from './payload.mjs'

/** @typedef {Pick<import('ws').WebSocket, 'on'> & { send(text: string): void }} Socket */

/** @param {Socket} socket */
export function answer(socket) {
  socket.on('message', (data) => {
    const { id, method } = JSON.parse(textOf(data))
    if (method === 'cpu') socket.send(JSON.stringify({ id, result: cpu }))
  })
}

/**
 * @param {Socket} socket
 * @returns {import('./variants.mjs').Ask}
 */
export function asking(socket) {
  /** @type {Map<number, (result: unknown) => void>} */
  const pending = new Map()
  let nextId = 0
  socket.on('message', (data) => {
    const { id, result } = JSON.parse(textOf(data))
    const resolve = pending.get(id)
    if (resolve === undefined) return
    pending.delete(id)
    resolve(result)
  })
  return () =>
    new Promise((resolve) => {
      const id = ++nextId
      pending.set(id, resolve)
      socket.send(JSON.stringify({ id, method: 'cpu', params: { smptime } }))
    })
}

/** @type {import('./variants.mjs').Variant} */
export const floor = {
  async acceptToAnswer() {
    const { server, port } = await listen()
    server.on('connection', answer)
    return port
  },
  dialToAsk: async (port) => asking(await dial(port)),
  async acceptToAsk() {
    const { server, port } = await listen()
    return { port, ask: once(server, 'connection').then(([socket]) => asking(socket)) }
  },
  dialToAnswer: async (port) => answer(await dial(port)),
}
