import { random } from 'nanoid'

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

// `crypto.randomUUID` is fastest, but browsers have it on secure origins only; nanoid's bytes are there on plain http.
export function uuid4FromBytes(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < 16; i++) {
    const byte = bytes[i] ?? 0
    const fixed = i === 6 ? (byte & 0x0f) | 0x40 : i === 8 ? (byte & 0x3f) | 0x80 : byte
    text += (i === 4 || i === 6 || i === 8 || i === 10 ? '-' : '') + (hex[fixed] ?? '')
  }
  return text
}

/** A fresh uuid4. Never reuse one: an `opid` names one message for ever. */
export function newOpid(): string {
  return crypto?.randomUUID?.() ?? uuid4FromBytes(random(16))
}

const uuid4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i

export function isOpid(value: unknown): value is string {
  return typeof value === 'string' && uuid4.test(value)
}
