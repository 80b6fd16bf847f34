import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { GuestoolError, limits } from '@guestool/core'
import type { Newcomers } from './crowd.js'
import { pathBelow } from './entrance.js'

/** Where a host can be reached. */
export interface HostAddress {
  readonly port: number
  /** The address that is listened on, as it was given. */
  readonly address: string
  /** Where to dial, which is the option `publicUrl` where there is one: guests at `{url}/join/{id}`, consoles at `{url}/guests/{id}`. */
  readonly url: string
}

/** An HTTP server for a host alone: it upgrades, and tells people who come with a browser what this is. */
export function createHostServer(basePath: string): Server {
  const settings = {
    // A peer that is slow to ask for an upgrade is slow to say hello.
    headersTimeout: limits.helloTimeout,
    requestTimeout: limits.helloTimeout,
    connectionsCheckingInterval: limits.helloTimeout / 2,
    maxHeaderSize: limits.headerBytes,
  }
  return createServer(settings, (request, response) => answerPlainHttp(basePath, request, response))
}

/** Counts the connections of a server among the newcomers, until they are asked to be upgraded. */
export function countConnections(server: Server, newcomers: Newcomers): void {
  function forget(this: Socket): void {
    newcomers.delete(this)
  }
  server.on('connection', (socket) => {
    newcomers.add(socket, () => socket.destroy())
    socket.on('close', forget)
  })
}

/**
 * Listens.
 *
 * @throws {GuestoolError} `failed` when the port cannot be had; `cause` is the system's error
 */
export async function startListening(
  server: Server,
  port: number,
  address: string,
  { basePath, publicUrl }: { readonly basePath: string; readonly publicUrl: string | undefined },
): Promise<HostAddress> {
  await new Promise<void>((resolve, reject) => {
    const failed = (cause: NodeJS.ErrnoException): void => {
      const why = cause.code === 'EADDRINUSE' ? 'it is in use; 0 picks a free one' : cause.message
      reject(new GuestoolError('failed', `cannot listen on port ${port} of ${address}: ${why}`, { cause }))
    }
    server.once('error', failed)
    server.listen(port, address, () => {
      server.off('error', failed)
      resolve()
    })
  })
  const bound = server.address()
  const boundPort = typeof bound === 'object' && bound !== null ? bound.port : port
  const name = address.includes(':') ? `[${address}]` : address
  return { port: boundPort, address, url: publicUrl ?? `ws://${name}:${boundPort}${basePath}` }
}

/** Stops listening and drops what is not a WebSocket; resolves when the port is free. */
export function stopListening(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

function answerPlainHttp(basePath: string, request: IncomingMessage, response: ServerResponse): void {
  const { method, url = '' } = request
  const isVisit = pathBelow(basePath, url) === '/' && (method === 'GET' || method === 'HEAD')
  const text = [
    'This is a GuesTool host. It speaks WebSocket:',
    `guests join at ${basePath}/join/{id}, consoles ask at ${basePath}/guests/{id}.`,
    '',
  ].join('\n')
  response.writeHead(isVisit ? 200 : 426, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    ...(isVisit ? {} : { upgrade: 'websocket', connection: 'upgrade' }),
  })
  response.end(method === 'HEAD' ? undefined : text)
}
