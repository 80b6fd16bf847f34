// What ledger.ts does, in a third of the code. In a browser `#ledger` (package.json) is this in its place: a page does not
// ask so often that it notices.

/** The last so many `opid`s, oldest out first: a Map keeps the order in which they came. */
export class Ledger<V> extends Map<string, V> {
  readonly #capacity: number

  constructor(capacity: number) {
    super()
    this.#capacity = capacity
  }

  override set(opid: string, value: V): this {
    super.set(opid, value)
    const [oldest] = this.size > this.#capacity ? this.keys() : []
    if (oldest !== undefined) this.delete(oldest)
    return this
  }
}
