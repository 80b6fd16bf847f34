import {
  createClient,
  type Client,
  type ClientOptions,
  type Contract,
  type GuestoolShape,
  type Shape,
} from '@guestool/client'
import { MemoryAddress, VirtualClock, type MemoryEnd, type MemoryPair } from '@guestool/testing'

// Frames are written and read by hand: what tests the client must not be made of it.

interface Frame {
  readonly opid: string
  readonly opnm: string
  readonly opct: Readonly<Record<string, unknown>>
}

/** A request that came, and how to answer it. */
export interface Asked extends Frame {
  readonly pair: MemoryPair
  /** `info cpu` */
  readonly label: string
  readonly reply: (content: unknown) => void
}

type Options<S extends Shape> = Omit<ClientOptions, 'dial' | 'clock'> & { readonly contract?: Contract<S> }

/** Never answers. */
export const silence = Symbol('silence')

/** A host in memory that does as a test says, on a clock of its own. */
export class MemoryHost {
  readonly clock = new VirtualClock()
  readonly address: MemoryAddress
  /** Every request, in order, of all connections. */
  readonly asked: Asked[] = []
  /** Every frame, parsed. */
  readonly frames: Frame[] = []
  /** How requests are answered; {@link silence} keeps them for the test. */
  answer: (asked: Asked) => unknown = () => silence
  /** Whether hello and bye are echoed. */
  greets = true

  constructor(options?: { readonly ping?: boolean }) {
    this.address = new MemoryAddress((end, pair) => this.#accept(end, pair), options)
  }

  get hellos(): Frame[] {
    return this.frames.filter(({ opnm }) => opnm === '/hello' || opnm === '/greet/hello')
  }

  /** Sends a frame on the newest connection. */
  send(opid: string, opnm: string, opct: unknown): void {
    this.address.pair.acceptor.send(JSON.stringify({ opid, opnm, opct }))
  }

  /** A client of this host, of guest alpha. */
  client<S extends Shape = GuestoolShape>(options: Options<S> = {}): Client<S> {
    const { dial } = this.address
    const client = createClient('ws://host.test/guests/alpha', { ...options, dial, clock: this.clock })
    this.#clients.push(client)
    return client
  }

  /** A client that is open. */
  async open<S extends Shape = GuestoolShape>(options?: Options<S>): Promise<Client<S>> {
    const client = this.client(options)
    await this.clock.settle()
    if (client.state !== 'open') throw new Error(`the client is ${client.state}`)
    return client
  }

  /** After every test: whatever a client had, it has no more. */
  async tidy(): Promise<void> {
    const closing = Promise.all(this.#clients.map((client) => client.close()))
    await this.clock.advance(2_000)
    await closing
    const open = this.#clients.filter(({ state }) => state !== 'closed')
    if (open.length > 0) throw new Error(`${open.length} clients are not closed`)
    if (this.clock.timers > 0) throw new Error(`${this.clock.timers} timers are left`)
  }

  readonly #clients: Pick<Client, 'state' | 'close'>[] = []

  #accept(end: MemoryEnd, pair: MemoryPair) {
    return {
      opened: () => undefined,
      text: (text: string) => this.#heard(text, end, pair),
      binary: () => undefined,
      pong: () => undefined,
      closed: () => undefined,
    }
  }

  #heard(text: string, end: MemoryEnd, pair: MemoryPair): void {
    const frame = JSON.parse(text) as Frame
    const { opid, opnm, opct } = frame
    this.frames.push(frame)
    const [, kind = '', ...name] = opnm.split('/')
    if (kind === 'greet' || kind === 'hello') {
      if (this.greets) end.send(text)
      return
    }
    if (kind !== 'info' && kind !== 'action') return
    const isRevision2 = name.length > 0
    const reply = (content: unknown): void => {
      const replyName = isRevision2 ? `/event/report/${kind}` : opnm
      if (end.isOpen) end.send(JSON.stringify({ opid, opnm: replyName, opct: content }))
    }
    const label = `${kind} ${isRevision2 ? name.join('/') : String(opct[kind])}`
    const asked: Asked = { ...frame, pair, label, reply }
    this.asked.push(asked)
    const content = this.answer(asked)
    if (content !== silence) reply(content)
  }
}

/** What a call came to: its result, or the error it threw. Never rejects, so that a test may look later. */
export function outcomeOf(call: Promise<unknown>): Promise<unknown> {
  return call.catch((error: unknown) => error)
}

export const platform = { summary: 'Linux', system: 'Linux', release: '6.1', cpuarch: 'x86_64' }
