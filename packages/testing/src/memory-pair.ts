import { MemoryEnd, type MemoryFrame, type MemoryPairOptions, type Wire } from './memory-end.js'

/**
 * Two ends that are connected, and a hand on the wire between them. With a clock the wire is a network: what is sent
 * takes its time, a machine reads when it runs, and a wire breaks in the middle of a frame.
 */
export class MemoryPair {
  readonly dialler: MemoryEnd
  readonly acceptor: MemoryEnd
  /** Every frame of either end, in the order of sending. */
  readonly frames: MemoryFrame[]
  readonly #wire: Wire = { held: false, severed: false, frames: [], kill: (reason) => this.kill(reason) }

  constructor(options: MemoryPairOptions = {}) {
    this.frames = this.#wire.frames
    this.dialler = new MemoryEnd('dialler', this.#wire, options)
    this.acceptor = new MemoryEnd('acceptor', this.#wire, options)
    this.dialler.join(this.acceptor)
    this.acceptor.join(this.dialler)
  }

  /** The network stalls: what is sent from now on waits, closes and pings too. */
  hold(): void {
    this.#wire.held = true
  }

  /** The stall is over: everything arrives, in order. */
  release(): void {
    this.#wire.held = false
    this.dialler.pump()
    this.acceptor.pump()
  }

  /** The cable is cut: both ends hear 1006, and what was on its way is gone. */
  kill(reason = 'lost'): void {
    this.dialler.lose(reason)
    this.acceptor.lose(reason)
  }

  /**
   * The peer's machine lost its power, or a router forgot: nothing arrives any more, and nobody is told. With `lose` of
   * one end it is half open: that end knows, the other still believes in it.
   */
  sever(): void {
    this.#wire.severed = true
  }
}

/** Two transports that are connected in memory. Frames arrive in order, each in a microtask of its own. */
export function memoryPair(options?: MemoryPairOptions): MemoryPair {
  return new MemoryPair(options)
}
