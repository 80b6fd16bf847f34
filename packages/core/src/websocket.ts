import { openWebSocket, webSocketTransport } from '#websocket'
import type { Dial } from './transport.js'
import type { WebSocketLike } from './websocket-node.js'

export interface WebSocketConstructor {
  new (url: string, protocols: string[], options?: object): WebSocketLike
}

export interface WebSocketDialOptions {
  readonly url: string
  readonly maxPayload: number
}

/** Dials a URL, with the token that the platform's way to send it allows. */
export function webSocketDial(WebSocket: WebSocketConstructor, options: WebSocketDialOptions): Dial {
  return (receiver, token) => webSocketTransport(openWebSocket(WebSocket, options, token), receiver)
}

/**
 * A WebSocket URL, checked early: dialling would only fail again and again.
 *
 * @throws {TypeError} when it is no `ws:`, `wss:`, `http:` or `https:` URL
 */
export function webSocketUrl(url: string | { readonly href: string }): string {
  const text = typeof url === 'string' ? url : url.href
  if (!/^(ws|http)s?:\/\/[^/?#\s][^#\s]*$/i.test(text) || !parses(text)) {
    throw new TypeError(
      `"${publicUrl(text)}" is not the URL of a host; write ws://… or wss://…, such as ws://127.0.0.1:37103/guests/alpha`,
    )
  }
  return text.replace(/^http/i, 'ws')
}

/** A URL as an error may show it, or what should be one: without credentials and query, which may hold a token. */
export function publicUrl(url: string): string {
  return url.replace(/^([^/?#@]*:\/\/)?[^/?#]*@/, '$1').replace(/\?.*$/s, '')
}

// What a WebSocket's constructor throws for a port of 99999 shows all of the URL.
function parses(url: string): boolean {
  try {
    return new URL(url).host !== ''
  } catch {
    return false
  }
}
