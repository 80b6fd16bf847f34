import { expect, inject } from 'vitest'
import type { DoorGiven, DoorSeen } from './door.js'
import { shown } from './shown.js'

// For a browser: a host with tokens, and whatever anybody can see of how somebody is refused there. (A test that calls
// console.* fails anyway.)

export interface AtDoor extends DoorGiven {
  /** What the host knows. */
  seen(): Promise<DoorSeen>
  /** Looks also at the `error` events of this. Returns it. */
  watch<T extends Watched>(thing: T): T
  /** The `error` events of a thing so far. */
  errorsOf(thing: Watched): readonly unknown[]
  /** Looks also at this. Returns it. */
  look<T>(thing: T): T
  /** Closes what was watched; nothing that could be seen of it, here or at the host, has a token in it. */
  leave(): Promise<void>
}

interface Watched {
  on(event: 'error', listener: (error: unknown) => unknown): () => void
  close(): Promise<void>
}

/** @param page whether a page as this may come */
export async function atDoor(page: 'own' | 'foreign' = 'own'): Promise<AtDoor> {
  const address = `http://${inject('harness')}`
  const json = async <T>(path: string): Promise<T> => (await (await fetch(address + path)).json()) as T
  const given = await json<DoorGiven>(page === 'own' ? '/door?open' : '/door')
  const visible: unknown[] = []
  const watched = new Map<Watched, unknown[]>()
  const seen = (): Promise<DoorSeen> => json(`/door/seen?url=${encodeURIComponent(given.url)}`)
  return {
    ...given,
    seen,
    watch(thing) {
      const errors: unknown[] = []
      watched.set(thing, errors)
      thing.on('error', (error) => errors.push(error))
      return thing
    },
    errorsOf: (thing) => watched.get(thing) ?? [],
    look(thing) {
      visible.push(thing)
      return thing
    },
    async leave() {
      await Promise.all(Array.from(watched.keys(), (thing) => thing.close()))
      const all = shown([visible, [...watched.values()], await seen()])
      for (const token of Object.values(given.tokens))
        for (const part of partsOf(token)) expect(all).not.toContain(part)
    },
  }
}

/** A token as a page offers it, when it does so by hand. */
export const offer = (token: string): string[] => ['guestool', `bearer.${encoded(token)}`]

const encoded = (token: string): string => btoa(token).replace(/=+$/, '')

/** A token, its secret, and what a page makes of it to send it. */
function partsOf(token: string): string[] {
  return [token, token.slice(token.indexOf('.') + 1), encoded(token)]
}
