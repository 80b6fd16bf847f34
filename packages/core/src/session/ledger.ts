/**
 * The last so many `opid`s, oldest out first. With none or one it is as good as nothing: idle sessions are many, and each
 * is asked now and then whether it lives.
 */
export class Ledger<V> {
  readonly #capacity: number
  /** The first stands here … */
  #only: string | undefined
  #onlyValue: V | undefined
  /** … until there is a second. */
  #ring: Ring<V> | undefined

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  has(opid: string): boolean {
    return this.#ring === undefined ? this.#only === opid : this.#ring.has(opid)
  }

  get(opid: string): V | undefined {
    if (this.#ring !== undefined) return this.#ring.get(opid)
    return this.#only === opid ? this.#onlyValue : undefined
  }

  clear(): void {
    this.#only = this.#onlyValue = this.#ring = undefined
  }

  set(opid: string, value: V): void {
    if (this.#ring !== undefined) return this.#ring.set(opid, value)
    if (this.#only !== undefined && this.#only !== opid) {
      this.#ring = new Ring(this.#capacity)
      this.#ring.set(this.#only, this.#onlyValue as V)
      return this.#ring.set(opid, value)
    }
    this.#only = opid
    this.#onlyValue = value
  }
}

/**
 * The opids stand in a ring, and numbers made of them lead to their places: a Map of a thousand texts does not fit a
 * processor's cache, and costs a tenth of a call. Of two opids that make the same number the older is forgotten: with a
 * thousand remembered, one in some millions.
 */
class Ring<V> {
  readonly #capacity: number
  readonly #opids: string[] = []
  readonly #values: V[] = []
  #next = 0
  /** Where what was remembered lately stands … */
  #places = new Map<number, number>()
  /** … and what before that. Nothing is removed from either: a Map from which much is removed is slow. */
  #olderPlaces: Map<number, number> | undefined

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  has(opid: string): boolean {
    return this.#find(opid) !== undefined
  }

  get(opid: string): V | undefined {
    const place = this.#find(opid)
    return place === undefined ? undefined : this.#values[place]
  }

  set(opid: string, value: V): void {
    const key = hash(opid)
    const place = this.#find(opid, key) ?? this.#append(opid, key)
    this.#values[place] = value
  }

  #find(opid: string, key = hash(opid)): number | undefined {
    const place = this.#places.get(key) ?? this.#olderPlaces?.get(key)
    return place !== undefined && this.#opids[place] === opid ? place : undefined
  }

  #append(opid: string, key: number): number {
    if (this.#places.size === this.#capacity) {
      this.#olderPlaces = this.#places
      this.#places = new Map()
    }
    const place = this.#next
    this.#next = (place + 1) % this.#capacity
    this.#places.set(key, place)
    this.#opids[place] = opid
    return place
  }
}

// The first and the last part of a uuid4 are 80 random bits, and whoever counts does it in one of them.
function hash(opid: string): number {
  let number = 0
  for (let i = 0; i < opid.length; i += i === 7 ? 17 : 1)
    number = (Math.imul(number, 31) + opid.charCodeAt(i)) | 0
  return number
}
