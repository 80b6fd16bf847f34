/** Where lines of different heights stand, so that only those that can be seen need to be there. */
export class Lines {
  /** Of each line's top, and at the end of all of them. */
  readonly #tops: Float64Array

  constructor(heights: readonly number[]) {
    this.#tops = new Float64Array(heights.length + 1)
    for (const [at, height] of heights.entries()) this.#tops[at + 1] = this.topOf(at) + height
  }

  get height(): number {
    return this.topOf(this.#tops.length - 1)
  }

  topOf(at: number): number {
    return this.#tops[at] ?? 0
  }

  heightOf(at: number): number {
    return this.topOf(at + 1) - this.topOf(at)
  }

  /** The first line that can be seen between two heights, and the one after the last. */
  between(top: number, bottom: number): [from: number, to: number] {
    const count = this.#tops.length - 1
    const from = Math.min(Math.max(this.#at(top), 0), count)
    return [from, Math.max(from, Math.min(this.#at(bottom) + 1, count))]
  }

  /** The line at a height; before the first it is -1. */
  #at(height: number): number {
    let low = 0
    let high = this.#tops.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.topOf(middle) <= height) low = middle + 1
      else high = middle
    }
    return low - 1
  }
}
