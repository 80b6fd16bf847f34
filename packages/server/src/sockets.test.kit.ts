import { once } from 'node:events'
import { get, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import { newOpid, type GuestoolShape } from '@guestool/core'
import { frame } from '@guestool/testing'
import { WebSocket, type ClientOptions } from 'ws'
import { createHost, type GuestConnection, type Host, type HostOptions } from './index.js'

/** What is undone after each test, the last first. */
export const cleanups: (() => unknown)[] = []

/** To be called after each test. */
export async function cleanUp(): Promise<void> {
  for (const clean of cleanups.splice(0).toReversed()) await clean()
}

/** A host on a port of its own. */
export async function listening(options?: HostOptions) {
  const host = createHost({ history: false, ...options })
  cleanups.push(() => host.close())
  const errors: unknown[] = []
  host.on('error', (error) => errors.push(error))
  const { url, port } = await host.listen(0)
  return { host, url, port, errors }
}

/** A WebSocket and everything that came over it. */
export function dial(url: string, options: ClientOptions & { protocols?: string[] } = {}) {
  const { protocols = [], ...others } = options
  const socket = new WebSocket(url, protocols, others)
  cleanups.push(() => socket.terminate())
  const texts: string[] = []
  const waiting: ((text: string) => void)[] = []
  socket.on('message', (data: Buffer) => {
    const text = data.toString('utf8')
    const taker = waiting.shift()
    if (taker === undefined) texts.push(text)
    else taker(text)
  })
  let status: number | undefined
  socket.on('unexpected-response', (_, response) => {
    status = response.statusCode
    socket.terminate()
  })
  socket.on('error', () => undefined)
  const closed = new Promise<{ code: number; reason: string; status: number | undefined }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: String(reason), status }))
  })
  const opened = new Promise<void>((resolve) => socket.on('open', () => resolve()))
  const next = (): Promise<string> => {
    const text = texts.shift()
    return text === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(text)
  }
  return { socket, texts, next, opened, closed }
}

/** A guest or a console that said hello and was answered. */
export async function join(url: string, revision: 1 | 2 = 2) {
  const line = dial(url)
  await line.opened
  const hello = frame(newOpid(), revision === 1 ? '/hello' : '/greet/hello', {})
  line.socket.send(hello)
  await line.next()
  return line
}

/** The next guest of a host. */
export function joined(host: Host): Promise<GuestConnection<GuestoolShape>> {
  return new Promise((resolve) => {
    const stop = host.on('guest', (guest) => {
      stop()
      resolve(guest)
    })
  })
}

/** The answer to a plain HTTP request. */
export async function page(
  port: number,
  path: string,
  method = 'GET',
  headers: OutgoingHttpHeaders = {},
): Promise<{ response: IncomingMessage; text: string }> {
  const request = get({ host: '127.0.0.1', port, path, method, headers, agent: false })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  let text = ''
  for await (const chunk of response) text += String(chunk)
  return { response, text }
}
