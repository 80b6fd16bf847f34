import { createHub, type Hub } from '@guestool/client'
import type { Dial } from '@guestool/core'
import { createGuest } from '@guestool/guest'
import { createHost, type EntranceRequest, type Host } from '@guestool/server'
import { MemoryPair, Peer, VirtualClock } from '@guestool/testing'
import { answers } from '../answers.js'
import { MemoryAuthenticator, ownSecrets, secrets } from '../authenticator.js'
import type { Dice } from '../dice.js'
import { fair, frame } from '../grammar.js'
import { HostilePeer } from '../hostile-peer.js'
import { frames } from '../seeds.js'
import { commandOf, isExpected, promise, waitOf, type Target, type Watch } from '../target.js'
import { requestOf, visit } from '../visits.js'

// A host with guests and a console that are what they say, and visitors that are not: at its entrance, before and after
// it is known who they are, as guests, as consoles, as admins, with a one-time code.

/** What a guest says that the visitors may not see. */
const hiddenText = 'nobody-may-read-this'
const hidden = /"(?:id|guest)": ?"hidden"|nobody-may-read-this/

/** A visitor that was let in as far as a socket. */
interface Visit {
  readonly peer: HostilePeer
  /** Whether it may see and do everything. */
  readonly asAdmin: boolean
}

class World {
  readonly clock = new VirtualClock()
  readonly host: Host
  readonly errors: unknown[] = []
  readonly visits: Visit[] = []
  readonly console: Hub
  readonly #pairs: MemoryPair[] = []
  /** Those of the guests that are what they say. */
  readonly #guestPairs: MemoryPair[] = []
  readonly #guests: readonly { close(): Promise<void> }[]
  #unsettled = 0
  #strange: unknown
  readonly #authenticates: boolean

  constructor(authenticates: boolean) {
    this.#authenticates = authenticates
    this.host = createHost({
      clock: this.clock,
      maxPayload: 128 * 1024,
      ...(authenticates
        ? { authenticate: new MemoryAuthenticator(), trustProxy: 'loopback', hosts: ['localhost:37103'] }
        : {}),
    })
    this.host.on('error', (error) => this.errors.push(error))
    const { clock } = this
    const options = { clock, action: 'unsupported', info: answers } as const
    this.#guests = [
      createGuest('ws://host.test/join/alpha', {
        ...options,
        dial: this.#dial('/join/alpha', ownSecrets.alpha),
      }),
      createGuest('ws://host.test/join/hidden', {
        ...options,
        revision: 2,
        info: {
          ...answers,
          system_platform: () => ({ summary: hiddenText, system: hiddenText, release: '', cpuarch: '' }),
        },
        dial: this.#dial('/join/hidden', ownSecrets.hidden),
      }),
    ]
    this.console = createHub('ws://host.test', { clock, dial: this.#dial('/guests', secrets.admin) })
    this.console.on('error', (error) => this.errors.push(error))
    for (const name of ['guest_joined', 'guest_left', 'guest_state'] as const)
      this.console.onEvent(name, () => undefined)
  }

  /** Somebody comes, as far as a socket. */
  visit(request: EntranceRequest, asAdmin: boolean): HostilePeer | undefined {
    const before = this.#pairs.length
    const peers: Peer[] = []
    const pair = this.#enter(request, (end) => {
      const peer = new Peer(end)
      peers.push(peer)
      return peer
    })
    const [peer] = peers
    if (peer === undefined || this.#pairs.length === before) return undefined
    const hostile = new HostilePeer(peer, pair.dialler)
    this.visits.push({ peer: hostile, asAdmin: asAdmin || !this.#authenticates })
    return hostile
  }

  /** The console that is what it says looks at everything. */
  look(): void {
    const { console: hub } = this
    const calls = [
      hub.guests(),
      hub.info('vitals'),
      hub.info('timeline'),
      hub.guest('team-evil').info('bots_connect_time', {}, { timeout: 20_000 }),
      hub.guest('team-evil').info('cpu', { smptime: 0.1 }, { timeout: 20_000 }),
      hub.info('history', { guest: 'team-evil' }),
      hub.fleet.info('system_platform', {}, { timeout: 20_000 }),
    ]
    for (const call of calls) void this.#settled(call)
  }

  async end(): Promise<void> {
    // Time for whatever a visitor owes or is owed, and for the guests to be asked.
    await this.clock.advance(65_000)
    let says: unknown
    void this.console.info('hub').then(
      (hub) => (says = hub),
      (error: unknown) => (says = error),
    )
    await this.clock.advance(5_000)
    promise(
      typeof says === 'object' && says !== null && 'uptime' in says,
      `the hub does not answer any more: ${String(says)}`,
    )
    promise(this.#unsettled === 0, `${this.#unsettled} calls of the console never settled`)
    promise(this.#strange === undefined, `a call of the console failed with ${String(this.#strange)}`)
    const here = new Set(this.host.guests.map(({ id }) => id))
    const closing = [this.console.close(), ...this.#guests.map((guest) => guest.close()), this.host.close()]
    await this.clock.advance(10_000)
    await Promise.all(closing)
    promise(this.clock.timers === 0, `${this.clock.timers} timers are left`)
    const open = this.#pairs.filter(({ acceptor }) => acceptor.over === undefined).length
    promise(open === 0, `${open} sockets are left`)
    for (const error of this.errors) promise(isExpected(error), `the host reported ${String(error)}`)
    for (const each of this.visits) this.#keepsSecrets(each)
    if (this.visits.some(({ asAdmin }) => asAdmin)) return
    for (const id of ['alpha', 'hidden']) promise(here.has(id), `guest ${id} was driven out`)
    const acted = this.#guestPairs.flatMap(({ frames: said }) => said)
    promise(
      !acted.some(({ text }) => text?.includes('"opnm":"/action')),
      'a console that may only read, acts',
    )
  }

  #settled(call: Promise<unknown>): Promise<void> {
    this.#unsettled++
    return call
      .catch((error: unknown) => {
        if (!isExpected(error)) this.#strange = error
      })
      .then(() => void this.#unsettled--)
  }

  #keepsSecrets({ peer: { peer, over }, asAdmin }: Visit): void {
    const heard = [...peer.received, over?.reason ?? '']
    for (const secret of Object.values({ ...secrets, ...ownSecrets }))
      promise(!heard.some((text) => text.includes(secret)), `a token was told: ${secret}`)
    if (asAdmin) return
    promise(!heard.some((text) => hidden.test(text)), 'somebody saw a guest that is not there for it')
  }

  #dial(url: string, secret: string): Dial {
    const headers = { host: 'localhost:37103', authorization: `Bearer ${secret}` }
    return (receiver) => {
      const pair = this.#enter({ url, headers, address: '127.0.0.1' }, () => receiver)
      if (url.startsWith('/join')) this.#guestPairs.push(pair)
      return pair.dialler
    }
  }

  #enter(request: EntranceRequest, made: (end: MemoryPair['dialler']) => Parameters<Dial>[0]): MemoryPair {
    const pair = new MemoryPair({ anyCode: true })
    pair.dialler.attach(made(pair.dialler))
    if (this.host.refusal(request) !== undefined) pair.dialler.lose('403')
    else {
      this.#pairs.push(pair)
      this.host.accept((listener) => {
        pair.acceptor.attach(listener)
        return pair.acceptor
      }, request)
    }
    return pair
  }
}

function target(authenticates: boolean): Target {
  return {
    name: authenticates ? 'host that authenticates' : 'host of its own machine',
    seeds: seedsOf(),
    step,
    async play(steps, watch) {
      const world = new World(authenticates)
      await world.clock.settle()
      await play(world, steps, watch)
      await world.end()
    },
  }
}

/** What a console asks about a guest that it may not see, and about the hub. */
const asking = [
  ['/guests/hidden/info', '{"info":"system_platform"}'],
  ['/guests/hidden/info/system_platform', '{}'],
  ...['guests', 'vitals', 'timeline', 'hub'].flatMap((name) => [
    ['/info', `{"info":"${name}"}`],
    [`/info/${name}`, '{}'],
  ]),
  ['/info', '{"info":"history","guest":"hidden"}'],
  ['/info/history', '{"guest":"hidden"}'],
  ['/guests/alpha/action', '{"action":"matcher/list"}'],
  ['/guests/alpha/action/matcher/list', '{}'],
  ['/action', '{"action":"subscribe"}'],
  ['/action/subscribe', '{}'],
].map(([opnm, opct]) => `{"opid":"$fresh","opnm":"${opnm}","opct":${opct}}`)

/** A guest and consoles that begin well. */
function seedsOf(): string[][] {
  const visits = [
    { url: '/guests', token: '$console' },
    { url: '/guests/alpha', token: '$console' },
    { url: '/join/team-evil', token: '$guest' },
  ]
  const seeds: string[][] = []
  for (const { url, token } of visits)
    for (const hello of ['/hello', '/greet/hello'])
      seeds.push([
        `!visit ${JSON.stringify({ url, headers: { authorization: `Bearer ${token}` } })}`,
        `{"opid":"$fresh","opnm":"${hello}","opct":{}}`,
        '!look',
        ...asking,
        ...frames.slice(0, 30),
        '!wait 61000',
        ...asking,
      ])
  return seeds
}

function step(dice: Dice): string {
  const roll = dice.below(100)
  if (roll < 15) return visit(dice)
  if (roll < 30) return `{"opid":"$fresh","opnm":"${dice.percent(50) ? '/hello' : '/greet/hello'}","opct":{}}`
  if (roll < 35) return `!turn ${dice.below(4)}`
  if (roll < 40) return '!look'
  if (roll < 47) return `!wait ${dice.pick([1, 1_000, 3_000, 16_000, 61_000])}`
  if (roll < 49) return '!binary'
  if (roll < 51) return `!close ${dice.pick([1000, 1001, 1006, 4400])}`
  return roll < 70 ? fair(dice) : frame(dice)
}

async function play(world: World, steps: readonly string[], watch: Watch): Promise<void> {
  const { clock, visits } = world
  let peer: HostilePeer | undefined
  for (const each of steps) {
    const [command, about = ''] = commandOf(each) ?? []
    for (const visited of visits) visited.peer.overhear()
    if (command === 'visit') {
      const request = requestOf(about)
      const from = performance.now()
      if (request !== undefined) peer = world.visit(request, /\$admin|the-admin/.test(about)) ?? peer
      watch.took(about, performance.now() - from)
    } else if (command === 'turn') peer = visits.at(-1 - (Number(about) || 0))?.peer ?? peer
    else if (command === 'look') world.look()
    else if (command === 'wait') await clock.advance(waitOf(about))
    else if (command === 'binary') peer?.sayBinary()
    else if (command === 'close') peer?.leave(Number(about))
    else await peer?.tell(each, clock, watch)
    await clock.settle()
  }
}

export const hosts: readonly Target[] = [target(false), target(true)]
