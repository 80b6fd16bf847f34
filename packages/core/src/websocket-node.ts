import type { Backlog, Reader } from './backlog.js'
import { closeCode } from './close-code.js'
import * as limits from './limits.js'
import type { Receiver, Transport } from './transport.js'
import {
  StandardTransport,
  webSocketTransport as standardTransport,
  type StandardWebSocket,
} from './websocket-standard.js'
import type { WebSocketConstructor, WebSocketDialOptions } from './websocket.js'

// The WebSockets of `ws`, and of runtimes that have the standard one only.

/** A Buffer: bytes that say themselves as UTF-8. */
interface Bytes {
  readonly length: number
  toString(encoding: 'utf8'): string
}

/** What `ws` has beyond the standard. Its own events are cheaper: no event object for each frame. */
interface NodeWebSocket extends Pick<StandardWebSocket, 'readyState' | 'send' | 'close'> {
  ping(): void
  terminate(): void
  pause(): void
  resume(): void
  on(event: 'open' | 'ping' | 'pong', listener: () => void): unknown
  on(event: 'message', listener: (data: Bytes, isBinary: boolean) => void): unknown
  on(event: 'close', listener: (code: number, reason: Bytes) => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  on(event: 'upgrade', listener: (response: { readonly socket: Corkable }) => void): unknown
}

/** A WebSocket of a browser, of Node, or of `ws`. */
export type WebSocketLike = StandardWebSocket | NodeWebSocket

/** A Node stream whose writes can be held back, to leave together. */
export interface Corkable {
  /** Bytes that wait to be written. */
  readonly writableLength: number
  /** Bytes that came. */
  readonly bytesRead?: number
  cork(): void
  uncork(): void
}

const framesPerWrite = 32

/**
 * Frames sent in one tick leave in one write: the system call is the dearest part of a small frame. At most 32 at a
 * time: with all of them in one write the two ends wait for one another in turns.
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

/** What is below a WebSocket that was accepted, and what its host knows of all of them. */
export interface Accepted {
  readonly stream: Corkable
  readonly backlog: Backlog
}

class NodeTransport extends StandardTransport implements Reader {
  readonly #socket: NodeWebSocket
  readonly #accepted: Accepted | undefined
  #batch: WriteBatch | undefined
  noted = 0
  /** Bytes of the messages that came. */
  content = 0

  constructor(socket: NodeWebSocket, accepted: Accepted | undefined) {
    super(socket)
    this.#socket = socket
    this.#accepted = accepted
    if (accepted !== undefined) this.batch(accepted.stream)
  }

  /** Frames of one tick share a write to this stream from now on. */
  batch(stream: Corkable): void {
    const later = globalThis.process?.nextTick
    if (later !== undefined) this.#batch = new WriteBatch(stream, later)
  }

  get unread(): number {
    return this.#accepted?.stream.writableLength ?? 0
  }

  get framing(): number {
    return Math.max(0, (this.#accepted?.stream.bytesRead ?? 0) - this.content)
  }

  override send(text: string): void {
    if (this.isOpen) this.#batch?.hold()
    super.send(text)
    if (this.#accepted === undefined) return
    // A peer that makes us say more than it reads is given up. A closing socket takes no more frames.
    if (this.unread > limits.queuedBytes)
      this.close(closeCode.overloaded, 'this peer does not read what it is sent')
    this.#accepted.backlog.sent(this)
  }

  /** The socket is closed. */
  gone(): void {
    this.#accepted?.backlog.forget(this)
  }

  ping(): void {
    if (this.isOpen) this.#socket.ping()
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  terminate(): void {
    this.#socket.terminate()
  }
}

/** Begins to connect. The header of a token wins over the user and password of the URL, which `ws` sends by itself. */
export function openWebSocket(
  WebSocket: WebSocketConstructor,
  { url, maxPayload }: WebSocketDialOptions,
  token: string | undefined,
): WebSocketLike {
  return new WebSocket(url, [], {
    maxPayload,
    perMessageDeflate: false,
    closeTimeout: limits.closeTimeout,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  })
}

/**
 * Wraps a WebSocket that is connecting or open.
 *
 * @param accepted of a `ws` that was accepted; one that dials tells its stream by itself
 */
export function webSocketTransport(
  socket: WebSocketLike,
  receiver: Receiver,
  accepted?: Accepted,
): Transport {
  if (!('on' in socket)) return standardTransport(socket, receiver)
  const transport = new NodeTransport(socket, accepted)
  let problem = ''
  let tooLarge = false
  // One that was accepted is open. Idle ones are many, and these two listeners are 0.3 KiB of each.
  if (accepted === undefined) {
    socket.on('upgrade', (response) => transport.batch(response.socket))
    socket.on('open', () => receiver.opened())
  } else {
    socket.on('ping', () => receiver.pinged?.())
  }
  socket.on('message', (data, isBinary) => {
    transport.content += data.length
    if (isBinary) receiver.binary()
    else receiver.text(data.toString('utf8'))
  })
  socket.on('pong', () => receiver.pong())
  // Always followed by 'close'; without a listener it would be thrown.
  socket.on('error', (error) => {
    problem = error.message
    tooLarge = 'code' in error && error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH'
  })
  // `ws` closes with 1009 when the peer's frame is over the limit, and reports 1006 to its own side.
  socket.on('close', (code, reason) => {
    transport.gone()
    receiver.closed(tooLarge ? closeCode.tooLarge : code, reason.toString('utf8') || problem)
  })
  return transport
}
