import { systemClock, type Receiver } from '@guestool/core'
import type { MemoryClose, MemoryEnd } from '../memory-end.js'
import { shown } from './frames.js'

/** Raw access to one end of a connection: text in, text out, and nothing done for you. */
export interface RawPeer {
  send(text: string): void
  sendBinary(): void
  close(code: number, reason?: string): void
  /**
   * The next text frame, in order.
   *
   * @param what what is awaited, for the error
   * @throws {Error} when the connection is closed first, or nothing comes for some seconds
   */
  next(what?: string): Promise<string>
  /** Frames that came and were not taken by `next` yet. */
  readonly waiting: readonly string[]
  /** Resolves when the connection is gone. */
  readonly ended: Promise<MemoryClose>
}

/** What a peer needs of its socket. */
export interface PeerSocket {
  send(text: string): void
  sendBinary(): void
  close(code: number, reason: string): void
}

interface Taker {
  readonly what: string
  readonly resolve: (text: string) => void
  readonly reject: (error: Error) => void
}

// Only a test that fails waits for so long: less than the five seconds after which a test runner gives up.
const defaultPatience = 4_000

/** A {@link RawPeer} over any socket: hand it what the socket hears, as to any receiver. */
export class Peer implements RawPeer, Receiver {
  readonly waiting: string[] = []
  /** Every text frame that ever came. */
  readonly received: string[] = []
  readonly ended: Promise<MemoryClose>
  /** Resolves when frames can be sent. */
  readonly ready: Promise<void>
  pongs = 0
  binaries = 0
  readonly #socket: PeerSocket
  readonly #patience: number
  readonly #takers: Taker[] = []
  #setReady: () => void = () => undefined
  #setEnded: (close: MemoryClose) => void = () => undefined
  #over: MemoryClose | undefined

  /** @param patience milliseconds that `next` waits, on the system's clock */
  constructor(socket: PeerSocket, patience = defaultPatience) {
    this.#socket = socket
    this.#patience = patience
    this.ready = new Promise((resolve) => (this.#setReady = resolve))
    this.ended = new Promise((resolve) => (this.#setEnded = resolve))
  }

  send(text: string): void {
    this.#socket.send(text)
  }

  sendBinary(): void {
    this.#socket.sendBinary()
  }

  close(code: number, reason = ''): void {
    this.#socket.close(code, reason)
  }

  next(what = 'a frame'): Promise<string> {
    const text = this.waiting.shift()
    if (text !== undefined) return Promise.resolve(text)
    if (this.#over !== undefined) return Promise.reject(this.#closedBefore(what))
    return new Promise((resolve, reject) => {
      const taker: Taker = {
        what,
        resolve: (found) => {
          cancel()
          resolve(found)
        },
        reject: (error) => {
          cancel()
          reject(error)
        },
      }
      const cancel = systemClock.setTimer(() => {
        this.#takers.splice(this.#takers.indexOf(taker), 1)
        reject(new Error(`${what}: nothing came within ${this.#patience / 1000} s${this.#last()}`))
      }, this.#patience)
      this.#takers.push(taker)
    })
  }

  opened(): void {
    this.#setReady()
  }

  text(text: string): void {
    this.received.push(text)
    const taker = this.#takers.shift()
    if (taker === undefined) this.waiting.push(text)
    else taker.resolve(text)
  }

  binary(): void {
    this.binaries++
  }

  pong(): void {
    this.pongs++
  }

  closed(code: number, reason: string): void {
    this.#over = { code, reason }
    this.#setEnded(this.#over)
    for (const taker of this.#takers.splice(0)) taker.reject(this.#closedBefore(taker.what))
  }

  #closedBefore(what: string): Error {
    return new Error(`${what}: the connection was closed (${this.#over?.code} ${this.#over?.reason})`)
  }

  #last(): string {
    const last = this.received.at(-1)
    return last === undefined ? '' : `; the last was ${shown(last)}`
  }
}

/** Takes a memory pair's end in hand. */
export function peerOn(end: MemoryEnd): Peer {
  const peer = new Peer(end)
  end.attach(peer)
  return peer
}
