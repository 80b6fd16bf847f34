import { createNanoEvents } from 'nanoevents'

/** Event names and the arguments of their listeners. */
export type Events = { readonly [name: string]: readonly unknown[] }

type Listener<A extends readonly unknown[]> = (...args: A) => unknown

/**
 * Events whose listeners cannot hurt the emitter or one another: what a listener throws, or what the promise it
 * returns rejects with, goes to `error`.
 */
export class Emitter<E extends Events> {
  readonly #emitter = createNanoEvents()

  /** Listens; the returned function stops listening. One function that listens twice is two listeners. */
  on<N extends keyof E & string>(name: N, listener: Listener<E[N]>): () => void {
    return this.#emitter.on(name, (...args: E[N]) => {
      try {
        const returned = listener(...args)
        if (returned instanceof Promise) returned.catch((error: unknown) => this.#report(name, error))
      } catch (error) {
        this.#report(name, error)
      }
    })
  }

  emit<N extends keyof E & string>(name: N, ...args: E[N]): void {
    this.#emitter.emit(name, ...args)
  }

  listenerCount(name: keyof E & string): number {
    return this.#emitter.events[name]?.length ?? 0
  }

  #report(name: string, error: unknown): void {
    // A listener of `error` that fails has nobody left to tell.
    if (name !== 'error') this.#emitter.emit('error', error)
  }
}
