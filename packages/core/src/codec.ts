import { GuestoolError, textOf } from './errors.js'
import { isRecord, type Message } from './message.js'
import { isOpid } from './opid.js'

// The only door where JSON of a frame is made or read.

/** Text that is no message: why, and the `opid` to answer to if one could be found. */
export class Malformed {
  readonly problem: string
  readonly opid: string | undefined
  /** False when the text is not JSON at all. */
  readonly isJson: boolean

  constructor(problem: string, opid: string | undefined, isJson: boolean) {
    this.problem = problem
    this.opid = opid
    this.isJson = isJson
  }
}

/**
 * The text of a frame.
 *
 * @throws {GuestoolError} `failed` when the content is not JSON: a BigInt, a cycle, a `toJSON` that throws.
 */
export function encode(opid: string, opnm: string, opct: unknown): string {
  try {
    // JSON has no word for an undefined content, but the envelope always has all three keys. It is glued together by
    // hand because an opid needs no escapes: 2 % of a call.
    const content = JSON.stringify(opct) ?? 'null'
    return `{"opid":"${opid}","opnm":${JSON.stringify(opnm)},"opct":${content}}`
  } catch (cause) {
    throw new GuestoolError('failed', `the content is not JSON (${textOf(cause)})`, { cause })
  }
}

/** Reads the text of a frame. Never throws; unknown keys of the envelope are ignored. */
export function decode(text: string): Message | Malformed {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    return new Malformed(`not JSON (${textOf(cause)})`, opidAtStart(text), false)
  }
  if (isMessage(value)) return value
  if (!isRecord(value)) return new Malformed('not a JSON object', undefined, true)
  if (!isOpid(value.opid)) return new Malformed('opid is not a uuid4', undefined, true)
  const problem = typeof value.opnm === 'string' ? 'opct is missing' : 'opnm is not a string'
  return new Malformed(problem, value.opid, true)
}

function isMessage(value: unknown): value is Message {
  return isRecord(value) && isOpid(value.opid) && typeof value.opnm === 'string' && value.opct !== undefined
}

const opidFirst = /^\s*\{\s*"opid"\s*:\s*"(.{36})"/

// A Python guest can send a reply with a bare NaN: not JSON, yet it plainly says which request it answers.
function opidAtStart(text: string): string | undefined {
  const opid = opidFirst.exec(text)?.[1]
  return isOpid(opid) ? opid : undefined
}

/**
 * Whether a key `__proto__` stands anywhere in a decoded frame. Such a key is lost without a trace when a schema
 * copies its object, so it is refused rather than mistaken for absent.
 */
export function carriesProtoKey(text: string, message: Message): boolean {
  // Every way to write the key in JSON has its letters or an escape of one of them. Nearly all frames have neither.
  if (!text.includes('__proto__') && !text.includes('\\u00')) return false
  const toVisit: unknown[] = [message.opct]
  while (toVisit.length > 0) {
    const value = toVisit.pop()
    if (Array.isArray(value)) for (const item of value) toVisit.push(item)
    else if (isRecord(value)) {
      for (const key of Object.keys(value)) {
        if (key === '__proto__') return true
        toVisit.push(value[key])
      }
    }
  }
  return false
}

/** Whether a text takes more than `max` bytes as UTF-8. Counts only when it is a close call. */
export function exceedsBytes(text: string, max: number): boolean {
  if (text.length > max) return true
  if (text.length * 3 <= max) return false
  return new TextEncoder().encode(text).length > max
}
