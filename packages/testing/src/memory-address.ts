import { closeCode, type Dial, type Receiver } from '@guestool/core'
import type { MemoryEnd, MemoryPairOptions } from './memory-end.js'
import { MemoryPair } from './memory-pair.js'

/**
 * What becomes of a dial:
 * - `accept`: it connects
 * - `hang`: nothing ever happens, as with a host that a firewall swallows
 * - `refuse`: nobody listens: closed 1006
 * - `throw`: the dial function itself throws
 * - a close: it connects, and the acceptor closes at once
 */
export type DialOutcome =
  | 'accept'
  | 'hang'
  | 'refuse'
  | 'throw'
  | { readonly code: number; readonly reason: string }

/** An address in memory that can be dialled, as often as a test likes, with the outcomes that it plans. */
export class MemoryAddress {
  /** Every connection so far, the newest last; also those that were closed at once, not those that never connected. */
  readonly pairs: MemoryPair[] = []
  /** How often somebody dialled. */
  dials = 0
  /** What the next dials meet, in order; after that it is {@link otherwise}. */
  readonly plan: DialOutcome[] = []
  otherwise: DialOutcome = 'accept'
  readonly #accept: (end: MemoryEnd, pair: MemoryPair) => Receiver
  readonly #options: MemoryPairOptions

  /** @param accept makes what listens at the accepting end: an `Acceptor`, a scripted peer, … */
  constructor(accept: (end: MemoryEnd, pair: MemoryPair) => Receiver, options: MemoryPairOptions = {}) {
    this.#accept = accept
    this.#options = options
  }

  readonly dial: Dial = (receiver) => {
    this.dials++
    const outcome = this.plan.shift() ?? this.otherwise
    if (outcome === 'throw') throw new Error('this dial was planned to throw')
    const pair = new MemoryPair(this.#options)
    if (outcome === 'hang') pair.hold()
    pair.dialler.attach(receiver)
    if (outcome === 'refuse') {
      pair.dialler.lose('nobody listens')
    } else if (outcome === 'accept') {
      this.pairs.push(pair)
      this.#arrive(pair)
    } else if (outcome !== 'hang') {
      this.pairs.push(pair)
      pair.acceptor.attach(closesAtOnce(pair.acceptor, outcome.code, outcome.reason))
    }
    return pair.dialler
  }

  #arrive(pair: MemoryPair): void {
    const { clock, delay = () => 0, acceptor } = this.#options
    const accept = (): void => {
      if (pair.acceptor.over === undefined) pair.acceptor.attach(this.#accept(pair.acceptor, pair))
    }
    if (clock === undefined) return accept()
    clock.setTimer(() => (acceptor === undefined ? accept() : acceptor.run(accept)), delay())
  }

  /** The newest connection. */
  get pair(): MemoryPair {
    const pair = this.pairs.at(-1)
    if (pair === undefined) throw new Error('nobody is connected')
    return pair
  }
}

/** Dials an address in memory: `memoryDial((end) => new Acceptor(end, …))`. */
export function memoryDial(
  accept: (end: MemoryEnd, pair: MemoryPair) => Receiver,
  options?: MemoryPairOptions,
): Dial {
  return new MemoryAddress(accept, options).dial
}

function closesAtOnce(end: MemoryEnd, code: number, reason: string): Receiver {
  return {
    opened: () => (code === closeCode.lost ? end.terminate() : end.close(code, reason)),
    text() {},
    binary() {},
    pong() {},
    closed() {},
  }
}
