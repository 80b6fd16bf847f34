// A variant at work: the processes that a call passes through, each on its core.
import { Worker } from './worker.mjs'

/** @typedef {import('./variants.mjs').VariantName} VariantName */

/**
 * @typedef {object} Placement
 * @property {'dialler' | 'acceptor'} [asker] a client asks a host (the default), or a host asks a guest
 * @property {readonly (number | undefined)[]} cores of the asker, of the answerer, and of who stands between them
 */

/** Two processes and a socket between them; or three, where `forwarder` hands calls on. */
export class Party {
  #asker
  #answerer
  /** @type {Worker | undefined} */
  #forwarder
  #askerDials

  /**
   * @param {VariantName} variant
   * @param {Placement & { forwards?: boolean }} placement
   */
  constructor(variant, { asker = 'dialler', cores, forwards = false }) {
    const worker = (/** @type {number | undefined} */ core) =>
      new Worker('end.mjs', { args: [variant], core })
    this.#asker = worker(cores[0])
    this.#answerer = worker(cores[1])
    if (forwards) this.#forwarder = worker(cores[2])
    this.#askerDials = asker === 'dialler'
  }

  /**
   * Connects, and calls so often that compilers and heaps are settled.
   *
   * @param {{ calls: number, sequential: number, inFlight: number }} amount
   */
  async start({ calls, sequential, inFlight }) {
    await this.#connect()
    // Every process that lives long has a full collection with calls on their way now and then. Calls cost more after
    // the first one (most in the floor, whose Map got old): all have it.
    const collected = this.#others.map((other) => other.tell('collect'))
    await this.#asker.tell('load', { calls: calls * 2, inFlight, collect: true })
    await Promise.all(collected)
    await this.sequence(sequential)
  }

  async #connect() {
    if (this.#forwarder) {
      const port = await this.#forwarder.tell('acceptToForward')
      await this.#answerer.tell('dialToAnswer', port)
      await this.#asker.tell('dialToAsk', port)
    } else if (this.#askerDials) {
      await this.#asker.tell('dialToAsk', await this.#answerer.tell('acceptToAnswer'))
    } else {
      await this.#answerer.tell('dialToAnswer', await this.#asker.tell('acceptToAsk'))
    }
  }

  get #others() {
    return this.#forwarder ? [this.#answerer, this.#forwarder] : [this.#answerer]
  }

  /**
   * @param {{ calls: number, inFlight: number }} amount
   * @returns {Promise<{ cpu: number, rate: number, parts: number[] }>} microseconds of processor per call, of all
   *   processes and of each: asker, answerer, forwarder; calls a second
   */
  async load({ calls, inFlight }) {
    const times = () => Promise.all(this.#others.map((other) => other.tell('cpuTime')))
    const before = await times()
    const { seconds, cpu } = await this.#asker.tell('load', { calls, inFlight })
    const after = await times()
    const parts = [cpu, ...after.map((time, i) => time - before[i])].map((time) => time / calls)
    return { cpu: parts.reduce((sum, part) => sum + part, 0), rate: calls / seconds, parts }
  }

  /**
   * @param {number} calls one after another
   * @returns {Promise<number>} the median in microseconds
   */
  sequence(calls) {
    return this.#asker.tell('sequence', { calls })
  }

  /**
   * Profiles each process while calls pass.
   *
   * @param {{ calls: number, inFlight: number }} amount
   * @param {readonly string[]} files for the profiles of asker, answerer and forwarder
   */
  async profile(amount, files) {
    const all = [this.#asker, ...this.#others]
    for (const worker of all) await worker.tell('startProfile')
    await this.#asker.tell('load', amount)
    for (const [i, worker] of all.entries()) await worker.tell('stopProfile', files[i])
  }

  stop() {
    this.#asker.stop()
    for (const other of this.#others) other.stop()
  }
}
