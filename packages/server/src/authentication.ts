import { closeCode, guestPattern, isGuestId, type Refusal } from '@guestool/core'
import { tokenOf } from './credentials.js'
import { splitTarget, type EntranceHeaders, type EntranceRequest, type Visit } from './entrance.js'

/** Who somebody is, once it is known: a guest of this id, or a console. */
export type Principal = GuestPrincipal | ConsolePrincipal

/** A guest, and which. */
export interface GuestPrincipal {
  readonly role: 'guest'
  readonly id: string
}

/** A console, and what it may do. */
export interface ConsolePrincipal {
  readonly role: 'console'
  /**
   * The guests that are there for it: an id, with `*` for any characters, or several with commas (`alpha,team-*`). Any
   * other guest is to it as if it were not connected.
   * @default '*'
   */
  readonly guests?: string | undefined
  /**
   * Whether it may ask for actions. Without, it only reads.
   * @default false
   */
  readonly actions?: boolean | undefined
}

/** Somebody at the door. */
export interface Visitor {
  /** Guests come by `/join`, consoles by `/guests`. */
  readonly role: 'guest' | 'console'
  /** The id in the path: of the guest that joins, or of the one that a console asks. None at `/` and `/guests`. */
  readonly id: string | undefined
  /**
   * The token it brought, by whichever of the four ways: 1 to 512 visible ASCII characters. Undefined without one, and
   * when it cannot be read.
   */
  readonly token: string | undefined
  /** The path as it came, not decoded, without the base path. */
  readonly path: string
  /** What follows the `?`, as it came, a token included: keep it out of logs. Empty without one. */
  readonly query: string
  /** Header fields by their name in lower case, as they came, credentials included: keep them out of logs. */
  readonly headers: EntranceHeaders
  /** The peer's address: behind a trusted proxy, the one that the proxy saw. */
  readonly address: string | undefined
}

/**
 * Says who somebody is, or why it may not come in: a refusal (a close code of 4400 to 4499, mostly 4401, 4403 or 4429,
 * and a reason of at most 123 bytes), or undefined to close with 4401. A principal of another role, or of another
 * guest's id, is closed 4403; at `/` the principal's id is the guest's. What it throws is emitted as `error` as it is,
 * and closes with 1011, since it is not the visitor's fault.
 */
export type Authenticate = (visitor: Visitor) => Verdict | Promise<Verdict>

/** What is known of a visitor. */
export type Verdict = Principal | Refusal | undefined

/** Finds out who a visitor is. Never rejects: what goes wrong is reported, and refuses. */
export async function identify(
  authenticate: Authenticate,
  request: EntranceRequest,
  visit: Visit,
  report: (error: unknown) => void,
): Promise<Principal | Refusal> {
  const { headers, address } = request
  const token = tokenOf(request)
  try {
    const verdict = await authenticate({ ...visit, token, ...splitTarget(request.url), headers, address })
    const { code, reason } = refusalOf(verdict, visit) ?? {}
    if (code !== undefined && reason !== undefined) return { code, reason: without(token, reason) }
    return principalOf(verdict)
  } catch (error) {
    report(error)
    return { code: closeCode.failed, reason: 'this host cannot authenticate now; try again later' }
  }
}
