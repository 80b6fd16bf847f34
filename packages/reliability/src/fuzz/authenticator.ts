import { closeCode } from '@guestool/core'
import type { Authenticator, ExpectedGuest, Visitor } from '@guestool/server'

/** Those who have a token, by what it is called in a case. No token may ever come back to anybody. */
export const secrets = {
  guest: 'secret-of-the-guest-f00d',
  console: 'secret-of-the-console-f00d',
  admin: 'secret-of-the-admin-f00d',
  code: 'secret-of-the-code-f00d',
  /** Of somebody who is refused, in words that say it. */
  nobody: 'secret-of-nobody-f00d',
} as const

/** Of guests that are what they say. */
export const ownSecrets = { alpha: 'secret-of-alpha-f00d', hidden: 'secret-of-hidden-f00d' } as const

/** Knows who is who without a file, whose reading would not wait for a virtual clock. */
export class MemoryAuthenticator implements Authenticator {
  readonly #guests = new Map<string, string>(Object.entries(ownSecrets))
  #made = 0
  #codeUsed = false

  readonly authenticate = ({ token, id, role }: Visitor) => {
    if (token === secrets.guest) return { role: 'guest', id: 'team-evil' } as const
    if (token === secrets.console) return { role: 'console', guests: 'alpha,team-*' } as const
    if (token === secrets.admin) return { role: 'console', actions: true, admin: true } as const
    if (token === secrets.code && !this.#codeUsed)
      return { role: 'console', guests: 'alpha', signIn: () => this.#signIn() } as const
    if (token === secrets.nobody) return { code: closeCode.forbidden, reason: `nobody has ${token}` }
    if (role === 'guest' && id !== undefined && token !== undefined && this.#guests.get(id) === token)
      return { role, id } as const
    return undefined
  }

  guests(): Promise<ExpectedGuest[]> {
    return Promise.resolve(Array.from(this.#guests.keys(), (id) => ({ id, since: 0 })))
  }

  addGuest(id: string): Promise<string> {
    const token = `made-${this.#made++}`
    this.#guests.set(id, token)
    return Promise.resolve(token)
  }

  removeGuest(id: string): Promise<boolean> {
    return Promise.resolve(this.#guests.delete(id))
  }

  #signIn() {
    this.#codeUsed = true
    return { token: `made-${this.#made++}` }
  }
}
