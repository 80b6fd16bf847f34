import { useLayoutEffect, useState } from 'preact/hooks'

/** A value that tells when it changes: all that views share is in such. `useCell` reads it in a view. */
export class Cell<T> {
  #value: T
  readonly #listeners = new Set<(value: T) => void>()

  constructor(value: T) {
    this.#value = value
  }

  get value(): T {
    return this.#value
  }

  set value(value: T) {
    if (Object.is(value, this.#value)) return
    this.#value = value
    for (const listener of this.#listeners) listener(value)
  }

  /** Hears each change. Returns what stops listening. */
  subscribe(listener: (value: T) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}

/** The value of a cell, in a view that is drawn again when it changes. */
export function useCell<T>(cell: Cell<T>): T {
  const [, redraw] = useState({})
  const { value } = cell
  useLayoutEffect(() => {
    // It may have changed since this view was drawn.
    if (!Object.is(value, cell.value)) redraw({})
    return cell.subscribe(() => redraw({}))
  }, [cell])
  return value
}
