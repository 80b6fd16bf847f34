import { EventEmitter } from '#eventemitter3'

/** Event names and the arguments of their listeners. */
export type Events = { readonly [name: string]: readonly unknown[] }

type Listener<A extends readonly unknown[]> = (...args: A) => unknown

/**
 * Events whose listeners cannot hurt the emitter or one another: what a listener throws, or what the promise it
 * returns rejects with, goes to `error`.
 */
export class Emitter<E extends Events> {
  readonly #emitter = new EventEmitter<string>()

  /** Listens; the returned function stops listening. One function that listens twice is two listeners. */
  on<N extends keyof E & string>(name: N, listener: Listener<E[N]>): () => void {
    const isolated = (...args: E[N]): void => {
      try {
        const returned = listener(...args)
        if (returned instanceof Promise) returned.catch((error: unknown) => this.#report(name, error))
      } catch (error) {
        this.#report(name, error)
      }
    }
    this.#emitter.on(name, isolated)
    return () => void this.#emitter.off(name, isolated)
  }

  emit<N extends keyof E & string>(name: N, ...args: E[N]): void {
    this.#emitter.emit(name, ...args)
  }

  listenerCount(name: keyof E & string): number {
    return this.#emitter.listenerCount(name)
  }

  #report(name: string, error: unknown): void {
    // A listener of `error` that fails has nobody left to tell.
    if (name !== 'error') this.#emitter.emit('error', error)
  }
}
