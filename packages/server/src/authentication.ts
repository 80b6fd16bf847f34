import { closeCode, isGuestId, type Refusal } from '@guestool/core'
import { splitTarget, type EntranceHeaders, type EntranceRequest, type Visit } from './entrance.js'

/** Who somebody is, once it is known: a guest of this id, or a console. */
export type Principal = { readonly role: 'guest'; readonly id: string } | { readonly role: 'console' }

/** Somebody at the door. */
export interface Visitor {
  /** Guests come by `/join`, consoles by `/guests`. */
  readonly role: 'guest' | 'console'
  /** The id in the path: of the guest that joins, or of the one that a console asks. None at `/`. */
  readonly id: string | undefined
  /** The path as it came, not decoded. */
  readonly path: string
  /** What follows the `?`, not decoded; empty without one. */
  readonly query: string
  /** Header fields by their name in lower case: `authorization`, say. */
  readonly headers: EntranceHeaders
  /** The peer's address. */
  readonly address: string | undefined
}

/**
 * Says who somebody is, or undefined (a promise of it) to close with 4401. A principal of another role, or of another
 * guest's id, is closed 4403; at `/` the principal's id is the guest's. What it throws is emitted as `error`, and
 * refuses.
 */
export type Authenticate = (visitor: Visitor) => Principal | undefined | Promise<Principal | undefined>

/** Finds out who a visitor is. Never rejects: what goes wrong is reported, and refuses. */
export async function identify(
  authenticate: Authenticate,
  request: EntranceRequest,
  { role, id }: Visit,
  report: (error: unknown) => void,
): Promise<Principal | Refusal> {
  const { headers, address } = request
  let principal: Principal | undefined
  try {
    principal = await authenticate({ role, id, ...splitTarget(request.url), headers, address })
    if (principal?.role === 'guest' && !isGuestId(principal.id))
      throw new TypeError(`"${principal.id}", from authenticate, cannot be the id of a guest`)
  } catch (error) {
    report(error)
    principal = undefined
  }
  if (principal === undefined)
    return { code: closeCode.unauthenticated, reason: 'not authenticated: get a valid token and send it' }
  if (principal.role !== role)
    return { code: closeCode.forbidden, reason: `this token is not for a ${role}; get one that is` }
  if (principal.role === 'guest' && id !== undefined && principal.id !== id)
    return {
      code: closeCode.forbidden,
      reason: `this token is for another guest; join at /join/${principal.id}`,
    }
  return principal
}
