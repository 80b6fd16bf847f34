import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

/**
 * What a proxy does with what it gets:
 * - `pass`: hands it on
 * - `stall`: takes connections and hands nothing on, until it passes again
 * - `swallow_up`, `swallow_down`: loses what goes to the host, or comes from it, and says nothing of it
 */
export type Weather = 'pass' | 'stall' | 'swallow_up' | 'swallow_down'

/** Stands between those who dial and a port, and breaks what goes through. */
export class Proxy {
  readonly #target: number
  readonly #server: Server
  readonly #links = new Set<Link>()
  #weather: Weather = 'pass'

  private constructor(target: number, server: Server) {
    this.#target = target
    this.#server = server
    server.on('connection', (near) => this.#open(near))
  }

  /** Before a port of this machine. */
  static async before(target: number): Promise<Proxy> {
    // What one side has ended, the other may still have something to say about.
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new Proxy(target, server)
  }

  get port(): number {
    const bound = this.#server.address()
    if (bound === null || typeof bound === 'string') throw new Error('this proxy does not listen')
    return bound.port
  }

  /** How many connections go through now. */
  get size(): number {
    return this.#links.size
  }

  get weather(): Weather {
    return this.#weather
  }

  set weather(weather: Weather) {
    this.#weather = weather
    for (const link of this.#links) link.weather = weather
  }

  /** Ends connections with a reset, at both ends: the oldest. */
  reset(many = Infinity): void {
    for (const link of [...this.#links].slice(0, many)) link.reset()
  }

  /** Resets each connection that there is once it has handed on so many bytes more. */
  cut(bytes: number): void {
    for (const link of this.#links) link.left = bytes
  }

  async close(): Promise<void> {
    this.#server.close()
    this.reset()
    await once(this.#server, 'close')
  }

  #open(near: Socket): void {
    const link = new Link(near, this.#target, this.#weather, () => this.#links.delete(link))
    this.#links.add(link)
  }
}

/** One connection through a proxy. */
class Link {
  /** Bytes until it breaks. */
  left = Infinity
  readonly #near: Socket
  readonly #far: Socket
  readonly #ended: () => void
  #weather: Weather
  /** Whether something of it was lost, so that it can never be whole again. */
  #lossy = false
  #over = false

  constructor(near: Socket, target: number, weather: Weather, ended: () => void) {
    this.#near = near
    this.#far = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true })
    this.#ended = ended
    this.#weather = weather
    this.#carry(this.#near, this.#far, 'swallow_up')
    this.#carry(this.#far, this.#near, 'swallow_down')
    this.weather = weather
  }

  set weather(weather: Weather) {
    this.#weather = weather
    if (weather === 'pass' && this.#lossy) this.reset()
    for (const socket of [this.#near, this.#far])
      if (weather === 'stall') socket.pause()
      else socket.resume()
  }

  reset(): void {
    if (this.#over) return
    this.#over = true
    this.#near.resetAndDestroy()
    this.#far.resetAndDestroy()
    this.#ended()
  }

  #carry(from: Socket, to: Socket, swallowing: Weather): void {
    from.on('data', (data: Buffer) => {
      if (this.#weather === swallowing) {
        this.#lossy = true
        return
      }
      this.left -= data.length
      if (this.left <= 0) to.write(data.subarray(0, data.length + this.left), () => this.reset())
      else if (!to.write(data)) from.pause()
    })
    to.on('drain', () => {
      if (this.#weather !== 'stall') from.resume()
    })
    from.on('end', () => {
      // That one side is gone is lost as well.
      if (this.#weather === swallowing) this.#lossy = true
      else to.end()
    })
    // A reset here is one there.
    from.on('error', () => this.reset())
    from.on('close', () => {
      if (this.#weather !== swallowing) this.reset()
      else this.#lossy = true
    })
  }
}
