/** The last so many `opid`s, oldest out first. Nothing is allocated until something is remembered. */
export class Ledger<V> {
  readonly #capacity: number
  readonly #values = new Map<string, V>()
  /** A ring of the same keys, because asking a Map with many deletions for its oldest key is slow. */
  readonly #order: string[] = []
  #next = 0

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  has(opid: string): boolean {
    return this.#values.has(opid)
  }

  get(opid: string): V | undefined {
    return this.#values.get(opid)
  }

  set(opid: string, value: V): void {
    if (!this.#values.has(opid)) {
      const oldest = this.#order[this.#next]
      if (oldest !== undefined) this.#values.delete(oldest)
      this.#order[this.#next] = opid
      this.#next = (this.#next + 1) % this.#capacity
    }
    this.#values.set(opid, value)
  }
}
