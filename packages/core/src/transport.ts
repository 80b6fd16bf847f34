/** The least a socket must be. Whatever carries text frames in order can carry GuesTool. */
export interface Transport {
  /** Hands a frame to the socket. Throws when the socket is not open. */
  send(text: string): void
  /** Closes with a WebSocket close code (1000 or 4400–4499 from this SDK's diallers) and a reason for people. */
  close(code: number, reason: string): void
  /** Drops the connection without waiting for the peer. The receiver hears `closed` either way. */
  terminate?(): void
  /** A WebSocket ping, where the platform has one. */
  ping?(): void
  /** Stops reading, so that the peer has to wait; a few frames that were read already may still come. */
  pause?(): void
  /** Reads on. */
  resume?(): void
  /** Bytes that came beside texts: what frames have of their own. Some that came are not read yet. */
  readonly framing?: number
}

/** What a transport tells. Nothing comes before `opened`, nothing after `closed`. */
export interface Receiver {
  opened(): void
  text(text: string): void
  /** A binary frame came; the specification says text only. */
  binary(): void
  /** The answer to a ping. */
  pong(): void
  /** The peer pinged, and was answered already. */
  pinged?(): void
  /** The connection is over, or never came about. */
  closed(code: number, reason: string): void
}

/**
 * Opens a connection. It reports to `receiver`, never before this returns; a failure to connect is `closed`. The token
 * is the one of the option `token`, if there is one.
 */
export type Dial = (receiver: Receiver, token?: string) => Transport
