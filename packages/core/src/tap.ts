import { Emitter } from './emitter.js'
import type { Dial, Receiver, Transport } from './transport.js'

/** What passes over a connection, seen from whoever dialled it. */
export type Passed =
  | { readonly what: 'sent' | 'received'; readonly text: string }
  | { readonly what: 'opened' | 'binary' }
  | { readonly what: 'closed'; readonly code: number; readonly reason: string }

/**
 * Hears what passes over the connections that a `dial` opens: `createHub(url, { dial: tap.through(dial) })`. While
 * nobody listens nothing is made or kept, so that a tap may stay in a connection for good.
 */
export class Tap {
  readonly #emitter = new Emitter<{ passed: [Passed] }>()

  /** Listens from now on, whichever connection it is. Returns what stops listening. What a listener throws is lost. */
  listen(listener: (passed: Passed) => unknown): () => void {
    return this.#emitter.on('passed', listener)
  }

  /** The same dial, heard by this tap. */
  through(dial: Dial): Dial {
    return (receiver, token) => this.#tapped(dial(this.#hearing(receiver), token))
  }

  get #heard(): boolean {
    return this.#emitter.listenerCount('passed') > 0
  }

  #tell(passed: Passed): void {
    this.#emitter.emit('passed', passed)
  }

  /** A frame that comes is told before it is read: what it makes its reader send comes after it. */
  #hearing(receiver: Receiver): Receiver {
    return {
      opened: () => {
        this.#tell({ what: 'opened' })
        receiver.opened()
      },
      text: (text) => {
        if (this.#heard) this.#tell({ what: 'received', text })
        receiver.text(text)
      },
      binary: () => {
        this.#tell({ what: 'binary' })
        receiver.binary()
      },
      pong: () => receiver.pong(),
      pinged: () => receiver.pinged?.(),
      closed: (code, reason) => {
        this.#tell({ what: 'closed', code, reason })
        receiver.closed(code, reason)
      },
    }
  }

  /** What a transport cannot do, its tapped self cannot either: whether there is a `ping` decides how one asks for life. */
  #tapped(transport: Transport): Transport {
    return {
      send: (text) => {
        transport.send(text)
        if (this.#heard) this.#tell({ what: 'sent', text })
      },
      close: (code, reason) => transport.close(code, reason),
      ...(transport.terminate && { terminate: () => transport.terminate?.() }),
      ...(transport.ping && { ping: () => transport.ping?.() }),
      ...(transport.pause && { pause: () => transport.pause?.() }),
      ...(transport.resume && { resume: () => transport.resume?.() }),
    }
  }
}
