// Two processes and a socket between them. The floor and the SDK take turns, pass by pass, so that whatever else the
// machine does hurts both alike: what is believed is the ratio of two passes that followed one another.
import { Worker } from './worker.mjs'

/**
 * @typedef {object} Placement
 * @property {'dialler' | 'acceptor'} asker a client asks a host, or a host asks a guest
 * @property {readonly (number | undefined)[]} cores of the asker and of the answerer
 *
 * @typedef {object} Amount
 * @property {number} pairs of passes, one of the floor and one of the SDK
 * @property {number} calls of a pass
 * @property {number} sequential calls of a pass, one after another
 *
 * @typedef {Record<'cpu' | 'rate' | 'latency', number>} Figures microseconds per call, calls a second, microseconds
 */

const inFlight = 64

/** A variant at both ends of a connection. */
class Pair {
  #asker
  #answerer
  #askerDials

  /**
   * @param {import('./variants.mjs').VariantName} variant
   * @param {Placement} placement
   */
  constructor(variant, { asker, cores }) {
    this.#asker = new Worker('end.mjs', { args: [variant], core: cores[0] })
    this.#answerer = new Worker('end.mjs', { args: [variant], core: cores[1] })
    this.#askerDials = asker === 'dialler'
  }

  /** @param {Amount} amount */
  async start({ calls, sequential }) {
    if (this.#askerDials) await this.#asker.tell('dialToAsk', await this.#answerer.tell('acceptToAnswer'))
    else await this.#answerer.tell('dialToAnswer', await this.#asker.tell('acceptToAsk'))
    // Compilers and heaps need some time to settle. Every process that lives long has a full collection with calls on
    // their way now and then. Calls cost more after the first one (most in the floor, whose Map got old): both have it.
    const collected = this.#answerer.tell('collect')
    await this.#asker.tell('load', { calls: calls * 2, inFlight, collect: true })
    await collected
    await this.#asker.tell('sequence', { calls: sequential })
  }

  /**
   * @param {Amount} amount
   * @returns {Promise<Figures>}
   */
  async pass({ calls, sequential }) {
    const before = await this.#answerer.tell('cpuTime')
    const { seconds, cpu } = await this.#asker.tell('load', { calls, inFlight })
    const after = await this.#answerer.tell('cpuTime')
    const latency = await this.#asker.tell('sequence', { calls: sequential })
    return { cpu: (cpu + after - before) / calls, rate: calls / seconds, latency }
  }

  stop() {
    this.#asker.stop()
    this.#answerer.stop()
  }
}

/**
 * @param {Placement} placement
 * @param {Amount} amount
 * @returns {Promise<{ floor: Figures, sdk: Figures }[]>} pass by pass
 */
export async function measureSockets(placement, amount) {
  const floor = new Pair('floor', placement)
  const sdk = new Pair('sdk', placement)
  try {
    await floor.start(amount)
    await sdk.start(amount)
    const passes = []
    for (let i = 0; i < amount.pairs; i++) {
      if (i % 2 === 0) passes.push({ floor: await floor.pass(amount), sdk: await sdk.pass(amount) })
      else {
        const second = await sdk.pass(amount)
        passes.push({ floor: await floor.pass(amount), sdk: second })
      }
    }
    return passes
  } finally {
    floor.stop()
    sdk.stop()
  }
}
