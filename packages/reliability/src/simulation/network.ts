import type { Dial, Receiver, Transport } from '@guestool/core'
import type { EntranceRequest, Host } from '@guestool/server'
import {
  MemoryAddress,
  type Machine,
  type MemoryEnd,
  type MemoryPair,
  type VirtualClock,
} from '@guestool/testing'
import type { Calls } from './calls.js'
import type { World } from './contract.js'
import type { History } from './history.js'
import type { Party } from './party.js'
import { Wire, type WireWatcher } from './wire.js'

export interface NetworkOptions {
  readonly clock: VirtualClock
  readonly hostMachine: Machine
  /** The host that listens at the moment. */
  readonly host: () => Host<World> | undefined
  readonly delay: () => number
  readonly history: History
  readonly calls: Calls
  readonly watcher: WireWatcher
}

/** All connections of a world to its host. */
export class Network {
  readonly wires: Wire[] = []
  readonly #options: NetworkOptions
  readonly #byPair = new Map<MemoryPair, { wire: Wire; token: string | undefined; party: Party }>()

  constructor(options: NetworkOptions) {
    this.#options = options
  }

  /** Where a party dials. */
  address(machine: Machine, ping: boolean): MemoryAddress {
    const { clock, hostMachine, delay } = this.#options
    const on = { clock, delay, dialler: machine, acceptor: hostMachine, ping, anyCode: true }
    return new MemoryAddress((end, pair) => this.#arrived(end, pair), on)
  }

  dial(party: Party, judged: boolean): Dial {
    const { history, calls, watcher, hostMachine, clock } = this.#options
    const { address, machine } = party
    return (receiver, token) => {
      let hears: Receiver = receiver
      const before = address.pairs.length
      history.add(`${party.programName} dials`)
      const end = address.dial({
        opened: () => hears.opened(),
        text: (text) => hears.text(text),
        binary: () => hears.binary(),
        pong: () => hears.pong(),
        pinged: () => hears.pinged?.(),
        closed: (code, reason) => hears.closed(code, reason),
      })
      const pair = address.pairs[before]
      if (pair === undefined) return end
      const wire = new Wire(
        {
          number: this.wires.length,
          room: 'guest' in party.plan ? 'guest' : 'console',
          party: party.name,
          program: party.programName,
          guest: party.id,
          pair,
          dialler: machine,
          acceptor: hostMachine,
          judged,
        },
        history,
        calls,
        () => clock.now(),
        watcher,
      )
      this.wires.push(wire)
      party.wires.push(wire)
      this.#byPair.set(pair, { wire, token, party })
      hears = wire.hearing('dialler', receiver)
      return wire.saying('dialler', pair.dialler)
    }
  }

  #arrived(end: MemoryEnd, pair: MemoryPair): Receiver {
    const known = this.#byPair.get(pair)
    const host = this.#options.host()
    if (known === undefined || host === undefined) {
      pair.kill('nobody listens')
      return deaf
    }
    const { wire, token, party } = known
    const headers = {
      host: 'localhost',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    }
    const request: EntranceRequest = { url: pathOf(party), headers, address: party.ip }
    let heard: Receiver = deaf
    const open = (receiver: Receiver): Transport => {
      heard = wire.hearing('acceptor', receiver)
      return wire.saying('acceptor', end)
    }
    host.accept(open, request)
    return heard
  }
}

function pathOf({ plan }: Party): string {
  if ('guest' in plan) return `/join/${plan.id}`
  return plan.console.kind === 'hub' ? '/guests' : `/guests/${guestIds[plan.console.guest] ?? ''}`
}

export const guestIds = ['a', 'b', 'c'] as const

const deaf: Receiver = { opened() {}, text() {}, binary() {}, pong() {}, closed() {} }
