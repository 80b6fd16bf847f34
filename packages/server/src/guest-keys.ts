import type { ExpectedGuest } from './authenticator.js'
import type { Key, Keys, Secret } from './token-file.js'

/** The guests that have a token which is not over, and since when. */
export function guestsOf(keys: Keys, isOver: (secret: Secret) => boolean): ExpectedGuest[] {
  const guests = new Map<string, number>()
  for (const key of keys.values()) {
    if (key.role !== 'guest') continue
    for (const secret of key.secrets)
      if (!isOver(secret)) guests.set(key.id, Math.min(secret.createdAt, guests.get(key.id) ?? Infinity))
  }
  return Array.from(guests, ([id, since]) => ({ id, since }))
}

/** Whether a guest has keys, over or not. */
export function hasKeys(keys: Keys, id: string): boolean {
  for (const key of keys.values()) if (key.role === 'guest' && key.id === id) return true
  return false
}

/** Ends all keys of a guest. False when it has none. */
export function deleteGuest(keys: Map<string, Key>, id: string): boolean {
  const before = keys.size
  for (const [name, key] of keys) if (key.role === 'guest' && key.id === id) keys.delete(name)
  return keys.size < before
}
