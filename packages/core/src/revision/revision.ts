import type { OperationKind } from '../contract/operation.js'
import type { WireCode } from '../errors.js'
import type { Message, Rejection } from '../message.js'

/** Operation name and content: what a message holds beside its `opid`. */
export interface Wire {
  readonly opnm: string
  readonly opct: unknown
}

/** A request as its message says it; the params are not checked yet. */
export interface Request {
  readonly kind: OperationKind
  readonly name: string
  readonly params: unknown
}

/** An event as its message says it; the data is not checked yet. */
export interface Event {
  readonly name: string
  readonly data: unknown
}

/**
 * How one revision of the protocol writes and reads what both mean alike: as much of it as a session and a requester
 * need. Everything above this interface is the same for both.
 */
export interface AskingRevision {
  readonly number: 1 | 2
  /** The operation name of the first frame. */
  readonly hello: string
  /** The operation name of the last frame; revision 1 has none. */
  readonly bye: string | undefined
  request(kind: OperationKind, name: string, params: object): Wire
  rejection(rejection: Rejection): Wire
  readEvent(message: Message): Event | undefined
  readRejection(message: Message): Rejection | undefined
}

/** All of a revision. A client has no use for what a responder says, so it does not carry it. */
export interface Revision extends AskingRevision {
  /** The operation name of a reply. */
  reply(kind: OperationKind): string
  /** The answer to a request that failed. */
  failure(kind: OperationKind, code: WireCode, error: string): Wire
  event(name: string, data: unknown): Wire
  /** The request in a message, or undefined when it is none. */
  readRequest(message: Message): Request | undefined
}

/** A rejection's content as a peer sent it: nothing of it is certain but that it is a rejection. */
export function readRejectionContent(content: Record<string, unknown>): Rejection {
  return {
    code: typeof content.code === 'string' ? content.code : 'failed',
    error: typeof content.error === 'string' ? content.error : 'rejected without a reason',
    ...(typeof content.age_ms === 'number' ? { age_ms: content.age_ms } : {}),
  }
}
