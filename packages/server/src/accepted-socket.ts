import {
  closeCode,
  limits,
  type Clock,
  type Dial,
  type Receiver,
  type Refusal,
  type Transport,
} from '@guestool/core'

/** What every accepted socket of a host needs of it. */
export interface SocketHost {
  readonly clock: Clock
  /** The socket of a socket is gone: the socket can be forgotten. */
  ended(socket: AcceptedSocket): void
}

/** One accepted socket, from the upgrade until it is gone. */
export abstract class AcceptedSocket implements Receiver {
  protected readonly transport: Transport
  readonly #host: SocketHost
  #gone = false
  #whenGone: (() => void) | undefined
  #hangingUp: Promise<void> | undefined

  constructor(open: Dial, host: SocketHost) {
    this.#host = host
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
    this.#host.ended(this)
  }

  /** Closes, unless that was begun before; resolves when the socket is gone, by force after a second. */
  hangUp(code: number, reason: string): Promise<void> {
    if (this.#hangingUp !== undefined) return this.#hangingUp
    const whenGone = this.#untilGone()
    // First, because whoever hears of the end may hang up, too.
    this.#hangingUp = whenGone
    this.end(code, reason)
    return whenGone
  }

  async #untilGone(): Promise<void> {
    if (this.#gone) return
    await new Promise<void>((resolve) => {
      const cancel = this.#host.clock.setTimer(() => {
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
export class RefusedSocket extends AcceptedSocket {
  readonly #refusal: Refusal

  constructor(open: Dial, host: SocketHost, refusal: Refusal) {
    super(open, host)
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
