import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { customAlphabet } from 'nanoid'
import type { Secret } from './token-file.js'

// A token is `guestool_` (so that tools that look for secrets find it), the name of its key, a dot, and 256 random bits:
// all of it characters that need no escape in a URL. A one-time code has `code_` before the name.

const form = /^guestool_(code_)?([0-9a-z]{8})\.([A-Za-z0-9_-]{43})$/

/** A name for a key. It is no secret. */
export const newKeyName = customAlphabet('0123456789abcdefghijklmnopqrstuvwxyz', 8)

/** A new token of a key, or a code, and what is kept of it. */
export function newToken(key: string, isCode: boolean): { token: string; sha256: string } {
  const secret = randomBytes(32).toString('base64url')
  return {
    token: `guestool_${isCode ? 'code_' : ''}${key}.${secret}`,
    sha256: hashOf(secret).toString('base64url'),
  }
}

/** The name of a token's key and its secret, empty for what is no such token; and whether it is a code. */
export function partsOf(token: string): { isCode: boolean; key: string; secret: string } {
  const [, code, key = '', secret = ''] = form.exec(token) ?? []
  return { isCode: code !== undefined, key, secret }
}

/** The one of a key's secrets that is this, found in a time that says nothing about it, nor whether there is the key. */
export function matching(secret: string, secrets: readonly Secret[] = [nobodys]): Secret | undefined {
  const hash = hashOf(secret)
  let found: Secret | undefined
  for (const each of secrets) if (timingSafeEqual(hash, Buffer.from(each.sha256, 'base64url'))) found = each
  return found === nobodys ? undefined : found
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}

const nobodys: Secret = { sha256: randomBytes(32).toString('base64url'), createdAt: 0 }
