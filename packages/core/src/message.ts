/** The envelope of every frame: `{"opid": uuid4, "opnm": operation name, "opct": content}`. */
export interface Message {
  /** A uuid4. A reply has the `opid` of its request; everything else has a fresh one. */
  readonly opid: string
  /** The operation name, a path such as `/info`. */
  readonly opnm: string
  /** The content: any JSON value. */
  readonly opct: unknown
  /** The guest that it is about, read from the operation name; only between a hub and its consoles. */
  readonly guest?: string | undefined
}

/** What a peer says when it refuses a message; its `opid` is that of the refused message. */
export interface Rejection {
  readonly code: string
  readonly error: string
  /** With `expired`: how old the refused reply was, in milliseconds. */
  readonly age_ms?: number
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
