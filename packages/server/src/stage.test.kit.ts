import { createClient, type Client } from '@guestool/client'
import type { GuestInfoHandlers } from '@guestool/guest'
import { guestool, newOpid, type Contract, type Dial, type GuestoolShape, type Shape } from '@guestool/core'
import {
  frame,
  Machine,
  MemoryPair,
  Peer,
  PythonGuest,
  readFrame,
  VirtualClock,
  type MemoryPairOptions,
  type PythonGuestOptions,
} from '@guestool/testing'
import type { EntranceHeaders, EntranceRequest } from './entrance.js'
import { createHost, type Host } from './host.js'
import type { HostOptions } from './host-options.js'

/** A host on a virtual clock, reached through memory: whatever happens, happens in order and in no time. */
export class HostStage<S extends Shape> {
  readonly clock = new VirtualClock()
  /** What the host runs on: it can be made to stand still. */
  readonly machine = new Machine(this.clock)
  readonly host: Host<S>
  /** What the host told, one line each. */
  readonly log: string[] = []
  readonly errors: unknown[] = []
  readonly pairs: MemoryPair[] = []

  /** Without a history, unless it is asked for: guests in the hands of a test are asked by the test alone. */
  constructor(contract: Contract<S>, options: HostOptions = {}) {
    this.host = createHost({ history: false, ...options, clock: this.machine, contract })
    this.host.on('guest', ({ id }) => this.log.push(`guest ${id}`))
    this.host.on('guest_left', ({ id }) => this.log.push(`left ${id}`))
    this.host.on('state', ({ id }, state) => this.log.push(`state ${id} ${state}`))
    this.host.on('error', (error) => this.errors.push(error))
  }

  /** Dials a path of the host. What a socket would be refused for by HTTP closes it with 403. */
  dial(url: string, about: Partial<EntranceRequest> = {}, options: MemoryPairOptions = {}): Dial {
    return (receiver) => {
      const headers: EntranceHeaders = { host: 'localhost:37103', ...about.headers }
      const request: EntranceRequest = { url, address: '127.0.0.1', ...about, headers }
      const pair = new MemoryPair({ anyCode: true, acceptor: this.machine, ...options })
      this.pairs.push(pair)
      pair.dialler.attach(receiver)
      const refusal = this.host.refusal(request)
      if (refusal !== undefined) pair.dialler.lose(`403 ${refusal}`)
      else
        this.host.accept((listener) => {
          pair.acceptor.attach(listener)
          return pair.acceptor
        }, request)
      return pair.dialler
    }
  }

  /** A connection in the hands of a test. */
  peer(url: string, about?: Partial<EntranceRequest>, options?: MemoryPairOptions): Peer {
    const peers: Peer[] = []
    this.dial(
      url,
      about,
      options,
    )({
      opened: () => peers[0]?.opened(),
      text: (text) => peers[0]?.text(text),
      binary: () => peers[0]?.binary(),
      pong: () => peers[0]?.pong(),
      closed: (code, reason) => peers[0]?.closed(code, reason),
    })
    const peer = new Peer(this.pair.dialler)
    peers.push(peer)
    return peer
  }

  /** The newest connection. */
  get pair(): MemoryPair {
    const pair = this.pairs.at(-1)
    if (pair === undefined) throw new Error('nobody is connected')
    return pair
  }

  /** A guest that says hello and then does what the test does. */
  async guest(id: string, revision: 1 | 2 = 1, about?: Partial<EntranceRequest>): Promise<Peer> {
    const peer = this.peer(`/join/${id}`, about)
    await hello(peer, revision)
    await this.clock.settle()
    return peer
  }

  /** The public Python guest, once it has joined. */
  async python(id: string, options: Partial<PythonGuestOptions> = {}): Promise<PythonGuest> {
    const guest = new PythonGuest(this.dial(`/join/${id}`), { clock: this.clock, ...options })
    await this.clock.settle()
    return guest
  }

  console(id: string, revision: 1 | 2 = 1): Client<S> {
    return createClient(`ws://localhost/guests/${id}`, {
      contract: this.host.contract,
      dial: this.dial(`/guests/${id}`),
      clock: this.clock,
      revision,
    })
  }

  /** Closes the host, and says what is left although nothing may be. */
  async leftovers(): Promise<string[]> {
    const closed = this.host.close()
    await this.clock.advance(1_000)
    await closed
    await this.clock.settle()
    const open = this.pairs.filter(({ acceptor }) => acceptor.over === undefined)
    return [
      ...(this.clock.timers === 0 ? [] : [`${this.clock.timers} timers`]),
      ...(open.length === 0 ? [] : [`${open.length} sockets`]),
      ...(this.host.guests.length === 0 ? [] : [`${this.host.guests.length} guests`]),
    ]
  }
}

export function hostStage(options?: HostOptions): HostStage<GuestoolShape> {
  return new HostStage(guestool, options)
}

/** Says hello and takes the echo. */
export async function hello(peer: Peer, revision: 1 | 2 = 1): Promise<string> {
  const text = frame(newOpid(), revision === 1 ? '/hello' : '/greet/hello', {})
  await peer.ready
  peer.send(text)
  return peer.next('the echo of hello')
}

/** Takes the next request of a guest's host and answers it; resolves with the request. */
export async function answer(peer: Peer, result: unknown): Promise<{ opnm: unknown; opct: unknown }> {
  const { opid, opnm, opct } = readFrame(await peer.next('a request'))
  const revision2 = opnm !== '/info' && opnm !== '/action'
  const kind = String(opnm).startsWith('/info') ? 'info' : 'action'
  peer.send(frame(String(opid), revision2 ? `/event/report/${kind}` : `/${kind}`, result))
  return { opnm, opct }
}

export const time = { system: 10, nonebot: 5, system_ts: 1_700_000_000, nonebot_ts: 1_700_000_005 }
export const cpu = {
  cpu_percent: 12.5,
  cpu_ncores: { physical: 1, logical: 2 },
  cpu_freq: { current: 2400, min: 0, max: 0 },
  cpu_load: { last1m: 0.5, last5m: 0.25, last15m: 0.125 },
}

const amount = { total: 4, available: 3, used: 1, percent: 25 }

/** Handlers of a guest that always says the same. */
export const fixedInfos: GuestInfoHandlers<GuestoolShape> = {
  cpu: () => cpu,
  time: () => time,
  memory: () => ({ mem: amount, swap: amount }),
  python_version: () => ({
    version_string: '3.12',
    version_info: { major: 3, minor: 12, micro: 0, release_level: 'final', serial: 0 },
  }),
  all_partitions: () => [],
  all_disk_io: () => [{ device: 'sda', read_bytes: 0, write_bytes: 1 }],
  all_network_io: () => [],
  processes: () => [],
  system_platform: () => ({ summary: 's', system: 'Linux', release: 'r', cpuarch: 'x' }),
}
