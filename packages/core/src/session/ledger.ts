/** The last so many `opid`s, oldest out first. An empty one is as good as nothing: idle sessions are many. */
export class Ledger<V> {
  readonly #capacity: number
  #values: Map<string, V> | undefined
  /** A ring of the same keys, because asking a Map with many deletions for its oldest key is slow. */
  #order: string[] | undefined
  #next = 0

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  has(opid: string): boolean {
    return this.#values !== undefined && this.#values.has(opid)
  }

  get(opid: string): V | undefined {
    return this.#values?.get(opid)
  }

  clear(): void {
    this.#values = undefined
    this.#order = undefined
    this.#next = 0
  }

  set(opid: string, value: V): void {
    const values = (this.#values ??= new Map())
    if (!values.has(opid)) {
      const order = (this.#order ??= [])
      const oldest = order[this.#next]
      if (oldest !== undefined) values.delete(oldest)
      order[this.#next] = opid
      this.#next = (this.#next + 1) % this.#capacity
    }
    values.set(opid, value)
  }
}
