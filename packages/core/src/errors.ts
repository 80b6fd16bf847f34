import type { Moment } from './clock.js'

// Every code. With `true` such a failure may pass by itself, so that asking again later makes sense.

const wire = {
  expired: true,
  unknown_opid: false,
  malformed: false,
  unknown_operation: false,
  invalid_params: false,
  unsupported: false,
  too_large: false,
  failed: true,
  busy: true,
  forbidden: false,
  gone: true,
  unresponsive: true,
}

const codes = {
  ...wire,
  timeout: true,
  aborted: false,
  invalid_result: true,
  connection_lost: true,
  connect_timeout: true,
  refused: false,
  closed: false,
}

/** A code that a peer can send. */
export type WireCode = keyof typeof wire

/** Codes that travel in rejections and error replies. */
export const wireCodes: readonly WireCode[] = /* @__PURE__ */ Object.keys(wire).filter(isWireCode)

/**
 * Every way in which an operation can fail.
 *
 * From the peer or the protocol: the {@link WireCode}s. From this side:
 * - `timeout`: the caller's own `timeout` passed (a minute without an answer is `expired`)
 * - `aborted`: the caller's `signal` fired; `cause` is its reason
 * - `invalid_result`: the reply does not fit the contract; `raw` is what came
 * - `connection_lost`: the connection broke under the call; `outcome` says whether it was ever sent
 * - `connect_timeout`: no connection came about within `connectTimeout`
 * - `refused`: the peer closed the connection and dialling again cannot help; `closeCode` says why
 * - `closed`: this side was closed
 */
export type ErrorCode = keyof typeof codes

/** What an error can know beside its code. */
export interface ErrorDetails {
  /** The operation it happened to, `info cpu` for one. */
  operation?: string | undefined
  /** The guest it happened at, where there is more than one to confuse it with. */
  guest?: string | undefined
  /** With `connection_lost`: `never_sent`, or `unknown` when the peer may have acted on it. */
  outcome?: 'never_sent' | 'unknown' | undefined
  /** With `invalid_result`: what came instead. */
  raw?: unknown
  /** With `connection_lost` and `refused`: the WebSocket close code. */
  closeCode?: number | undefined
  /** True when the peer said it, false when this side found out. */
  remote?: boolean | undefined
  cause?: unknown
}

/** What an error says. Anything can be thrown: also what is no error, and what cannot be made a text. */
export function textOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error)
  } catch {
    return 'an error that cannot be shown'
  }
}

/** The one error class of the SDK. `code` is a literal: a `switch` over it can be exhaustive. */
export class GuestoolError extends Error {
  override readonly name = 'GuestoolError'
  readonly code: ErrorCode
  readonly operation: string | undefined
  readonly guest: string | undefined
  readonly outcome: 'never_sent' | 'unknown' | undefined
  readonly raw: unknown
  readonly closeCode: number | undefined
  readonly remote: boolean

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    const at = details.guest === undefined ? '' : ` (guest ${details.guest})`
    const what = details.operation === undefined ? '' : `${details.operation}${at}: `
    super(what + message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.operation = details.operation
    this.guest = details.guest
    this.outcome = details.outcome
    this.raw = details.raw
    this.closeCode = details.closeCode
    this.remote = details.remote ?? false
  }
}

// By the name as well as by the class: two copies of this package may meet in one bundle.
export function isGuestoolError(error: unknown): error is GuestoolError {
  return (
    error instanceof GuestoolError ||
    (error instanceof Error && error.name === 'GuestoolError' && 'code' in error)
  )
}

export function isWireCode(code: unknown): code is WireCode {
  return typeof code === 'string' && Object.hasOwn(wire, code)
}

/**
 * Whether a failure may pass by itself, so that asking again later makes sense. `watch` skips a tick over these and
 * throws the others.
 */
export function isTransient(error: unknown): boolean {
  return isGuestoolError(error) && codes[error.code]
}

/**
 * Why a call failed, before it is an error. An error is built from it where the caller awaits, so that its stack
 * holds the caller's line, and a call that succeeds pays nothing for stacks.
 */
export class Failure {
  readonly code: ErrorCode
  readonly text: string
  readonly details: ErrorDetails | undefined
  /** With `connection_lost`: when the request was sent, if it was. */
  readonly sent: Moment | undefined

  constructor(code: ErrorCode, text: string, details?: ErrorDetails, sent?: Moment) {
    this.code = code
    this.text = text
    this.details = details
    this.sent = sent
  }

  toError(operation: string | undefined, guest: string | undefined): GuestoolError {
    return new GuestoolError(this.code, this.text, { ...this.details, operation, guest })
  }
}
