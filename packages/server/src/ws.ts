import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http'
import type { Server as SecureServer } from 'node:https'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { limits, webSocketTransport, type Backlog, type Dial, type Receiver } from '@guestool/core'
import { WebSocketServer } from 'ws'
import type { Newcomers } from './crowd.js'
import { isEntrance, type EntranceRequest } from './entrance.js'
import { hidesHeaders, tooManyHeaders } from './header-count.js'

// The only file that knows the library `ws`.

/** What takes the sockets in. */
export interface Gate {
  readonly maxPayload: number
  /** What its paths begin with. */
  readonly basePath: string
  /** What its sockets hold unread. */
  readonly backlog: Backlog
  readonly newcomers: Newcomers
  /** Whether there are so many sockets that a request is not even told so. */
  overflows(request: EntranceRequest): boolean
  /** Why a request must be refused by HTTP 403, or undefined. */
  refusal(request: EntranceRequest): string | undefined
  accept(open: Dial, request: EntranceRequest): void
  report(error: unknown): void
}

/** Upgrades the requests of a server to WebSockets, for a gate. The returned function stops that; open ones stay. */
export function upgradeSockets(server: Server | SecureServer, gate: Gate): () => void {
  const upgrader = new WebSocketServer(serverOptions(gate.maxPayload))
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const url = request.url ?? '/'
    // What else lives on this server keeps its own paths; alone, it is ours to say that there is nothing.
    if (server.listenerCount('upgrade') > 1 && !isEntrance(url, gate.basePath)) return
    const entrance = entranceOf(request)
    gate.newcomers.delete(socket)
    if (hidesHeaders(request, server.maxHeadersCount)) return turnAway(socket, 431, tooManyHeaders)
    if (gate.overflows(entrance)) return void socket.destroy()
    const refusal = gate.refusal(entrance)
    if (refusal !== undefined) return turnAway(socket, 403, refusal)
    try {
      upgrader.handleUpgrade(request, socket, head, (webSocket) => {
        let opened: Receiver | undefined
        gate.accept((receiver) => {
          opened = receiver
          return webSocketTransport(webSocket, receiver, { stream: request.socket, backlog: gate.backlog })
        }, entrance)
        // An accepted WebSocket is open from the start and does not say so.
        opened?.opened()
      })
    } catch (error) {
      // Somebody else upgraded this socket, too.
      gate.report(error)
    }
  }
  server.on('upgrade', upgrade)
  return () => server.off('upgrade', upgrade)
}

// Not written into the call: the types of `ws` do not know `closeTimeout` yet.
function serverOptions(maxPayload: number) {
  return {
    noServer: true,
    // The host keeps its own list, and a small frame costs more to compress than to send.
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload,
    maxFragments: limits.maxFragments,
    maxBufferedChunks: limits.maxPieces * Math.max(1, maxPayload / limits.maxPayload),
    closeTimeout: limits.closeTimeout,
    // A browser that offers subprotocols hangs up unless one is selected. The others may carry a token.
    handleProtocols: (offered: ReadonlySet<string>) => offered.has('guestool') && 'guestool',
  }
}

/** What an HTTP request says of itself. */
export function entranceOf({ url = '/', headers, socket }: IncomingMessage): EntranceRequest {
  return { url, headers, address: addressOf(socket) }
}

/** No address is that of a Unix socket, which is this machine's own; a peer that just left must not pass for one. */
function addressOf({ remoteAddress, localAddress }: Socket): string | undefined {
  return remoteAddress ?? (localAddress === undefined ? undefined : 'unknown')
}

function turnAway(socket: Duplex, status: number, why: string): void {
  const text = `${why}\n`
  socket.on('error', () => socket.destroy())
  socket.once('finish', () => socket.destroy())
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'Connection: close',
      'Content-Type: text/plain; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(text)}`,
      '',
      text,
    ].join('\r\n'),
  )
}
