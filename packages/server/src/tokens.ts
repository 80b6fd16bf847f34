import { closeCode, GuestoolError, limits, systemClock, type Clock, type Refusal } from '@guestool/core'
import {
  principalProblem,
  rightsOf,
  settled,
  type Authenticate,
  type ConsolePrincipal,
  type GuestPrincipal,
  type Principal,
  type SettledPrincipal,
  type SignedIn,
  type Stay,
  type Visitor,
} from './authentication.js'
import type { AddGuestOptions, Authenticator, ExpectedGuest } from './authenticator.js'
import { deleteGuest, guestsOf, hasKeys } from './guest-keys.js'
import { isOver, TokenFile, type Key, type Keys, type Secret } from './token-file.js'
import { matching, newKeyName, newToken, partsOf } from './token.js'

/** Whom a token is for, and for how long. */
export type NewToken = (GuestPrincipal | ConsolePrincipal) & {
  /**
   * Milliseconds until it expires; `Infinity` for never.
   * @default 30 days for a console; a guest's does not expire
   */
  readonly expiresIn?: number | undefined
}

/** What a console may do that signs in with a code, and for how long the code is good. */
export type NewCode = Omit<ConsolePrincipal, 'role'> & {
  /**
   * Milliseconds until the code expires.
   * @default 10 minutes
   */
  readonly expiresIn?: number | undefined
}

/** What is known of a key, or of a one-time code: everything but its token. Moments are Unix milliseconds. */
export type KeyInfo = (
  | SettledPrincipal
  | (Omit<Extract<SettledPrincipal, { role: 'console' }>, 'role'> & { readonly role: 'code' })
) & {
  /** Its name, which begins its token and is no secret. */
  readonly key: string
  /** When its newest token was made. */
  readonly createdAt: number
  /** When its newest token expires; undefined for never. */
  readonly expiresAt: number | undefined
}

export interface RotateOptions {
  /**
   * Milliseconds for which the tokens so far stay good, unless they expire before; 0 ends them at once.
   * @default 86400000
   */
  readonly overlap?: number
}

/**
 * Tokens in a file: `const keys = tokens('tokens.json')` and `createHost({ authenticate: keys })`. The file has hashes of them only. Any number of processes may use and change it at the same time: a host sees at the next
 * attempt what another process has added, revoked or rotated, and whoever is connected by a token that is over is closed
 * within a minute.
 *
 * @param file is made by the first `add`, for its owner alone (mode 0600). Its folder must be writable, too
 */
export function tokens(file: string, options: TokensOptions = {}): Tokens {
  return new FileTokens(file, options.clock ?? systemClock)
}

export interface TokensOptions {
  /** Another clock: a test's. */
  readonly clock?: Clock
}

/** All its methods throw {@link GuestoolError} `failed` when the file cannot be read or changed. Nothing changes then. */
export interface Tokens extends Authenticator {
  /** Says who somebody is. As long as the file is missing or broken, nobody gets in, and each attempt is an error. */
  readonly authenticate: Authenticate
  /**
   * Makes a key with one token, and resolves with the token: this is the only time that it can be seen.
   *
   * @throws {TypeError} when the id, the pattern or the time is none
   */
  add(wanted: NewToken): Promise<string>
  /**
   * Makes a one-time code with which a person signs in to the host's page, and resolves with it: put it into the link,
   * `http://127.0.0.1:37103/#code=…`. A console that brings it as its token may do nothing but ask the hub for `sign_in`,
   * which ends the code and gives a token of 30 days with these rights.
   *
   * @throws {TypeError} when the pattern or the time is none
   */
  code(wanted?: NewCode): Promise<string>
  /**
   * All keys and codes in the order in which they were made, expired ones included: those of consoles for 30 days, codes
   * until the next change of the file. Not codes that were used.
   */
  list(): Promise<KeyInfo[]>
  /**
   * Ends a key and its tokens.
   *
   * @param key its name, not its token
   * @throws {GuestoolError} `failed` when there is none of this name
   */
  revoke(key: string): Promise<void>
  /**
   * Makes a new token for a key, which lasts as long as the one before it was made for, and resolves with it.
   *
   * @param key its name, not its token
   * @throws {GuestoolError} `failed` when there is none of this name
   */
  rotate(key: string, options?: RotateOptions): Promise<string>
}

class FileTokens implements Tokens {
  readonly authenticate: Authenticate = (visitor) => this.#authenticate(visitor)
  readonly #path: string
  readonly #file: TokenFile
  readonly #clock: Clock

  constructor(path: string, clock: Clock) {
    this.#path = path
    this.#clock = clock
    this.#file = new TokenFile(path, clock)
  }

  async add({ expiresIn, ...principal }: NewToken): Promise<string> {
    const problem = principalProblem(principal)
    if (problem !== undefined) throw new TypeError(`a token cannot be for ${problem}`)
    const lifetime = expiresIn ?? (principal.role === 'guest' ? Infinity : limits.consoleTokenLifetime)
    if (!(lifetime > 0)) throw new TypeError(`expiresIn is ${lifetime}; it must be milliseconds, more than 0`)
    return this.#file.change((keys) => this.#insert(keys, settled(principal), lifetime).token)
  }

  async code({ expiresIn = limits.codeLifetime, ...rights }: NewCode = {}): Promise<string> {
    const problem = principalProblem({ ...rights, role: 'console' })
    if (problem !== undefined) throw new TypeError(`a code cannot be for ${problem}`)
    if (!(expiresIn > 0 && expiresIn < Infinity))
      throw new TypeError(`expiresIn is ${expiresIn}; a code needs milliseconds, more than 0, and an end`)
    const code = { role: 'code', ...rightsOf(rights) } as const
    return this.#file.change((keys) => this.#insert(keys, code, expiresIn).token)
  }

  async addGuest(id: string, { replace = false }: AddGuestOptions = {}): Promise<string> {
    const problem = principalProblem({ role: 'guest', id })
    if (problem !== undefined) throw new TypeError(`a token cannot be for ${problem}`)
    return this.#file.change((keys) => {
      if (!replace && this.#guestsOf(keys).some((guest) => guest.id === id)) {
        const advice = 'replace it, which ends that one, or choose another id'
        throw new GuestoolError('failed', `guest ${id} has a token already; ${advice}`)
      }
      deleteGuest(keys, id)
      return this.#insert(keys, { role: 'guest', id }, Infinity).token
    })
  }

  async removeGuest(id: string): Promise<boolean> {
    // Not a change, which would make a file, or write it for nothing.
    if (!hasKeys((await this.#file.read()) ?? new Map(), id)) return false
    return this.#file.change((keys) => deleteGuest(keys, id))
  }

  async guests(): Promise<ExpectedGuest[]> {
    return this.#guestsOf((await this.#file.read()) ?? new Map())
  }

  async list(): Promise<KeyInfo[]> {
    const keys = await this.#file.read()
    return Array.from(keys?.values() ?? [], ({ key, secrets, ...principal }) => {
      const { createdAt = 0, expiresAt } = secrets.at(-1) ?? {}
      return { key, ...principal, createdAt, expiresAt }
    })
  }

  revoke(key: string): Promise<void> {
    return this.#file.change((keys) => {
      if (!keys.delete(key)) throw this.#noSuchKey(key)
    })
  }

  async rotate(key: string, { overlap = limits.tokenOverlap }: RotateOptions = {}): Promise<string> {
    if (!(overlap >= 0)) throw new TypeError(`overlap is ${overlap}; it must be milliseconds, 0 or more`)
    return this.#file.change((keys) => {
      const known = keys.get(key)
      const last = known?.secrets.at(-1)
      if (known === undefined || last === undefined) throw this.#noSuchKey(key)
      if (known.role === 'code')
        throw new GuestoolError(
          'failed',
          `key ${key} is a one-time code, which has one token; make a new code`,
        )
      const lifetime = (last.expiresAt ?? Infinity) - last.createdAt
      const { token, secret } = this.#newSecret(key, lifetime)
      const now = this.#clock.wall()
      const others = known.secrets
        .map((old) => withEnd(old, Math.min(old.expiresAt ?? Infinity, now + overlap)))
        .filter(({ expiresAt = Infinity }) => expiresAt > now)
      keys.set(key, { ...known, secrets: [...others, secret] })
      return token
    })
  }

  async #authenticate({ token }: Visitor): Promise<(Principal & Stay) | Refusal> {
    if (token === undefined) return refused('no token came with this connection; get one and send it')
    const { isCode, key, secret } = partsOf(token)
    const keys = await this.#read()
    const known = keys.get(key)
    const found = matching(secret, known?.secrets)
    const isFound = known !== undefined && found !== undefined && isCode === (known.role === 'code')
    if (isCode && (!isFound || this.#isOver(found))) return refused(codeIsOver)
    if (!isFound) return refused('this token is not valid, or was revoked; get a new one and send it')
    if (this.#isOver(found)) {
      const day = new Date(found.expiresAt ?? 0).toISOString().slice(0, 10)
      return refused(`this token expired on ${day}; get a new one and send it`)
    }
    const { sha256 } = found
    const stillValid = async () => this.#living(await this.#read(), key, sha256) !== undefined
    if (known.role !== 'code') return { ...settled(known), stillValid }
    return { role: 'console', ...rightsOf(known), stillValid, signIn: () => this.#signIn(key, sha256) }
  }

  /** One change of the file, so that of two who bring the same code one gets nothing. */
  #signIn(code: string, sha256: string): Promise<SignedIn> {
    return this.#file.change((keys) => {
      const known = this.#living(keys, code, sha256)
      if (known?.role !== 'code') throw new GuestoolError('forbidden', codeIsOver)
      keys.delete(code)
      const { token, secret } = this.#insert(
        keys,
        { role: 'console', ...rightsOf(known) },
        limits.consoleTokenLifetime,
      )
      return { token, expiresAt: secret.expiresAt }
    })
  }

  #guestsOf(keys: Keys): ExpectedGuest[] {
    return guestsOf(keys, (secret) => this.#isOver(secret))
  }

  /** A key, if it has this secret and that is not over. */
  #living(keys: Keys, key: string, sha256: string): Key | undefined {
    const known = keys.get(key)
    const secret = known?.secrets.find((each) => each.sha256 === sha256)
    return secret === undefined || this.#isOver(secret) ? undefined : known
  }

  #isOver(secret: Secret): boolean {
    return isOver(secret, this.#clock.wall())
  }

  async #read(): Promise<Keys> {
    const keys = await this.#file.read()
    if (keys !== undefined) return keys
    throw new GuestoolError(
      'failed',
      `there are no tokens in ${this.#path}, so that nobody gets in: it does not exist; add one, or correct the path`,
    )
  }

  #insert(keys: Map<string, Key>, principal: Principalship, lifetime: number): NewSecret {
    let key = newKeyName()
    while (keys.has(key)) key = newKeyName()
    const made = this.#newSecret(key, lifetime, principal.role === 'code')
    keys.set(key, { key, ...principal, secrets: [made.secret] })
    return made
  }

  #newSecret(key: string, lifetime: number, isCode = false): NewSecret {
    const { token, sha256 } = newToken(key, isCode)
    const createdAt = this.#clock.wall()
    return { token, secret: withEnd({ sha256, createdAt }, createdAt + lifetime) }
  }

  #noSuchKey(key: string): GuestoolError {
    // It may be a whole token, by mistake.
    const [shown, advice] = /^[0-9a-z]{1,8}$/.test(key)
      ? [`key ${key}`, 'list() has them all']
      : ['such key', 'give the name of one, not its token; list() has them all']
    return new GuestoolError('failed', `there is no ${shown} in ${this.#path}; ${advice}`)
  }
}

/** Who a key is for, or what a code gives. */
type Principalship = Key extends infer K ? (K extends Key ? Omit<K, 'key' | 'secrets'> : never) : never

interface NewSecret {
  readonly token: string
  readonly secret: Secret
}

const codeIsOver = 'this one-time code was used, has expired, or is not known to this host; get a new link'

function withEnd({ sha256, createdAt }: Secret, expiresAt: number): Secret {
  return expiresAt === Infinity ? { sha256, createdAt } : { sha256, createdAt, expiresAt }
}

function refused(reason: string): Refusal {
  return { code: closeCode.unauthenticated, reason }
}
