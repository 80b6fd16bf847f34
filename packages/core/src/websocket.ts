import { exceedsBytes } from './codec.js'
import type { Dial, Receiver, Transport } from './transport.js'

// One adapter for the WebSockets of browsers, Node and `ws`, typed by the least that it uses of them.

interface StandardWebSocket {
  readonly readyState: number
  send(data: string): void
  close(code?: number, reason?: string): void
  addEventListener(type: 'open' | 'error', listener: (event: object) => void): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  addEventListener(
    type: 'close',
    listener: (event: { readonly code: number; readonly reason: string }) => void,
  ): void
}

/** What `ws` has beyond the standard. Its own events are cheaper: no event object for each frame. */
interface NodeWebSocket extends Pick<StandardWebSocket, 'readyState' | 'send' | 'close'> {
  ping(): void
  terminate(): void
  on(event: 'open' | 'pong', listener: () => void): unknown
  on(event: 'message', listener: (data: object, isBinary: boolean) => void): unknown
  on(event: 'close', listener: (code: number, reason: object) => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  on(event: 'upgrade', listener: (response: { readonly socket: Corkable }) => void): unknown
}

/** A WebSocket of a browser, of Node, or of `ws`. */
export type WebSocketLike = StandardWebSocket | NodeWebSocket

export interface WebSocketConstructor {
  new (url: string, protocols: string[], options: object): WebSocketLike
}

/** A Node stream whose writes can be held back, to leave together. */
export interface Corkable {
  cork(): void
  uncork(): void
}

const open = 1
const framesPerWrite = 16

/**
 * Frames sent in one tick leave in one write: the system call is the dearest part of a small frame. At most 16 at a
 * time, because larger batches make the two ends wait for one another in turns.
 */
class WriteBatch {
  readonly #stream: Corkable
  readonly #later: (run: () => void) => void
  readonly #release = (): void => {
    this.#frames = 0
    this.#stream.uncork()
  }
  #frames = 0

  constructor(stream: Corkable, later: (run: () => void) => void) {
    this.#stream = stream
    this.#later = later
  }

  /** To be called before each frame. */
  hold(): void {
    if (this.#frames === 0) {
      this.#stream.cork()
      this.#later(this.#release)
    } else if (this.#frames % framesPerWrite === 0) {
      this.#stream.uncork()
      this.#stream.cork()
    }
    this.#frames++
  }
}

class WebSocketTransport implements Transport {
  readonly #socket: WebSocketLike
  readonly ping?: () => void
  readonly terminate?: () => void
  batch: WriteBatch | undefined

  constructor(socket: WebSocketLike) {
    this.#socket = socket
    if ('ping' in socket) {
      this.ping = () => {
        if (socket.readyState === open) socket.ping()
      }
      this.terminate = () => socket.terminate()
    }
  }

  send(text: string): void {
    // A closing socket takes frames and drops them without a word.
    if (this.#socket.readyState !== open) throw new Error('the WebSocket is not open')
    this.batch?.hold()
    this.#socket.send(text)
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, shortened(reason))
  }
}

/**
 * Wraps a WebSocket that is connecting or open.
 *
 * @param stream the raw socket below a `ws` that is already open; one that is connecting tells it by itself
 */
export function webSocketTransport(socket: WebSocketLike, receiver: Receiver, stream?: Corkable): Transport {
  const transport = new WebSocketTransport(socket)
  const batch = (raw: Corkable): void => {
    const later = globalThis.process?.nextTick
    if (later !== undefined) transport.batch = new WriteBatch(raw, later)
  }
  if (stream !== undefined) batch(stream)
  let problem = ''
  if ('on' in socket) {
    socket.on('upgrade', (response) => batch(response.socket))
    socket.on('open', () => receiver.opened())
    socket.on('message', (data, isBinary) => (isBinary ? receiver.binary() : receiver.text(String(data))))
    socket.on('pong', () => receiver.pong())
    // Always followed by 'close'; without a listener it would be thrown.
    socket.on('error', (error) => (problem = error.message))
    socket.on('close', (code, reason) => receiver.closed(code, String(reason) || problem))
  } else {
    socket.addEventListener('open', () => receiver.opened())
    socket.addEventListener('message', ({ data }) =>
      typeof data === 'string' ? receiver.text(data) : receiver.binary(),
    )
    socket.addEventListener('close', ({ code, reason }) => receiver.closed(code, reason))
  }
  return transport
}

export interface WebSocketDialOptions {
  readonly url: string
  readonly maxPayload: number
}

/** Dials a URL. Options that only Node's `ws` knows are ignored by a browser. */
export function webSocketDial(
  WebSocket: WebSocketConstructor,
  { url, maxPayload }: WebSocketDialOptions,
): Dial {
  return (receiver) =>
    webSocketTransport(new WebSocket(url, [], { maxPayload, perMessageDeflate: false }), receiver)
}

/**
 * A WebSocket URL, checked early: dialling would only fail again and again.
 *
 * @throws {TypeError} when it is no `ws:`, `wss:`, `http:` or `https:` URL
 */
export function webSocketUrl(url: string | { readonly href: string }): string {
  const text = typeof url === 'string' ? url : url.href
  const parsed = /^(ws|http)(s?):\/\/[^/?#\s]+([/?][^#\s]*)?$/i.exec(text)
  if (parsed === null) {
    throw new TypeError(
      `"${text}" is not the URL of a host; write ws://… or wss://…, such as ws://127.0.0.1:37103/guests/alpha`,
    )
  }
  return text.replace(/^http/i, 'ws')
}

/** A URL as an error may show it: without the credentials and the query, which may hold a token. */
export function publicUrl(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//').replace(/\?.*$/, '')
}

// A close frame has room for 123 bytes of reason.
function shortened(reason: string): string {
  let text = reason
  while (exceedsBytes(text, 123)) text = text.slice(0, -1)
  return text
}
