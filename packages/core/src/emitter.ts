/** Event names and the arguments of their listeners. */
export type Events = { readonly [name: string]: readonly unknown[] }

type Listener<A extends readonly unknown[]> = (...args: A) => unknown

/**
 * Events whose listeners cannot hurt the emitter or one another: what a listener throws, or what the promise it
 * returns rejects with, goes to `error`. Whoever listened when the event was emitted hears it.
 */
export class Emitter<E extends Events> {
  // By the returned `off`, so that one function that listens twice is two listeners.
  readonly #listeners = new Map<string, Map<() => void, Listener<never>>>()

  /** Listens; the returned function stops listening. */
  on<N extends keyof E & string>(name: N, listener: Listener<E[N]>): () => void {
    const listeners = this.#listeners.get(name) ?? new Map<() => void, Listener<never>>()
    const off = (): void => void listeners.delete(off)
    this.#listeners.set(name, listeners.set(off, listener))
    return off
  }

  emit<N extends keyof E & string>(name: N, ...args: E[N]): void {
    // Each of these took the arguments of this name.
    const listeners = this.#listeners.get(name) as Map<() => void, Listener<E[N]>> | undefined
    for (const listener of Array.from(listeners?.values() ?? [])) {
      try {
        const returned = listener(...args)
        if (returned instanceof Promise) returned.catch((error: unknown) => this.#report(name, error))
      } catch (error) {
        this.#report(name, error)
      }
    }
  }

  listenerCount(name: keyof E & string): number {
    return this.#listeners.get(name)?.size ?? 0
  }

  #report(name: string, error: unknown): void {
    // A listener of `error` that fails has nobody left to tell.
    if (name !== 'error') (this as unknown as Emitter<{ error: [error: unknown] }>).emit('error', error)
  }
}
