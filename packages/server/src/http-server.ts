import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { Socket } from 'node:net'
import { GuestoolError, limits } from '@guestool/core'
import type { Newcomers } from './crowd.js'
import { isEntrance, pathBelow } from './entrance.js'
import { hidesHeaders, tooManyHeaders } from './header-count.js'

/** Where a host can be reached. */
export interface HostAddress {
  readonly port: number
  /** The address that is listened on, as it was given. */
  readonly address: string
  /** Where to dial, which is the option `publicUrl` where there is one: guests at `{url}/join/{id}`, consoles at `{url}/guests/{id}`. */
  readonly url: string
}

/** Answers a plain request: the option `page`. */
export type Page = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>

/** What plain HTTP gets of a host. */
export interface PlainHttp {
  readonly basePath: string
  readonly page: Page | undefined
  /** Why somebody may not see the page, in a sentence, or undefined. */
  readonly pageRefusal: (request: IncomingMessage) => string | undefined
  readonly report: (error: unknown) => void
}

/** An HTTP server for a host alone: it upgrades, and has a page for people who come with a browser. */
export function createHostServer(plain: PlainHttp): Server {
  const settings = {
    // A peer that is slow to ask for an upgrade is slow to say hello.
    headersTimeout: limits.helloTimeout,
    requestTimeout: limits.helloTimeout,
    connectionsCheckingInterval: limits.helloTimeout / 2,
    maxHeaderSize: limits.headerBytes,
  }
  return createServer(settings, (request, response) => void answerPlainHttp(plain, request, response))
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

async function answerPlainHttp(
  { basePath, page, pageRefusal, report }: PlainHttp,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (hidesHeaders(request, null)) return say(response, 431, `${tooManyHeaders}\n`)
  const { method, url = '' } = request
  const path = pathBelow(basePath, url)
  const reads = method === 'GET' || method === 'HEAD'
  if (page === undefined || !reads || path === undefined || isEntrance(url, basePath)) {
    const isVisit = reads && path === '/'
    const headers = isVisit ? {} : { upgrade: 'websocket', connection: 'upgrade' }
    return say(response, isVisit ? 200 : 426, whatThisIs(basePath), headers)
  }
  const refusal = pageRefusal(request)
  if (refusal !== undefined) return say(response, 403, `${refusal}\n`)
  try {
    await page(request, response)
  } catch (error) {
    report(error)
    // Half of an answer must not pass for a whole one.
    if (response.headersSent) response.destroy()
    else say(response, 500, "this host's page failed; its error event says why\n")
  }
}

function whatThisIs(basePath: string): string {
  return [
    'This is a GuesTool host. It speaks WebSocket:',
    `guests join at ${basePath}/join/{id}, consoles ask at ${basePath}/guests/{id}.`,
    '',
  ].join('\n')
}

function say(
  response: ServerResponse,
  status: number,
  text: string,
  headers: OutgoingHttpHeaders = {},
): void {
  for (const name of response.getHeaderNames()) response.removeHeader(name)
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    ...headers,
  })
  // Of an answer to HEAD, Node leaves the text out.
  response.end(text)
}
