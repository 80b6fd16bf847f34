import { closeCode, limits, type Refusal } from '@guestool/core'
import { networkOf } from './peer-address.js'

/** Counts the sockets of a host, all of them and those of each address, and says when there are too many. */
export class Crowd {
  readonly #perAddress: number
  readonly #max: number
  readonly #byAddress = new Map<string, number>()
  #size = 0

  constructor(connectionsPerAddress: number, maxConnections: number) {
    this.#perAddress = connectionsPerAddress
    this.#max = maxConnections
  }

  /** Why one more may not stay, or undefined. No address is that of a Unix socket, whose peers are not told apart. */
  refusal(address: string | undefined): Refusal | undefined {
    if (this.#of(address) >= this.#perAddress) {
      const reason = `over ${this.#perAddress} connections of one address; for peers behind a proxy, set the host's trustProxy`
      return { code: closeCode.tooMany, reason }
    }
    if (this.#size < this.#max) return undefined
    return { code: closeCode.overloaded, reason: `this host has ${this.#max} connections; try again later` }
  }

  /**
   * Whether one more is too many even to be told so. Those that are told stay for a moment, so that they count, too: a
   * quarter more than may stay.
   */
  overflows(address: string | undefined): boolean {
    return this.#of(address) >= 1.25 * this.#perAddress || this.#size >= 1.25 * this.#max
  }

  enter(address: string | undefined): void {
    this.#size++
    if (address === undefined) return
    const key = networkOf(address)
    this.#byAddress.set(key, (this.#byAddress.get(key) ?? 0) + 1)
  }

  leave(address: string | undefined): void {
    this.#size--
    if (address === undefined) return
    const key = networkOf(address)
    const left = (this.#byAddress.get(key) ?? 0) - 1
    if (left > 0) this.#byAddress.set(key, left)
    else this.#byAddress.delete(key)
  }

  #of(address: string | undefined): number {
    return address === undefined ? 0 : (this.#byAddress.get(networkOf(address)) ?? 0)
  }
}

/**
 * Who has not asked to come in, has not said hello, or is not known yet. They are few at any time, unless somebody makes
 * many of them and lets them wait; then whoever waits longest goes, so that those who come to the point still get in.
 */
export class Newcomers {
  /** What makes each go. */
  readonly #waiting = new Map<object, (refusal: Refusal) => void>()

  add(newcomer: object, giveUp: (refusal: Refusal) => void): void {
    this.#waiting.set(newcomer, giveUp)
    if (this.#waiting.size <= limits.newcomers) return
    for (const [longest, letGo] of this.#waiting) {
      this.#waiting.delete(longest)
      const reason = 'too many newcomers at once, and this one took the longest; try again later'
      return letGo({ code: closeCode.overloaded, reason })
    }
  }

  /** It is in, or gone. */
  delete(newcomer: object): void {
    this.#waiting.delete(newcomer)
  }
}
