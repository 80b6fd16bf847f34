import { limits, setPatientTimer, type CancelTimer, type Clock } from '@guestool/core'

/** A guest whose silence means something, since it was asked. */
export interface Suspect {
  readonly clock: Clock
  /** How many texts came of it. */
  readonly heard: number
  /** Asks whether it lives. Any text that comes after it is the answer. */
  probe(): void
  /** It did not answer that either. */
  silent(): void
}

/**
 * Finds out soon whether a guest is stuck that is being asked: one that owes an answer and says nothing at all is asked
 * whether it lives, and if it does not answer this either, it is not alive. One that is slow with one answer says
 * something else meanwhile. There is one timer for all that it is asked, and none while it is asked nothing.
 */
export class Suspicion {
  readonly #suspect: Suspect
  #cancelTimer: CancelTimer | undefined
  #firesAt = Infinity
  /** How many texts had come when the timer was set. */
  #before = 0
  #isProbed = false
  /** The latest question: how many texts had come then, and when its answer is due. */
  #asked = { heard: 0, dueAt: 0 }

  constructor(suspect: Suspect) {
    this.#suspect = suspect
  }

  /**
   * It was asked something.
   *
   * @param ms how long it may take before it answers: Infinity where nobody knows
   */
  asked(ms: number): void {
    if (this.#isProbed || ms === Infinity) return
    const { heard, clock } = this.#suspect
    this.#asked.heard = heard
    this.#asked.dueAt = clock.now() + ms
    if (this.#cancelTimer === undefined) this.#before = heard
    if (this.#asked.dueAt < this.#firesAt) this.#wait(this.#asked.dueAt)
  }

  stop(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    this.#firesAt = Infinity
    this.#isProbed = false
  }

  #wait(until: number): void {
    const { clock } = this.#suspect
    this.#cancelTimer?.()
    this.#firesAt = until
    this.#cancelTimer = setPatientTimer(clock, () => this.#look(), until - clock.now())
  }

  #look(): void {
    const { heard, clock } = this.#suspect
    const wasProbed = this.#isProbed
    this.stop()
    if (heard > this.#before) {
      // It lived then. What it was asked after that may be what it got stuck at.
      if (wasProbed || heard > this.#asked.heard) return
      this.#before = heard
      return this.#wait(Math.max(this.#asked.dueAt, clock.now()))
    }
    if (wasProbed) return this.#suspect.silent()
    this.#isProbed = true
    this.#suspect.probe()
    this.#wait(clock.now() + limits.probeTimeout)
  }
}
