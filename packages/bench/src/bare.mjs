import { once } from 'node:events'

import { WebSocket, WebSocketServer } from 'ws'

// Sockets of `ws` with nothing on top.

/** A server on a port of its own. */
export async function listen() {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port')
  return { server, port: address.port }
}

/** @param {number} port */
export async function dial(port, path = '/') {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { perMessageDeflate: false })
  await once(socket, 'open')
  return socket
}

/** @param {import('ws').RawData} data of a text frame */
export function textOf(data) {
  return Buffer.isBuffer(data) ? data.toString() : ''
}
