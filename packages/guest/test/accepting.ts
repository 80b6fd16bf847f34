import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { Peer } from '@guestool/testing'
import { WebSocketServer } from 'ws'

/** A port at which whoever dials is taken in hand. */
export async function accepting(): Promise<{
  readonly url: string
  /** The next one that dials. */
  readonly next: () => Promise<Peer>
  readonly close: () => void
}> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `ws://127.0.0.1:${port}`,
    next: () =>
      new Promise((resolve) => {
        server.once('connection', (socket) => {
          const peer: Peer = new Peer({
            send: (text) => socket.send(text),
            sendBinary: () => socket.send(new Uint8Array(1)),
            close: (code, reason) => socket.close(code, reason),
          })
          socket.on('message', (data: Buffer, isBinary) =>
            isBinary ? peer.binary() : peer.text(data.toString('utf8')),
          )
          socket.on('close', (code, reason) => peer.closed(code, reason.toString('utf8')))
          peer.opened()
          resolve(peer)
        })
      }),
    close() {
      for (const socket of server.clients) socket.terminate()
      server.close()
    },
  }
}
