import { closeCode, type Receiver, type Transport } from '@guestool/core'
import { activity, Queue } from './queue.js'

/** A frame that an end of a pair sent; binary ones have no text. */
export interface MemoryFrame {
  readonly from: MemoryEndName
  readonly text: string | undefined
}

export type MemoryEndName = 'dialler' | 'acceptor'

/** Why an end is closed, as its receiver heard it. */
export interface MemoryClose {
  readonly code: number
  readonly reason: string
}

export interface MemoryPairOptions {
  /** Whether the ends have `ping`: browsers do not. @default true */
  readonly ping?: boolean
  /** Lets the dialler close with any code, not only with those that a browser allows. @default false */
  readonly anyCode?: boolean
}

type Delivery = (end: MemoryEnd, receiver: Receiver) => void

/** What the two ends of a pair share. */
interface Wire {
  held: boolean
  readonly frames: MemoryFrame[]
}

/**
 * One end of a pair: a {@link Transport}, and what a test wants to know of it. It behaves as a `ws` does: frames sent
 * before `close` still arrive, frames of the peer are still delivered while the close is on its way, pings are
 * answered by the socket and not by whoever reads it.
 */
export class MemoryEnd implements Transport {
  readonly name: MemoryEndName
  readonly ping?: () => void
  /** The text frames that this end sent. */
  readonly sent: string[] = []
  /** How many pings this end sent. */
  pings = 0
  /** What this end closed with, if it did. */
  closing: MemoryClose | undefined
  /** What this end heard at its end. */
  over: MemoryClose | undefined
  readonly #wire: Wire
  readonly #anyCode: boolean
  readonly #inbox = new Queue<Delivery>()
  #peer: MemoryEnd | undefined
  #receiver: Receiver | undefined
  #opened = false
  #paused = false
  #scheduled = false

  constructor(name: MemoryEndName, wire: Wire, { ping = true, anyCode = false }: MemoryPairOptions) {
    this.name = name
    this.#anyCode = anyCode || name === 'acceptor'
    this.#wire = wire
    if (ping) {
      this.ping = () => {
        if (!this.isOpen) return
        this.pings++
        this.#post((peer, reader) => {
          reader.pinged?.()
          peer.#post((end, receiver) => end.over ?? receiver.pong())
        })
      }
    }
  }

  /** Whether a frame can be sent. */
  get isOpen(): boolean {
    return this.#opened && this.closing === undefined && this.over === undefined
  }

  /** @internal */
  join(peer: MemoryEnd): void {
    this.#peer = peer
    this.#inbox.push((end, receiver) => {
      end.#opened = true
      receiver.opened()
    })
  }

  /** Who hears what arrives here. Until this is called everything waits. */
  attach(receiver: Receiver): void {
    this.#receiver = receiver
    this.pump()
  }

  send(text: string): void {
    this.#assertOpen()
    this.sent.push(text)
    this.#wire.frames.push({ from: this.name, text })
    this.#post((_end, receiver) => receiver.text(text))
  }

  /** Sends a binary frame, which no peer of the protocol does. */
  sendBinary(): void {
    this.#assertOpen()
    this.#wire.frames.push({ from: this.name, text: undefined })
    this.#post((_end, receiver) => receiver.binary())
  }

  close(code: number, reason: string): void {
    // A browser throws at any other; diallers run in browsers.
    if (!this.#anyCode && code !== 1000 && (code < 3000 || code > 4999)) {
      throw new TypeError(`a browser does not let a page close with ${code}`)
    }
    if (this.closing !== undefined || this.over !== undefined) return
    this.closing = { code, reason }
    if (!this.#opened) return this.lose('closed before it was open')
    this.#post((peer) => {
      peer.#end(code, reason)
      // The answer to a close frame: after it this end is closed, too.
      peer.#post((end) => end.#end(code, reason))
    })
  }

  terminate(): void {
    if (this.over !== undefined) return
    this.#post((peer) => peer.#end(closeCode.lost, ''))
    this.lose('')
  }

  /** What arrives waits, as what was not read from a socket does. */
  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    this.pump()
  }

  /** The connection breaks here: 1006, and what was on its way is gone. */
  lose(reason: string): void {
    if (this.over !== undefined) return
    this.over = { code: closeCode.lost, reason }
    this.#inbox.clear()
    void soon(() => this.#receiver?.closed(closeCode.lost, reason))
  }

  /** @internal Delivers what waits, one thing a microtask. */
  pump(): void {
    if (this.#scheduled || this.#waits || this.#receiver === undefined) return
    if (this.#inbox.length === 0) return
    this.#scheduled = true
    void soon(() => {
      this.#scheduled = false
      if (this.#waits || this.#receiver === undefined) return
      const deliver = this.#inbox.shift()
      activity.deliveries++
      // Also when the receiver throws.
      this.pump()
      deliver?.(this, this.#receiver)
    })
  }

  #post(deliver: Delivery): void {
    const peer = this.#peer
    if (peer === undefined || peer.over !== undefined) return
    peer.#inbox.push(deliver)
    peer.pump()
  }

  #end(code: number, reason: string): void {
    if (this.over !== undefined) return
    this.over = { code, reason }
    this.#inbox.clear()
    this.#receiver?.closed(code, reason)
  }

  get #waits(): boolean {
    return this.#wire.held || this.#paused
  }

  #assertOpen(): void {
    if (!this.isOpen) throw new Error(`the ${this.name}'s end of the memory pair is not open`)
  }
}

/** Two ends that are connected, and a hand on the wire between them. */
export class MemoryPair {
  readonly dialler: MemoryEnd
  readonly acceptor: MemoryEnd
  /** Every frame of either end, in the order of sending. */
  readonly frames: MemoryFrame[]
  readonly #wire: Wire = { held: false, frames: [] }

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
}

/** Two transports that are connected in memory. Frames arrive in order, each in a microtask of its own. */
export function memoryPair(options?: MemoryPairOptions): MemoryPair {
  return new MemoryPair(options)
}

async function soon(run: () => void): Promise<void> {
  await Promise.resolve()
  run()
}
