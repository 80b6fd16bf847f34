import {
  MemoryAddress,
  Peer,
  VirtualClock,
  type DialOutcome,
  type MemoryPairOptions,
} from '@guestool/testing'
import { Connection, type ConnectionOptions } from '../src/connection/connection.js'
import { revision1 } from '../src/revision/revision1.js'
import { SessionRequester } from '../src/session/requester.js'

export interface Setup extends Partial<ConnectionOptions<SessionRequester>> {
  /** Echo hello. @default true */
  readonly echo?: boolean
  readonly plan?: DialOutcome[]
  readonly otherwise?: DialOutcome
  readonly pair?: MemoryPairOptions
}

/** The host's end: it may echo hello by itself. */
class EchoingPeer extends Peer {
  echo = true

  override text(text: string): void {
    super.text(text)
    if (this.echo && /"\/(greet\/)?hello"/.test(text)) this.send(this.waiting.pop() ?? '')
  }
}

/** Connections over memory on a virtual clock, to a host that is otherwise played by the test. */
export class Dialling {
  readonly clock = new VirtualClock()
  /** What the backoff draws. */
  random = 0.5
  readonly #connections: Connection<SessionRequester>[] = []

  connect({ echo = true, plan = [], otherwise = 'accept', pair, ...options }: Setup = {}) {
    const peers: Peer[] = []
    const address = new MemoryAddress((end) => {
      const peer = new EchoingPeer(end)
      peer.echo = echo
      peers.push(peer)
      return peer
    }, pair)
    address.plan.push(...plan)
    address.otherwise = otherwise
    /** What each dial was given. */
    const tokens: (string | undefined)[] = []
    const connection = new Connection<SessionRequester>({
      dial: (receiver, token) => {
        tokens.push(token)
        return address.dial(receiver)
      },
      role: (session) => new SessionRequester(session, () => undefined),
      revision: revision1,
      clock: this.clock,
      backoff: { base: 1_000, cap: 30_000 },
      peer: 'ws://host/guests/alpha',
      random: () => this.random,
      ...options,
    })
    this.#connections.push(connection)
    const states: string[] = []
    const errors: unknown[] = []
    connection.events.on('state', (state) => states.push(state))
    connection.events.on('error', (error) => errors.push(error))
    return { connection, address, tokens, peers, states, errors }
  }

  /** One that is open. */
  async opened(setup?: Setup) {
    const all = this.connect(setup)
    await this.clock.settle()
    const { session } = all.connection
    const [peer] = all.peers
    if (session === undefined || peer === undefined) throw new Error('it is not open')
    return { ...all, session, peer }
  }

  /** Closes everything, and says what is left behind although nothing may be. For after every test. */
  async leftovers(): Promise<string[]> {
    for (const connection of this.#connections) void connection.close()
    await this.clock.advance(5_000)
    return this.clock.timers === 0 ? [] : [`${this.clock.timers} timers`]
  }
}
