import { random } from 'nanoid'
import { form } from './opid.js'

const digits = '0123456789abcdef'
const dash = 0x2d
/** The characters of the next uuid4. Its dashes are there already, and stay. */
const codes = Array.from(form, (character) => character.charCodeAt(0))

/** The uuid4 that the 16 random bytes from `start` on make. */
// All characters at once: a text that is glued together, as `crypto.randomUUID` does it, stays a tree of its pieces
// until a Map or a socket looks at it, and a call costs 5 % more.
export function uuid4FromBytes(bytes: Uint8Array, start = 0): string {
  let at = 0
  for (let i = 0; i < 16; i++) {
    if (codes[at] === dash) at++
    const byte = bytes[start + i] ?? 0
    const fixed = i === 6 ? (byte & 0x0f) | 0x40 : i === 8 ? (byte & 0x3f) | 0x80 : byte
    codes[at++] = digits.charCodeAt(fixed >> 4)
    codes[at++] = digits.charCodeAt(fixed & 0x0f)
  }
  return String.fromCharCode(...codes)
}

let pool = new Uint8Array(0)
let used = 0

/** A fresh uuid4. Never reuse one: an `opid` names one message for ever. */
export function newOpid(): string {
  if (used === pool.length) {
    // A copy, because nanoid fills the bytes that it hands out anew; many at once, because each time costs 4 % of a call.
    pool = random(256).slice()
    used = 0
  }
  used += 16
  return uuid4FromBytes(pool, used - 16)
}
