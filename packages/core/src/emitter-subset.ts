// As much of eventemitter3 as emitter.ts asks of it. In a browser `#eventemitter3` (package.json) is this in its place,
// which is a tenth of a client's bundle. Both do the same: emitter-subset.test.ts compares them.

type Listener = (...args: never) => void

export class EventEmitter {
  /** No list is changed while it is gone through: each change makes a new one. */
  readonly #listeners = new Map<string, readonly Listener[]>()

  on(name: string, listener: Listener): void {
    this.#listeners.set(name, [...this.#of(name), listener])
  }

  off(name: string, listener: Listener): void {
    const others = this.#of(name).filter((one) => one !== listener)
    if (others.length > 0) this.#listeners.set(name, others)
    else this.#listeners.delete(name)
  }

  emit(name: string, ...args: unknown[]): void {
    for (const listener of this.#of(name)) listener(...(args as never))
  }

  listenerCount(name: string): number {
    return this.#of(name).length
  }

  #of(name: string): readonly Listener[] {
    return this.#listeners.get(name) ?? []
  }
}
