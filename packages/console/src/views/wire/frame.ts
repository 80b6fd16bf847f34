/** What a frame is, to whoever looks at it. */
type FrameKind = 'request' | 'reply' | 'rejection' | 'event' | 'greeting' | 'unreadable' | 'opened' | 'closed'

/** Something that passed, as it may be shown. */
export interface Frame {
  /** A running number, from 1. */
  readonly n: number
  /** Unix milliseconds, to fractions of one. */
  readonly time: number
  /** Seen from this console. */
  readonly direction: 'sent' | 'received'
  readonly kind: FrameKind
  /** The guest that it is about; undefined is the hub itself. */
  readonly guest: string | undefined
  /** `info cpu`, `event guest_joined`, `hello`; empty where it cannot be told. */
  readonly operation: string
  readonly opid: string | undefined
  /** Without tokens; of a close, its reason. */
  readonly text: string
  /** A code of the protocol, or what this page found out: `late`, `duplicate`, `stray`, `unreadable`, `closed`. */
  readonly problem: string | undefined
  /** What was said about the problem, in somebody else's words. */
  readonly says: string
  /** What it answers. */
  readonly request: Frame | undefined
  /** Its first answer. */
  reply?: Frame
  /** The connection closed before there was an answer. */
  lost?: boolean
}

/** A message expires after a minute (the protocol). */
const lifetime = 60_000

/** What became of a request. */
export function outcomeOf(
  request: Frame,
  now: number,
): 'waiting' | 'answered' | 'failed' | 'lost' | 'expired' {
  const { reply } = request
  if (reply !== undefined) return reply.problem === undefined ? 'answered' : 'failed'
  if (request.lost === true) return 'lost'
  return now - request.time < lifetime ? 'waiting' : 'expired'
}

/** Milliseconds from a request to its answer, asked of either. */
export function latencyOf({ time, request, reply }: Frame): number | undefined {
  if (request !== undefined) return time - request.time
  return reply === undefined ? undefined : reply.time - time
}

/** Whether something is wrong with it. */
export function isProblem(frame: Frame, now: number): boolean {
  if (frame.problem !== undefined) return true
  if (frame.kind !== 'request') return false
  return ['failed', 'lost', 'expired'].includes(outcomeOf(frame, now))
}

export { lifetime }
