import { isRecord, limits, type Clock } from '@guestool/core'

/** When a process started: as its guest says it, in Unix seconds, and in this host's own elapsed milliseconds. */
interface Birth {
  readonly ts: number
  readonly at: number
}

/** When the process of each guest started, so that one that comes back is known to be the same, or another. */
export class Births {
  readonly #clock: Clock
  /** Of guests that are connected. */
  readonly #here = new Map<string, Birth>()
  /** Of guests that left, the one that left longest ago first. */
  readonly #away = new Map<string, Birth>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * A guest that joined said its `time`. Whether it is another process than when it last joined; false where nobody
   * knows.
   */
  joined(id: string, time: unknown): boolean {
    const before = this.#away.get(id)
    this.#away.delete(id)
    if (!isRecord(time) || typeof time.nonebot !== 'number' || typeof time.nonebot_ts !== 'number')
      return false
    const birth = { ts: time.nonebot_ts, at: this.#clock.now() - time.nonebot * 1000 }
    this.#here.set(id, birth)
    return before !== undefined && !isSame(before, birth)
  }

  left(id: string, returns: boolean): void {
    const birth = this.#here.get(id)
    this.#here.delete(id)
    this.#away.delete(id)
    if (birth === undefined || !returns) return
    this.#away.set(id, birth)
    const [longestAgo] = this.#away.keys()
    if (this.#away.size > limits.rememberedGuests && longestAgo !== undefined) this.#away.delete(longestAgo)
  }
}

/** Clocks are set, and machines sleep: of the two ways to tell one may be wrong. */
function isSame(one: Birth, other: Birth): boolean {
  const seconds = Math.min(Math.abs(one.ts - other.ts), Math.abs(one.at - other.at) / 1000)
  return seconds * 1000 <= limits.sameProcess
}
