/** First in, first out, at a constant cost: `shift` of a long array moves all that is behind. */
export class Queue<T> {
  #items: T[] = []
  #head = 0

  get length(): number {
    return this.#items.length - this.#head
  }

  push(item: T): void {
    this.#items.push(item)
  }

  shift(): T | undefined {
    const item = this.#items[this.#head]
    if (this.#head < this.#items.length) this.#head++
    if (this.#head === this.#items.length) this.clear()
    return item
  }

  clear(): void {
    this.#items = []
    this.#head = 0
  }
}

/**
 * How much has been delivered in memory, anywhere. A virtual clock lets things happen until this stands still, so
 * that a test may send a thousand frames and still see them all arrive before time moves on.
 */
export const activity = { deliveries: 0 }
