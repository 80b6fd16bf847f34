import { exceedsBytes } from './codec.js'
import type { Receiver, Transport } from './transport.js'
import type { WebSocketConstructor, WebSocketDialOptions } from './websocket.js'
import type { WebSocketLike } from './websocket-node.js'

// The WebSocket of browsers, typed by the least that is used of it. `#websocket` (package.json) is this in a browser,
// and websocket-node.ts elsewhere.

export interface StandardWebSocket {
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

const open = 1

export class StandardTransport implements Transport {
  readonly #socket: Pick<StandardWebSocket, 'readyState' | 'send' | 'close'>

  constructor(socket: Pick<StandardWebSocket, 'readyState' | 'send' | 'close'>) {
    this.#socket = socket
  }

  get isOpen(): boolean {
    return this.#socket.readyState === open
  }

  send(text: string): void {
    // A closing socket takes frames and drops them without a word.
    if (!this.isOpen) throw new Error('the WebSocket is not open')
    this.#socket.send(text)
  }

  close(code: number, reason: string): void {
    let text = reason
    // A close frame has room for 123 bytes of reason.
    while (exceedsBytes(text, 123)) text = text.slice(0, -1)
    this.#socket.close(code, text)
  }
}

/**
 * Begins to connect. A page can set no header, and the browser sends no password of a URL: either token is offered as a
 * subprotocol, of which the host selects the other.
 */
export function openWebSocket(
  WebSocket: WebSocketConstructor,
  { url }: Pick<WebSocketDialOptions, 'url'>,
  token?: string,
): WebSocketLike {
  const address = new URL(url)
  const secret = token ?? decodeURIComponent(address.password || address.username)
  // Or the browser's own messages show it.
  address.username = address.password = ''
  return new WebSocket(address.href, secret === '' ? [] : ['guestool', `bearer.${base64url(secret)}`])
}

function base64url(text: string): string {
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** Wraps a WebSocket that is connecting or open. */
export function webSocketTransport(socket: StandardWebSocket, receiver: Receiver): Transport {
  // A page is not told whether nobody was there or somebody said 403.
  let unsaid = 'perhaps this page is not among the host\'s "origins"'
  socket.addEventListener('open', () => {
    unsaid = ''
    receiver.opened()
  })
  socket.addEventListener('message', ({ data }) =>
    typeof data === 'string' ? receiver.text(data) : receiver.binary(),
  )
  socket.addEventListener('close', ({ code, reason }) => receiver.closed(code, reason || unsaid))
  return new StandardTransport(socket)
}
