/** The last so many things, and so much of them: the oldest go first. */
export class Ring<T> {
  readonly #most: number
  readonly #mostSize: number
  readonly #sizeOf: (item: T) => number
  #items: T[] = []
  #start = 0
  #size = 0
  /** How many have gone. */
  gone = 0

  constructor(most: number, mostSize: number, sizeOf: (item: T) => number) {
    this.#most = most
    this.#mostSize = mostSize
    this.#sizeOf = sizeOf
  }

  get length(): number {
    return this.#items.length - this.#start
  }

  /** Adds one, and gives what had to go for it: never the newest, however large. */
  push(item: T): T[] {
    this.#items.push(item)
    this.#size += this.#sizeOf(item)
    const gone: T[] = []
    while (this.length > 1 && (this.length > this.#most || this.#size > this.#mostSize)) {
      const oldest = this.#items.slice(this.#start, ++this.#start)
      for (const each of oldest) this.#size -= this.#sizeOf(each)
      gone.push(...oldest)
    }
    this.gone += gone.length
    // Removing one by one from the front of an array is slow.
    if (this.#start > 1_024 && this.#start > this.length) this.#compact()
    return gone
  }

  /** All of them, the oldest first. */
  items(): T[] {
    return this.#items.slice(this.#start)
  }

  clear(): void {
    this.#items = []
    this.#start = this.#size = this.gone = 0
  }

  #compact(): void {
    this.#items = this.#items.slice(this.#start)
    this.#start = 0
  }
}
