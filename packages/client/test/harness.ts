import { createServer, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { createGuest } from '@guestool/guest'
import { createHost, type Principal, type Visitor } from '@guestool/server'
import type { TestProject } from 'vitest/node'
import { WebSocketServer, type WebSocket } from 'ws'
import { answers } from '../../guest/test/answers.js'
import { bundle } from '../bundle.mjs'
import { contract } from './contract.js'
import { startDoor, type Door } from './door.js'
import { listen } from './listen.js'

// What tests that run in a browser need of the world outside: a real host with a real guest, connections that are
// closed as a test says, and a raw hand on the other end of a WebSocket. Vitest starts it once (globalSetup).

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the harness listens: `127.0.0.1:41234`. */
    harness: string
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const harness = await startHarness()
  project.provide('harness', harness.address)
  return harness.close
}

export async function startHarness(): Promise<{ address: string; close: () => Promise<void> }> {
  const cleanups: (() => unknown)[] = []
  const sockets = new WebSocketServer({ noServer: true })
  const doors = new Map<string, Door>()
  const answer = async ({ url = '', headers }: IncomingMessage): Promise<unknown> => {
    const { pathname, searchParams } = new URL(url, 'http://harness')
    // The page says with its Origin who may connect.
    const origins = searchParams.has('open') ? [headers.origin ?? ''] : []
    if (pathname === '/door/seen') return doors.get(searchParams.get('url') ?? '')?.seen()
    if (pathname === '/door') {
      const door = await startDoor(origins)
      cleanups.push(door.close)
      doors.set(door.given.url, door)
      return door.given
    }
    const host = await startHost(origins, searchParams.getAll('token'))
    cleanups.push(host.close)
    return { url: host.url }
  }
  const server = createServer((request, response) => {
    const cors = { 'access-control-allow-origin': '*' }
    if (request.url === '/client.js') {
      response.writeHead(200, { ...cors, 'content-type': 'text/javascript' })
      void bundle({ file: 'hub', from: 'src' }).then(({ code }) => response.end(code))
      return
    }
    response.writeHead(200, { ...cors, 'content-type': 'application/json' })
    void answer(request).then((content) => response.end(JSON.stringify(content)))
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'ws://harness')
      if (pathname === '/guests/close') closeAsTold(webSocket, searchParams)
      else relay(webSocket, pathname, searchParams.get('id') ?? '')
    }),
  )
  const port = await listen(server)
  return {
    address: `127.0.0.1:${port}`,
    async close() {
      for (const webSocket of sockets.clients) webSocket.terminate()
      for (const clean of cleanups) await clean()
      server.close()
    },
  }
}

/**
 * A host with the guest alpha, which can be told to emit, and to cut every connection but its own. With tokens it takes
 * in consoles and guests beta that bring one of them.
 */
async function startHost(
  origins: readonly string[],
  tokens: readonly string[],
): Promise<{ url: string; close: () => Promise<void> }> {
  const authenticate = ({ role, id, token }: Visitor): Principal | undefined => {
    if (role === 'guest' && id === 'alpha') return { role, id }
    if (token === undefined || !tokens.includes(token)) return undefined
    return role === 'guest' ? { role, id: 'beta' } : { role, actions: true }
  }
  // Not shared: who asks flaky again would wait for the answer that never comes. And nobody asks but the test.
  const options = { origins, contract, share: false, history: false }
  const host = createHost(tokens.length > 0 ? { ...options, authenticate } : options)
  const server = createServer()
  const connections = new Set<Duplex>()
  server.on('connection', (connection: Duplex) => {
    connections.add(connection)
    connection.on('close', () => connections.delete(connection))
  })
  host.attach(server)
  const port = await listen(server)
  const url = `ws://127.0.0.1:${port}`
  let asked = 0
  const guest = createGuest(`${url}/join/alpha`, {
    contract,
    info: { ...answers, flaky: () => (asked++ % 2 === 0 ? new Promise<never>(() => {}) : null) },
    action: {
      'matcher/list': () => ['one'],
      'matcher/info': 'unsupported',
      'matcher/hack': 'unsupported',
      'matcher/remove': 'unsupported',
      emit: ({ bot }) => {
        guest.emit('bot_online', { bot })
        return null
      },
      cut: () => {
        for (const connection of connections) if (!own.has(connection)) connection.destroy()
        return null
      },
    },
  })
  await new Promise<void>((resolve) => host.on('guest', () => resolve()))
  const own = new Set(connections)
  return {
    url,
    async close() {
      await Promise.all([guest.close(), host.close()])
      server.close()
    },
  }
}

/** `/guests/close?code=4409&reason=taken`: opens, hears hello, and closes. */
function closeAsTold(webSocket: WebSocket, query: URLSearchParams): void {
  webSocket.once('message', () => webSocket.close(Number(query.get('code')), query.get('reason') ?? ''))
}

/** What an end in a test's hand hears, and what it may do. */
export type RelayedFrame =
  | { readonly opened: true }
  | { readonly text: string }
  | { readonly binary: true }
  | { readonly close: readonly [code: number, reason: string] }

const held = new Map<string, WebSocket>()

/** Joins who dials `/guests/alpha?id=x` with who waits at `/accept?id=x`: one talks to a plain host, the other is its hands. */
function relay(webSocket: WebSocket, pathname: string, id: string): void {
  if (pathname === '/accept') {
    held.set(id, webSocket)
    webSocket.on('close', () => held.delete(id))
    return
  }
  const hand = held.get(id)
  if (hand === undefined) return webSocket.close(4404, `nobody waits for ${id}`)
  const tell = (frame: RelayedFrame): void => hand.send(JSON.stringify(frame))
  webSocket.on('message', (data: Buffer, isBinary) =>
    tell(isBinary ? { binary: true } : { text: data.toString('utf8') }),
  )
  webSocket.on('close', (code, reason) => tell({ close: [code, reason.toString('utf8')] }))
  hand.on('message', (data: Buffer) => {
    const frame = JSON.parse(data.toString('utf8')) as RelayedFrame
    if ('text' in frame) webSocket.send(frame.text)
    else if ('binary' in frame) webSocket.send(new Uint8Array(1))
    else if ('close' in frame) webSocket.close(...frame.close)
  })
  hand.on('close', () => webSocket.terminate())
  tell({ opened: true })
}
