import { setPatientTimer, type CancelTimer, type Clock } from '../clock.js'
import * as limits from '../limits.js'

/** Something whose life is checked now and then. */
export interface Beating {
  beat(): void
}

const slots = 10
const slotMs = limits.probeTimeout / slots
const membersAtOnce = 64
// Beats come a turn apart, give or take this. An answer comes right after a beat, and three turns later it is 30 s old.
const jitter = slotMs / 2

/**
 * One timer for the heartbeats of any number of connections. Members are spread over the slots of a wheel that turns
 * once every `probeTimeout`, so that a thousand of them never beat at once. There is no timer while there are no members.
 */
export class Wheel {
  readonly #clock: Clock
  readonly #slots = Array.from({ length: slots }, () => new Set<Beating>())
  #size = 0
  #at = 0
  #nextSlot = 0
  #cancelTimer: CancelTimer | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Adds a member: it beats once a turn. The returned function removes it. */
  add(member: Beating): () => void {
    // Round robin: a thousand guests that come back in one second still beat spread out.
    this.#nextSlot = (this.#nextSlot + 1) % slots
    const slot = this.#slots[this.#nextSlot]
    if (slot === undefined) throw new RangeError('the wheel has no such slot')
    slot.add(member)
    this.#size++
    if (this.#cancelTimer === undefined) this.#arm()
    return () => {
      if (!slot.delete(member)) return
      this.#size--
      if (this.#size > 0) return
      this.#cancelTimer?.()
      this.#cancelTimer = undefined
    }
  }

  #arm(): void {
    const turn = (): void => {
      this.#at = (this.#at + 1) % slots
      this.#beat((this.#slots[this.#at] ?? []).values())
    }
    this.#cancelTimer = setPatientTimer(this.#clock, turn, slotMs)
  }

  /** Some at a time: what else this process does must not wait for a thousand, nor all their questions be there at once. */
  #beat(members: Iterator<Beating>): void {
    this.#cancelTimer = undefined
    let left = membersAtOnce
    for (let next = members.next(); !next.done; next = members.next()) {
      next.value.beat()
      if (--left === 0) break
    }
    // All may have left meanwhile, and others come, who begin anew.
    if (this.#size === 0 || this.#cancelTimer !== undefined) return
    if (left > 0) this.#arm()
    else this.#cancelTimer = this.#clock.setTimer(() => this.#beat(members), 0)
  }
}

export interface LivenessOptions {
  readonly clock: Clock
  /** When text last came. */
  heardAt(): number
  /** Asks the peer whether it lives. Any text that comes after it is the answer. */
  probe(): void
  /** The peer did not answer this many times in a row; called at every miss. */
  missed(misses: number): void
}

/** Finds out whether a peer that is silent still lives. */
export class Liveness implements Beating {
  readonly #options: LivenessOptions
  #probedAt: number | undefined
  #misses = 0

  constructor(options: LivenessOptions) {
    this.#options = options
  }

  beat(): void {
    const options = this.#options
    const heard = options.heardAt()
    const now = options.clock.now()
    if (this.#probedAt !== undefined && heard >= this.#probedAt) {
      this.#probedAt = undefined
      this.#misses = 0
    }
    if (this.#probedAt === undefined) {
      if (now - heard < limits.idle - jitter) return
    } else {
      if (now - this.#probedAt < limits.probeTimeout - jitter) return
      this.#misses++
      options.missed(this.#misses)
    }
    this.#probedAt = now
    options.probe()
  }
}
