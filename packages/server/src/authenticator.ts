import type { Authenticate } from './authentication.js'

/** A guest that may join, whether or not it ever did. */
export interface ExpectedGuest {
  readonly id: string
  /** Unix milliseconds since which it may. */
  readonly since: number
}

/**
 * Knows who somebody is, and which guests there are to be, so that admins can add and remove guests, and one that is
 * missing is seen to be: what `tokens(file)` gives, or an object of one's own in front of a database.
 */
export interface Authenticator {
  readonly authenticate: Authenticate
  /**
   * All guests that may join now. Asked for whenever a console wants the list of guests, so it should be quick. What it
   * throws is emitted as `error`, and the guests stay those of the time before.
   */
  guests(): Promise<readonly ExpectedGuest[]>
  /**
   * Lets a guest join from now on, and resolves with its token once it is kept: 1 to 512 visible ASCII characters. Its
   * tokens so far end then.
   *
   * @throws {GuestoolError} `failed` when it has a token already, unless that is to be replaced
   */
  addGuest(id: string, options?: AddGuestOptions): Promise<string>
  /** Ends all tokens of a guest. False when it had none. */
  removeGuest(id: string): Promise<boolean>
}

export interface AddGuestOptions {
  /**
   * Whether a token that it has already ends, and it gets a new one.
   * @default false
   */
  readonly replace?: boolean | undefined
}
