import { decode, encode, Malformed } from './codec.js'
import { isRecord } from './message.js'
import { guestAddresses } from './session/address.js'
import type { Passed } from './tap.js'

// A recording is lines of JSON, one for each thing that passed between a host and its guests, as the host saw it:
// {"t": milliseconds, "dir": "host>guest" | "guest>host", "text": the frame}. Where there is more than one guest,
// "guest" is its id. Whoever reads one skips all other lines.

/** A frame between a host and a guest. */
export interface RecordedFrame {
  /** Milliseconds since the recording began. */
  readonly t: number
  readonly dir: 'host>guest' | 'guest>host'
  /** The id of the guest, where a recording has many. */
  readonly guest?: string
  readonly text: string
}

/**
 * What passed over the connection of a console, as a line (without its end) of a recording. What a console says about
 * a guest the host says to that guest; what it says to the hub itself, greetings among it, is kept for people:
 * `"dir": "console>hub"`.
 *
 * @param t milliseconds since the recording began
 * @param guest the one that the whole connection is about, as that of a `createClient` is; a hub's says it in each frame
 */
export function recordingLine(t: number, passed: Passed, guest?: string): string {
  const at = Math.round(t * 10) / 10
  if (passed.what === 'closed')
    return JSON.stringify({ t: at, event: 'close', code: passed.code, reason: passed.reason })
  if (!('text' in passed))
    return JSON.stringify({ t: at, event: passed.what === 'opened' ? 'connect' : 'binary' })
  const { what, text } = passed
  const about = aboutGuest(text, guest)
  if (about === undefined)
    return JSON.stringify({ t: at, dir: what === 'sent' ? 'console>hub' : 'hub>console', text })
  return JSON.stringify({ t: at, dir: what === 'sent' ? 'host>guest' : 'guest>host', ...about })
}

/**
 * The frames of a recording.
 *
 * @throws {TypeError} when a line is not JSON, or it has no frame of a guest
 */
export function readRecording(text: string): RecordedFrame[] {
  const frames = text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return []
    const row = parse(line)
    if (!isRecord(row))
      throw new TypeError(`line ${index + 1} is no line of a recording: it is not a JSON object`)
    return frameIn(row) ?? []
  })
  if (frames.length > 0) return frames
  throw new TypeError(
    'a recording without a frame of a guest; lines are {"t": 0, "dir": "host>guest", "text": "…"}',
  )
}

function frameIn({ t, dir, guest, text }: Record<string, unknown>): RecordedFrame | undefined {
  if (typeof t !== 'number' || typeof text !== 'string') return undefined
  if (dir !== 'host>guest' && dir !== 'guest>host') return undefined
  return { t, dir, text, ...(typeof guest === 'string' ? { guest } : {}) }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

const greeting = /^\/(greet\/)?(hello|bye)$/

/** The guest that a frame of a console is about, and the frame as that guest has it; undefined when it is about none. */
function aboutGuest(text: string, guest: string | undefined): { guest: string; text: string } | undefined {
  const message = decode(text)
  if (message instanceof Malformed) return guest === undefined ? undefined : { guest, text }
  if (greeting.test(message.opnm)) return undefined
  if (guest !== undefined) return { guest, text }
  const address = guestAddresses.read(message.opnm)
  if (address?.guest === undefined) return undefined
  const before = JSON.stringify(message.opnm).slice(1, -1)
  const start = `{"opid":"${message.opid}","opnm":"`
  // The content stays as it came, to the letter. Only a hub of somebody else's writes the envelope in another way.
  const bare = text.startsWith(start + before)
    ? start + JSON.stringify(address.opnm).slice(1, -1) + text.slice(start.length + before.length)
    : encode(message.opid, address.opnm, message.opct)
  return { guest: address.guest, text: bare }
}
