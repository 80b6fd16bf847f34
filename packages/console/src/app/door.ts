import { createHub } from '@guestool/client'
import { isGuestoolError } from '@guestool/core'
import { Cell } from './cell.js'
import { remember, remembered } from './storage.js'
import { Session } from './session.js'

/**
 * - `in`: there is a session, connected or on its way
 * - `signing_in`: a one-time code is being changed for a token
 * - `out`: the host wants a token, and there is none that is good: why, and what went wrong
 */
export type Place =
  | { readonly at: 'in'; readonly session: Session }
  | { readonly at: 'signing_in' }
  | {
      readonly at: 'out'
      readonly why: 'no_token' | 'token_over' | 'left' | 'code_failed' | 'refused'
      readonly error?: unknown
    }

/** How a person comes in: with a one-time code, with the token that is kept, or without one where the host wants none. */
export class Door {
  readonly place = new Cell<Place>({ at: 'signing_in' })
  readonly #url: string
  readonly #key: string | undefined
  #token: string | undefined
  /** Whoever waits looks whether it is still the same: somebody may have gone another way meanwhile. */
  #way = {}

  /** @param given a token from elsewhere, which is not kept here */
  constructor(url: string, given: string | undefined) {
    this.#url = url
    this.#key = given === undefined ? `guestool.token ${new URL(url).pathname}` : undefined
    this.#token = given ?? (this.#key && remembered(this.#key))
  }

  /** Whether there is a token to sign out of. */
  get hasToken(): boolean {
    return this.#key !== undefined && this.#token !== undefined
  }

  enter(): void {
    this.leave()
    const session = new Session(this.#url, this.#token)
    session.state.subscribe((state) => {
      if (state === 'closed' && this.#isCurrent(session)) this.#turnedAway(session)
    })
    this.place.value = { at: 'in', session }
  }

  /** Changes a one-time code for a token, keeps that, and goes in with it. */
  async signIn(code: string): Promise<void> {
    this.leave()
    this.place.value = { at: 'signing_in' }
    const way = this.#way
    const hub = createHub(this.#url, { token: code })
    try {
      const { token } = await hub.action('sign_in')
      this.#keep(token)
      if (way === this.#way) this.enter()
    } catch (error) {
      if (way === this.#way) this.place.value = { at: 'out', why: 'code_failed', error }
    } finally {
      await hub.close()
    }
  }

  signOut(): void {
    this.leave()
    this.#keep(undefined)
    this.place.value = { at: 'out', why: 'left' }
  }

  /** Closes the session, if there is one; who is signing in does not come in. */
  leave(): void {
    this.#way = {}
    const { value } = this.place
    if (value.at !== 'in') return
    this.place.value = { at: 'signing_in' }
    void value.session.close()
  }

  #isCurrent(session: Session): boolean {
    return this.place.value.at === 'in' && this.place.value.session === session
  }

  #turnedAway(session: Session): void {
    void session.hub.info('hub').catch((error: unknown) => {
      if (!this.#isCurrent(session)) return
      const unknown = isGuestoolError(error) && error.closeCode === 4401
      const why = !unknown ? 'refused' : this.#token === undefined ? 'no_token' : 'token_over'
      if (unknown) this.#keep(undefined)
      this.place.value = { at: 'out', why, error }
    })
  }

  #keep(token: string | undefined): void {
    this.#token = token
    if (this.#key !== undefined) remember(this.#key, token)
  }
}
