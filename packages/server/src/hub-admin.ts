import { closeCode, GuestoolError, isGuestId, type HubShape } from '@guestool/core'
import type { Access } from './access.js'
import type { Authenticator } from './authenticator.js'
import type { Registry } from './registry.js'

type Actions = HubShape['action']
type Addresses = HubShape['info']['addresses']['result']

/** What admins look at and change. */
export interface AdminOptions {
  readonly registry: Pick<Registry, 'expel'>
  /** Whether somebody asks who is who. */
  readonly authenticates: boolean
  /** Undefined where nobody can add guests to those that may join. */
  readonly authenticator: Authenticator | undefined
  /** Where guests can join. */
  readonly addresses: () => Addresses
}

/** Answers a hub's info `addresses`. */
export function addresses(options: AdminOptions, access: Access): Addresses {
  assertAdmin(access)
  return options.addresses()
}

/** Does a hub's action `add_guest`. */
export async function addGuest(
  options: AdminOptions,
  access: Access,
  { guest, replace }: Actions['add_guest']['params'],
): Promise<Actions['add_guest']['result']> {
  assertAdmin(access)
  assertId(guest)
  if (!access.sees(guest)) {
    const text = `this console may only add guests that fit ${access.guests}; choose another id`
    throw new GuestoolError('forbidden', text)
  }
  if (!options.authenticates) return { token: null }
  const token = await keeperOf(options).addGuest(guest, { replace })
  // Or it would keep the id from the one that has the new token.
  if (replace) await options.registry.expel(guest, replaced)
  return { token }
}

/** Does a hub's action `remove_guest`; `forget` says whether the guest was told of. */
export async function removeGuest(
  options: AdminOptions,
  access: Access,
  { guest }: Actions['remove_guest']['params'],
  forget: (id: string) => boolean,
): Promise<null> {
  assertAdmin(access)
  assertId(guest)
  const keeper = options.authenticates ? keeperOf(options) : undefined
  // What it may not see is not there.
  const done = access.sees(guest) && [
    await keeper?.removeGuest(guest),
    await options.registry.expel(guest, removed),
    // Last, since whoever leaves is remembered.
    forget(guest),
  ]
  if (done !== false && done.includes(true)) return null
  throw new GuestoolError(
    'failed',
    `there is no guest ${guest} to remove: it has no token and was not here lately`,
  )
}

// Neither dials again: what it has is over for good.
const removed = {
  code: closeCode.forbidden,
  reason: 'this guest was removed; to come back it has to be added again, and started with what it gets then',
}
const replaced = {
  code: closeCode.forbidden,
  reason: 'the token of this guest was replaced; start it with the new one',
}

function assertAdmin({ admin }: Access): void {
  if (!admin)
    throw new GuestoolError(
      'forbidden',
      'this console is no admin; it needs a token that was made with "admin"',
    )
}

function assertId(id: string): void {
  const form = '1 to 64 letters, digits, "_", "-", "." (not first)'
  if (!isGuestId(id)) throw new GuestoolError('invalid_params', `guest: an id is ${form}`)
}

function keeperOf({ authenticator }: AdminOptions): Authenticator {
  if (authenticator !== undefined) return authenticator
  throw new GuestoolError(
    'unsupported',
    'this host lets guests in by a function of its own; add and remove them where that looks, or give createHost tokens(file) itself as "authenticate"',
  )
}
