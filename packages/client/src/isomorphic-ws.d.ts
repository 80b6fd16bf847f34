// The least of isomorphic-ws that this package uses, so that neither Node's nor the DOM's types come in with it.
// tsconfig.json maps the module to this file; no public type may name anything of it.

export interface SocketOptions {
  headers?: Record<string, string>
  maxPayload?: number
  perMessageDeflate?: boolean
  handshakeTimeout?: number
}

export interface SocketEvents {
  open: { readonly type: string }
  message: { readonly data: unknown }
  close: { readonly code: number; readonly reason: string; readonly wasClean: boolean }
  error: { readonly message?: string; readonly error?: unknown }
}

export default class WebSocket {
  constructor(url: string, protocols?: string | string[], options?: SocketOptions)
  readonly readyState: number
  readonly bufferedAmount: number
  binaryType: string
  send(data: string): void
  close(code?: number, reason?: string): void
  addEventListener<K extends keyof SocketEvents>(type: K, listener: (event: SocketEvents[K]) => void): void
  removeEventListener<K extends keyof SocketEvents>(type: K, listener: (event: SocketEvents[K]) => void): void
  /** Node only. */
  terminate?(): void
  /** Node only. */
  ping?(data?: string): void
  /** Node only. */
  on?(type: string, listener: (...args: unknown[]) => void): unknown
}
