/** Why a connection was closed: the WebSocket close codes of the protocol. */
export const closeCode = {
  /** Done; do not dial again. */
  normal: 1000,
  /** The host is shutting down or the page is left. */
  goingAway: 1001,
  /** The connection was lost: no close frame came. Never sent. */
  lost: 1006,
  /** A frame was over `maxPayload`. */
  tooLarge: 1009,
  /** The peer failed. */
  failed: 1011,
  /** The peer is restarting. */
  restarting: 1012,
  /** A slow reader was shed. */
  overloaded: 1013,
  /** Malformed traffic, or a first frame that is no hello. */
  malformed: 4400,
  /** Not authenticated: no token, or one that is wrong or over. */
  unauthenticated: 4401,
  /** Authenticated, but not allowed here. */
  forbidden: 4403,
  /** No such path. */
  notFound: 4404,
  /** No hello in time. */
  helloTimeout: 4408,
  /** Another live guest holds this id. */
  taken: 4409,
  /** Too many connections or attempts. */
  tooMany: 4429,
} as const

/**
 * Whether a dialler tries again after a close: `yes`, `no`, or `once` (4401: a fresh token may help, the same one
 * never does). Codes that the table does not know are treated as a loss.
 */
export function dialsAgain(code: number): 'yes' | 'no' | 'once' {
  switch (code) {
    case closeCode.normal:
    case closeCode.forbidden:
    case closeCode.notFound:
    case closeCode.taken:
      return 'no'
    case closeCode.unauthenticated:
      return 'once'
    default:
      return 'yes'
  }
}

/** Whether a close says that the peer refused us or what we sent, so that asking the same again is no use. */
export function refusesRetry(code: number): boolean {
  return code === closeCode.tooLarge || (code >= 4400 && code < 4500)
}
