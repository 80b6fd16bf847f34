import {
  closeCode,
  limits,
  type CancelTimer,
  type Clock,
  type Receiver,
  type Transport,
} from '@guestool/core'
import type { Machine } from './machine.js'
import { activity, Queue } from './queue.js'
import { Road, type Delay } from './road.js'
import { utf8Bytes } from './utf8.js'

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
  /**
   * Lets what is sent take its time: the clock of the network. A close that is not answered is given up after five
   * seconds then, as a `ws` does it.
   * @default it takes none
   */
  readonly clock?: Clock
  /** How many milliseconds each frame takes. None overtakes another of its direction. @default () => 0 */
  readonly delay?: Delay
  /** What the dialling end stands on: it reads when that does. */
  readonly dialler?: Machine
  /** What the accepting end stands on. */
  readonly acceptor?: Machine
}

type Delivery = (end: MemoryEnd, receiver: Receiver) => void

/** What the two ends of a pair share. */
export interface Wire {
  held: boolean
  /** Nothing arrives any more, and nobody is told. */
  severed: boolean
  readonly frames: MemoryFrame[]
  /** Both ends hear that it is lost. */
  kill(reason: string): void
}

/** What an end still sends before the wire breaks under it. */
interface Breach {
  bytes: number
  readonly silently: boolean
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
  readonly #clock: Clock | undefined
  readonly #machine: Machine | undefined
  /** To the peer. */
  readonly #road: Road
  readonly #inbox = new Queue<Delivery>()
  #peer: MemoryEnd | undefined
  #receiver: Receiver | undefined
  #breach: Breach | undefined
  #cancelClose: CancelTimer | undefined
  #opened = false
  #paused = false
  #scheduled = false

  constructor(name: MemoryEndName, wire: Wire, options: MemoryPairOptions) {
    const { ping = true, anyCode = false, clock, delay } = options
    this.name = name
    this.#anyCode = anyCode || name === 'acceptor'
    this.#wire = wire
    this.#machine = options[name]
    this.#clock = clock && (this.#machine ?? clock)
    this.#road = new Road(clock, delay)
    this.#machine?.attach(this)
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

  /** How much has arrived and was not read yet: frames, pings, a close. What a held wire holds has not arrived. */
  get unread(): number {
    return this.#wire.held ? 0 : this.#inbox.length
  }

  /** @internal */
  join(peer: MemoryEnd): void {
    this.#peer = peer
    // Where time passes, a dialler knows that it is connected when whoever accepted it has said so.
    if (this.name === 'dialler' && this.#clock !== undefined) return
    this.#inbox.push((end, receiver) => {
      end.#opened = true
      receiver.opened()
      if (end.#clock === undefined) return
      end.#post((dialler, hears) => {
        dialler.#opened = true
        hears.opened()
      })
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
    if (this.#breaks(text)) return
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
    if (!this.#opened) {
      if (this.#clock !== undefined) this.#post((peer) => peer.#end(closeCode.lost, ''))
      return this.lose('closed before it was open')
    }
    this.#cancelClose = this.#clock?.setTimer(() => this.terminate(), limits.closeTimeout)
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
    this.#leave({ code: closeCode.lost, reason })
    void soon(() => {
      const tell = (): void => this.#receiver?.closed(closeCode.lost, reason)
      if (this.#machine === undefined) tell()
      else this.#machine.run(tell)
    })
  }

  /**
   * The wire breaks once this end has sent so many more bytes of text: the frame that they end in never arrives, nor
   * does anything after it, either way. Both ends hear that it is lost, unless it breaks silently: then nobody is told.
   */
  breakAfter(bytes: number, silently = false): void {
    this.#breach = { bytes, silently }
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
    this.#road.travel(() => {
      if (this.#wire.severed || peer.over !== undefined) return
      peer.#inbox.push(deliver)
      peer.pump()
    })
  }

  /** Whether this frame is the one in which the wire breaks. */
  #breaks(text: string): boolean {
    if (this.#breach === undefined) return false
    this.#breach.bytes -= utf8Bytes(text)
    if (this.#breach.bytes >= 0) return false
    this.#wire.severed = true
    if (!this.#breach.silently) void soon(() => this.#wire.kill('the wire broke'))
    return true
  }

  #end(code: number, reason: string): void {
    if (this.over !== undefined) return
    this.#leave({ code, reason })
    this.#receiver?.closed(code, reason)
  }

  #leave(close: MemoryClose): void {
    this.over = close
    this.#inbox.clear()
    this.#cancelClose?.()
    this.#machine?.detach(this)
  }

  get #waits(): boolean {
    return this.#wire.held || this.#paused || this.#machine?.reads === false
  }

  #assertOpen(): void {
    if (!this.isOpen) throw new Error(`the ${this.name}'s end of the memory pair is not open`)
  }
}

async function soon(run: () => void): Promise<void> {
  await Promise.resolve()
  run()
}
