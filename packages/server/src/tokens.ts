import { closeCode, GuestoolError, limits, systemClock, type Clock, type Refusal } from '@guestool/core'
import {
  principalProblem,
  settled,
  type Authenticate,
  type ConsolePrincipal,
  type GuestPrincipal,
  type Principal,
  type SettledPrincipal,
  type Stay,
  type Visitor,
} from './authentication.js'
import { TokenFile, type Keys, type Secret } from './token-file.js'
import { matching, newKeyName, newToken, partsOf } from './token.js'

/** Whom a token is for, and for how long. */
export type NewToken = (GuestPrincipal | ConsolePrincipal) & {
  /**
   * Milliseconds until it expires; `Infinity` for never.
   * @default 30 days for a console; a guest's does not expire
   */
  readonly expiresIn?: number | undefined
}

/** What is known of a key: everything but its token. Moments are Unix milliseconds. */
export type KeyInfo = SettledPrincipal & {
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
 * Tokens in a file: `const keys = tokens('tokens.json')` and `createHost({ authenticate: keys.authenticate })`. The file
 * has hashes of them only. Any number of processes may use and change it at the same time: a host sees at the next
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
export interface Tokens {
  /** For the host's option `authenticate`. As long as the file is missing or broken, nobody gets in, and each attempt is an error. */
  readonly authenticate: Authenticate
  /**
   * Makes a key with one token, and resolves with the token: this is the only time that it can be seen.
   *
   * @throws {TypeError} when the id, the pattern or the time is none
   */
  add(wanted: NewToken): Promise<string>
  /** All keys, expired ones included, in the order in which they were made. */
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
    return this.#file.change((keys) => {
      let key = newKeyName()
      while (keys.has(key)) key = newKeyName()
      const { token, secret } = this.#newSecret(key, lifetime)
      keys.set(key, { key, ...settled(principal), secrets: [secret] })
      return token
    })
  }

  async list(): Promise<KeyInfo[]> {
    const keys = await this.#file.read()
    return Array.from(keys?.values() ?? [], ({ key, secrets, ...principal }) => {
      const { createdAt = 0, expiresAt } = secrets.at(-1) ?? {}
      return { key, ...settled(principal), createdAt, expiresAt }
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
    const { key, secret } = partsOf(token)
    const keys = await this.#read()
    const known = keys.get(key)
    const found = matching(secret, known?.secrets)
    if (known === undefined || found === undefined)
      return refused('this token is not valid, or was revoked; get a new one and send it')
    const { expiresAt = Infinity } = found
    if (this.#clock.wall() >= expiresAt) {
      const day = new Date(expiresAt).toISOString().slice(0, 10)
      return refused(`this token expired on ${day}; get a new one and send it`)
    }
    return { ...settled(known), stillValid: () => this.#isValid(key, found.sha256) }
  }

  async #isValid(key: string, sha256: string): Promise<boolean> {
    const keys = await this.#read()
    const secret = keys.get(key)?.secrets.find((each) => each.sha256 === sha256)
    return secret !== undefined && this.#clock.wall() < (secret.expiresAt ?? Infinity)
  }

  async #read(): Promise<Keys> {
    const keys = await this.#file.read()
    if (keys !== undefined) return keys
    throw new GuestoolError(
      'failed',
      `there are no tokens in ${this.#path}, so that nobody gets in: it does not exist; add one, or correct the path`,
    )
  }

  #newSecret(key: string, lifetime: number): { token: string; secret: Secret } {
    const { token, sha256 } = newToken(key)
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

function withEnd({ sha256, createdAt }: Secret, expiresAt: number): Secret {
  return expiresAt === Infinity ? { sha256, createdAt } : { sha256, createdAt, expiresAt }
}

function refused(reason: string): Refusal {
  return { code: closeCode.unauthenticated, reason }
}
