/**
 * What somebody did or met, in order of time: so many in all, and so many of one owner, who pushes out its own past and
 * not that of others.
 */
export class Entries<E extends object> {
  readonly #ownerOf: (entry: E) => string
  readonly #max: number
  readonly #maxOfOne: number
  readonly #all = new Set<E>()
  readonly #of = new Map<string, Set<E>>()

  constructor(ownerOf: (entry: E) => string, max: number, maxOfOne: number) {
    this.#ownerOf = ownerOf
    this.#max = max
    this.#maxOfOne = maxOfOne
  }

  add(entry: E): void {
    this.#all.add(entry)
    const owner = this.#ownerOf(entry)
    const own = this.#of.get(owner) ?? new Set()
    this.#of.set(owner, own.add(entry))
    if (own.size > this.#maxOfOne) this.#deleteFirst(own)
    if (this.#all.size > this.#max) this.#deleteFirst(this.#all)
  }

  delete(entry: E): void {
    const owner = this.#ownerOf(entry)
    const own = this.#of.get(owner)
    this.#all.delete(entry)
    own?.delete(entry)
    if (own?.size === 0) this.#of.delete(owner)
  }

  /** All of one owner, the oldest first. */
  of(owner: string): Iterable<E> {
    return this.#of.get(owner) ?? []
  }

  /** All, the oldest first: a list of its own. */
  list(): E[] {
    return [...this.#all]
  }

  #deleteFirst(entries: ReadonlySet<E>): void {
    for (const first of entries) return this.delete(first)
  }
}
