import type { KeyInfo, Tokens } from '@guestool/server'
import { z } from 'zod'
import { changeContexts, localContext, readContexts } from './contexts.js'
import type { DataFolder } from './data-folder.js'

// The tokens with which the command line itself asks and joins the host of its own data folder.

const ownGuests = 'own-guests.json'
const ownGuestsForm = z.record(z.string(), z.string())

/** Keeps a host as the context `local`, with a token that may do everything, which it gives. */
export async function keepLocalContext(data: DataFolder, keys: Tokens, url: string): Promise<string> {
  const { contexts } = await readContexts(data)
  const known = contexts[localContext]?.token
  const isKnown = known !== undefined && (await isGood(keys, known, ({ role }) => role === 'console'))
  const token = isKnown
    ? known
    : await keys.add({ role: 'console', actions: true, admin: true, expiresIn: Infinity })
  await changeContexts(data, (all) => {
    all.contexts[localContext] = { url, token }
  })
  return token
}

/** The token with which this machine joins the host of its data folder as a guest: the one it had, or a new one. */
export async function ownGuestToken(data: DataFolder, keys: Tokens, id: string): Promise<string> {
  const known = (await data.read(ownGuests, ownGuestsForm)) ?? {}
  const before = Object.hasOwn(known, id) ? known[id] : undefined
  if (before !== undefined && (await isGood(keys, before, (key) => key.role === 'guest' && key.id === id)))
    return before
  const token = await keys.add({ role: 'guest', id })
  await data.write(ownGuests, { ...known, [id]: token })
  return token
}

async function isGood(keys: Tokens, token: string, fits: (key: KeyInfo) => boolean): Promise<boolean> {
  const name = keyOf(token)
  return (await keys.list()).some(
    (key) => key.key === name && fits(key) && (key.expiresAt ?? Infinity) > Date.now(),
  )
}

/** The name of a token's key, which is no secret. */
function keyOf(token: string): string {
  return /^guestool_([0-9a-z]+)\./.exec(token)?.[1] ?? ''
}
