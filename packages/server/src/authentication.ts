import { closeCode, guestPattern, isGuestId, textOf, type Clock, type Refusal } from '@guestool/core'
import { Attempts } from './attempts.js'
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
   * Whether it may ask guests for actions. Without, it only reads them.
   * @default false
   */
  readonly actions?: boolean | undefined
  /**
   * Whether it may add guests that fit `guests`, remove them, and learn where they can join.
   * @default false
   */
  readonly admin?: boolean | undefined
}

/** A principal with its defaults. */
export type SettledPrincipal =
  | GuestPrincipal
  | {
      readonly role: 'console'
      readonly guests: string
      readonly actions: boolean
      readonly admin: boolean
    }

/** How long somebody who is known may stay, and whether it has yet to sign in. */
export interface Stay {
  /**
   * Asked when it comes in, and every thirty seconds while it is connected; false closes with 4401. What it throws is
   * emitted as `error`, and changes nothing. Without it, whoever is in may stay.
   */
  readonly stillValid?: (() => boolean | Promise<boolean>) | undefined
  /**
   * Of a console that brought a one-time code as its token: ends the code and makes a token instead of it, which is what
   * the hub's action `sign_in` asks for. Such a console can do nothing else: it sees no guest and hears no event. A code
   * that is over throws a `GuestoolError` `forbidden`; of anything else that it throws the console hears no more than
   * that it failed.
   */
  readonly signIn?: (() => SignedIn | Promise<SignedIn>) | undefined
}

/** What a one-time code was changed for. */
export interface SignedIn {
  readonly token: string
  /** Unix milliseconds at which the token expires; undefined for never. */
  readonly expiresAt?: number | undefined
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
  /** The path as it came, not decoded. */
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
export type Verdict = (Principal & Stay) | Refusal | undefined

/** Finds out who visitors are, of a host that asks. */
export class Door {
  readonly #authenticate: Authenticate
  readonly #attempts: Attempts

  constructor(authenticate: Authenticate, clock: Clock) {
    this.#authenticate = authenticate
    this.#attempts = new Attempts(clock)
  }

  /** Never rejects: what goes wrong is reported, and refuses. */
  async identify(
    request: EntranceRequest,
    visit: Visit,
    report: (error: unknown) => void,
  ): Promise<(Principal & Stay) | Refusal> {
    const { address } = request
    if (!this.#attempts.allows(address)) return tooManyFailed
    const identity = await this.#ask(request, visit, report)
    // Of many who try at the same time, those who are known after too many have failed hear nothing of it.
    if (!this.#attempts.allows(address)) return tooManyFailed
    if ('code' in identity && countsAsFailed.has(identity.code)) this.#attempts.failed(address)
    return identity
  }

  async #ask(
    request: EntranceRequest,
    visit: Visit,
    report: (error: unknown) => void,
  ): Promise<(Principal & Stay) | Refusal> {
    const { url, headers, address } = request
    const token = tokenOf(request)
    try {
      const verdict = await this.#authenticate({ ...visit, token, ...splitTarget(url), headers, address })
      const problem = problemOf(verdict)
      if (problem !== undefined) throw new TypeError(`authenticate gave ${without(token, problem)}`)
      if (verdict == null) return notAuthenticated
      if ('code' in verdict) return { code: verdict.code, reason: without(token, verdict.reason) }
      const { stillValid, signIn } = verdict
      return mismatch(verdict, visit) ?? { ...settled(verdict), stillValid, signIn }
    } catch (error) {
      report(error)
      return { code: closeCode.failed, reason: 'this host cannot authenticate now; try again later' }
    }
  }
}

const countsAsFailed: ReadonlySet<number> = new Set([closeCode.unauthenticated, closeCode.forbidden])

const notAuthenticated: Refusal = {
  code: closeCode.unauthenticated,
  reason: 'not authenticated: get a valid token and send it',
}

const tooManyFailed: Refusal = {
  code: closeCode.tooMany,
  reason: 'too many failed attempts from this address; wait a minute, then try again with a valid token',
}
/** What is wrong with what an authenticator said. It may be anybody's code, and not checked by a compiler. */
function problemOf(verdict: Verdict): string | undefined {
  if (verdict == null) return undefined
  if (typeof verdict !== 'object') return 'what is neither a principal nor a refusal'
  if ('code' in verdict) {
    const { code, reason } = verdict
    if (Number.isInteger(code) && code >= 4400 && code <= 4499 && typeof reason === 'string') return undefined
    return `a refusal with ${code}; it needs a code of 4400 to 4499 and a reason`
  }
  if (verdict.stillValid !== undefined && typeof verdict.stillValid !== 'function')
    return 'a principal with "stillValid" that is no function'
  if (verdict.signIn !== undefined && (typeof verdict.signIn !== 'function' || verdict.role !== 'console'))
    return 'a principal with "signIn" that is no function, or no console\'s'
  const problem = principalProblem(verdict)
  return problem && `a principal that is ${problem}`
}

/** What is wrong with a principal. */
export function principalProblem(principal: Principal): string | undefined {
  switch (principal.role) {
    case 'guest':
      if (typeof principal.id === 'string' && isGuestId(principal.id)) return undefined
      return `${JSON.stringify(principal.id)}, which cannot be the id of a guest`
    case 'console':
      return consoleProblem(principal)
    default:
      return 'neither a guest nor a console'
  }
}

/** What is wrong with what a console may do. */
function consoleProblem(principal: ConsolePrincipal): string | undefined {
  const { guests = '*', actions = false, admin = false } = principal
  if (typeof actions !== 'boolean') return 'a console with "actions" that is no boolean'
  if (typeof admin !== 'boolean') return 'a console with "admin" that is no boolean'
  if (typeof guests !== 'string') return 'a console with "guests" that is no text'
  try {
    guestPattern(guests)
    return undefined
  } catch (error) {
    return `a console with "guests" that is no pattern: ${textOf(error)}`
  }
}

/** What speaks against somebody who is known, but came as somebody else. */
function mismatch(principal: Principal, { role, id }: Visit): Refusal | undefined {
  if (principal.role !== role)
    return { code: closeCode.forbidden, reason: `this token is not for a ${role}; get one that is` }
  if (principal.role === 'guest' && id !== undefined && principal.id !== id)
    return {
      code: closeCode.forbidden,
      reason: `this token is for guest ${principal.id} alone; join under that id`,
    }
  return undefined
}

/** The principal with its defaults, and nothing else that an authenticator may have put there. */
export function settled(principal: Principal): SettledPrincipal {
  if (principal.role === 'guest') return { role: 'guest', id: principal.id }
  return { role: 'console', ...rightsOf(principal) }
}

/** What a console may do, with the defaults. */
export function rightsOf({ guests = '*', actions = false, admin = false }: Omit<ConsolePrincipal, 'role'>) {
  return { guests, actions, admin }
}

/** A text that somebody else made and that may go into logs, without the token. */
function without(token: string | undefined, text: string): string {
  return token === undefined ? text : text.replaceAll(token, '…')
}
