import { limits, type CancelTimer, type Clock, type Transport } from '@guestool/core'

/**
 * Messages that are counted before the clock is looked at: what a peer sends is then counted by little more than an
 * addition.
 */
export const messagesPerLook = 256

/** Bytes that messages of one look may have beside their texts, with what came and is not read yet. */
const framingPerLook = 128 * 1024

/**
 * A message in a thousand fragments is a thousand frames to read, and says so only by the bytes that these have of their
 * own. A frame of six bytes and no content is a fortieth of a message's work.
 *
 * @param framing bytes that came since the last look, beside texts
 */
export function fragmentsCount(framing: number): number {
  return framing > framingPerLook ? framing >>> 8 : 0
}

/**
 * How fast a peer may send what nobody asked it for. One that is faster is not punished: its socket is not read for a
 * while, so that it has to wait, and nothing is lost.
 */
export class Pace {
  readonly #clock: Clock
  readonly #socket: Pick<Transport, 'pause' | 'resume'>
  readonly #msPerMessage: number
  /** When all that was counted had come, had it come at the pace. */
  #dueAt: number
  #resumedAt = 0
  #cancelTimer: CancelTimer | undefined

  constructor(clock: Clock, socket: Pick<Transport, 'pause' | 'resume'>, perSecond: number) {
    this.#clock = clock
    this.#socket = socket
    this.#msPerMessage = 1000 / perSecond
    this.#dueAt = clock.now()
  }

  get paused(): boolean {
    return this.#cancelTimer !== undefined
  }

  /** Until when nothing was read: a peer that was not heard has no part in that. */
  get pausedUntil(): number {
    return this.paused ? this.#clock.now() : this.#resumedAt
  }

  /** So many messages came. */
  count(messages: number): void {
    this.#dueAt = Math.max(this.#dueAt, this.#clock.now()) + messages * this.#msPerMessage
    // What was read before the pause still comes. It counts when the pause is over.
    if (this.paused || this.#excess <= 0) return
    this.#socket.pause?.()
    this.#wait()
  }

  /** The socket is gone. */
  stop(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
  }

  /** Milliseconds by which it is too early for what came. */
  get #excess(): number {
    return this.#dueAt - this.#clock.now() - limits.messageBurst * this.#msPerMessage
  }

  #wait(): void {
    this.#cancelTimer = this.#clock.setTimer(() => {
      this.#cancelTimer = undefined
      if (this.#excess > 0) return this.#wait()
      this.#resumedAt = this.#clock.now()
      this.#socket.resume?.()
    }, Math.ceil(this.#excess))
  }
}
