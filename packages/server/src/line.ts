import {
  closeCode,
  limits,
  type Clock,
  type Dial,
  type Receiver,
  type Refusal,
  type Transport,
} from '@guestool/core'

/** What every line of a host needs of it. */
export interface LineHouse {
  readonly clock: Clock
  /** The socket of a line is gone: the line can be forgotten. */
  ended(line: Line): void
}

/** One accepted socket, from the upgrade until it is gone. */
export abstract class Line implements Receiver {
  protected readonly transport: Transport
  readonly #house: LineHouse
  #gone = false
  #whenGone: (() => void) | undefined
  #hangingUp: Promise<void> | undefined

  constructor(open: Dial, house: LineHouse) {
    this.#house = house
    this.transport = open(this)
  }

  abstract opened(): void
  abstract text(text: string): void
  abstract binary(): void
  abstract pong(): void
  /** What ends before the socket does: a session, a timer. */
  protected abstract end(code: number, reason: string): void

  closed(_code: number, _reason: string): void {
    this.#gone = true
    this.#whenGone?.()
    this.#house.ended(this)
  }

  /** Closes, unless that was begun before; resolves when the socket is gone, by force after a second. */
  hangUp(code: number, reason: string): Promise<void> {
    this.#hangingUp ??= this.#hangUp(code, reason)
    return this.#hangingUp
  }

  async #hangUp(code: number, reason: string): Promise<void> {
    this.end(code, reason)
    if (this.#gone) return
    await new Promise<void>((resolve) => {
      const cancel = this.#house.clock.setTimer(() => {
        this.terminate()
        if (this.transport.terminate === undefined) resolve()
      }, limits.byeTimeout)
      this.#whenGone = () => {
        cancel()
        resolve()
      }
    })
  }

  /** Gives the socket up without waiting for the peer. */
  protected terminate(): void {
    if (this.transport.terminate !== undefined) this.transport.terminate()
    else this.transport.close(closeCode.goingAway, '')
  }
}

/**
 * A socket that was accepted only to tell it by a close code why it may not stay: an HTTP status would raise in a
 * guest's start-up, and a browser cannot see it.
 */
export class RefusedLine extends Line {
  readonly #refusal: Refusal

  constructor(open: Dial, house: LineHouse, refusal: Refusal) {
    super(open, house)
    this.#refusal = refusal
  }

  opened(): void {
    this.transport.close(this.#refusal.code, this.#refusal.reason)
  }

  text(): void {}
  binary(): void {}
  pong(): void {}

  protected end(code: number, reason: string): void {
    this.transport.close(code, reason)
  }
}
