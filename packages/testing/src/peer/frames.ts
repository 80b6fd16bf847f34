// Frames written and read by hand, without the core's codec and revisions: what tests them must not be made of them.

/** The envelope as it stands on the wire; a hostile peer's `opid` may be anything. */
export interface RawFrame {
  readonly opid: unknown
  readonly opnm: unknown
  readonly opct: unknown
}

/** The text of a frame. */
export function frame(opid: string, opnm: string, opct: unknown): string {
  return JSON.stringify({ opid, opnm, opct })
}

/**
 * Reads the text of a frame.
 *
 * @throws {Error} when it is no JSON object
 */
export function readFrame(text: string): RawFrame {
  const value: unknown = JSON.parse(text)
  if (!isObject(value)) throw new Error(`not a JSON object: ${shown(text)}`)
  const { opid, opnm, opct } = value
  return { opid, opnm, opct }
}

/**
 * The `opid` of a frame.
 *
 * @throws {Error} when it has none
 */
export function opidOf(text: string): string {
  const { opid } = readFrame(text)
  if (typeof opid !== 'string') throw new Error(`no opid: ${shown(text)}`)
  return opid
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A frame as an error may show it. */
export function shown(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}… (${text.length} characters)` : text
}
