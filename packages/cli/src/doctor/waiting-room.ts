import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { limits, systemClock, textOf, webSocketTransport } from '@guestool/core'
import { WebSocketServer, type WebSocket } from 'ws'
import { Problem } from '../failure.js'
import { Wire } from './wire.js'

/** Where guests dial the doctor. One is seen at a time. */
export class WaitingRoom {
  readonly port: number
  readonly #server: WebSocketServer
  readonly #wires: Wire[] = []
  #wake: () => void = () => undefined

  private constructor(server: WebSocketServer, port: number) {
    this.#server = server
    this.port = port
    server.on('connection', (socket) => {
      this.#wires.push(wireOver(socket))
      this.#wake()
    })
  }

  /** @throws {Problem} when it cannot listen there */
  static async open(port: number, address: string): Promise<WaitingRoom> {
    const server = new WebSocketServer({
      port,
      host: address,
      maxPayload: limits.maxPayload,
      perMessageDeflate: false,
      // A web page that somebody looks at meanwhile is no guest.
      verifyClient: ({ req }: { req: IncomingMessage }) => req.headers.origin === undefined,
      handleProtocols: (offered) => (offered.has('guestool') ? 'guestool' : false),
    })
    try {
      await once(server, 'listening')
    } catch (cause) {
      throw new Problem('failed', `the doctor cannot listen on ${address}:${port}: ${textOf(cause)}`, {
        cause,
      })
    }
    return new WaitingRoom(server, (server.address() as AddressInfo).port)
  }

  /** The next guest that dials and has not gone again, or undefined when none does in time. */
  async next(ms: number, signal?: AbortSignal): Promise<Wire | undefined> {
    const found = (): Wire | undefined => {
      while (this.#wires[0]?.over !== undefined) this.#wires.shift()
      return this.#wires.shift()
    }
    const waiting = found()
    if (waiting !== undefined || signal?.aborted === true) return waiting
    return new Promise((resolve) => {
      const done = (wire: Wire | undefined): void => {
        this.#wake = () => undefined
        signal?.removeEventListener('abort', stop)
        cancel()
        resolve(wire)
      }
      const stop = (): void => done(undefined)
      const cancel = systemClock.setTimer(stop, ms)
      signal?.addEventListener('abort', stop)
      this.#wake = () => {
        const wire = found()
        if (wire !== undefined) done(wire)
      }
    })
  }

  /** Sends everybody home. */
  async close(): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

function wireOver(socket: WebSocket): Wire {
  const transport: { current?: ReturnType<typeof webSocketTransport> } = {}
  const wire = new Wire(
    {
      send: (text) => transport.current?.send(text),
      sendBinary: () => socket.send(Buffer.from([0])),
      ping: () => transport.current?.ping?.(),
      close: (code, reason) => transport.current?.close(code, reason),
    },
    systemClock,
  )
  transport.current = webSocketTransport(socket, wire)
  return wire
}
