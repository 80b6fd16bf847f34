import { createClient, createHub } from '@guestool/client'
import { limits, pause, type Requester, type Token } from '@guestool/core'
import { createHost, type Authenticate, type Host } from '@guestool/server'
import { Machine, PythonGuest, VirtualClock } from '@guestool/testing'
import { Calls } from './calls.js'
import { contract, type World as Shape } from './contract.js'
import { History } from './history.js'
import { Membership } from './membership.js'
import { guestIds, Network } from './network.js'
import { OddGuest } from './odd-guest.js'
import { Party, type Program } from './party.js'
import type { Plan } from './plan.js'
import { maxPayload, type ProgramSetting } from './program.js'
import { seededRandom } from '../random.js'
import { sdkGuest } from './sdk-guest.js'
import { WorkClock } from './work-clock.js'

/** Who can ask: each console, and the host itself. */
export interface Asker {
  readonly name: string
  readonly machine: Machine
  /** Undefined where it cannot ask this guest at the moment. */
  requester(id: string): Requester<Shape> | undefined
}

/** A host, its guests and its consoles, each on a machine of its own, and the network between them. */
export class World {
  readonly plan: Plan
  readonly clock = new VirtualClock()
  readonly history = new History(() => this.clock.now())
  readonly random: () => number
  readonly hostMachine = new Machine(this.clock)
  /** What the host's authentication waits for. */
  readonly hostWork = new WorkClock(this.hostMachine)
  readonly calls: Calls
  readonly membership = new Membership(this.history, () => this.clock.now())
  readonly network: Network
  readonly parties: Party[] = []
  /** What was done to it, and how often. */
  readonly faults = new Map<string, number>()
  host: Host<Shape> | undefined
  readonly #still = new Map<Machine, { total: number; since: number | undefined }>()
  readonly #revoked = new Set<string>()
  #programs = 0

  constructor(plan: Plan) {
    this.plan = plan
    this.random = seededRandom(plan.salt)
    this.calls = new Calls(this.history, (machine) => this.stoodStill(machine))
    this.network = new Network({
      clock: this.clock,
      hostMachine: this.hostMachine,
      host: () => this.host,
      delay: () => Math.floor(this.random() * plan.delay),
      history: this.history,
      calls: this.calls,
      watcher: this.membership,
    })
  }

  /** Everybody comes. */
  start(): void {
    this.startHost()
    for (const [at, guest] of this.plan.guests.entries())
      this.addGuest(guestIds[at] ?? 'a', { guest, id: guestIds[at] ?? 'a' })
    for (const [at, console] of this.plan.consoles.entries()) {
      const guest = console.guest % this.plan.guests.length
      const party = this.#party(`console${at}`, { console: { ...console, guest } }, console.ping)
      this.startProgram(party)
    }
  }

  addGuest(name: string, plan: Extract<Party['plan'], { id: string }>): void {
    this.startProgram(this.#party(name, plan, true))
  }

  startHost(): void {
    const host = createHost<Shape>({
      contract,
      clock: this.hostMachine,
      history: this.plan.keepsHistory,
      maxPayload,
      ...(this.plan.authenticates ? { authenticate: this.#authenticate } : {}),
    })
    this.membership.watch(host)
    host.on('error', (error) => {
      if (error instanceof Error && error.name === 'GuestoolError') return
      this.history.violated('errorsAreOurOwn', `the host reports ${String(error)}`)
    })
    this.host = host
  }

  startProgram(party: Party): void {
    party.machine.run(() => {
      party.wires = []
      party.closing = undefined
      party.out = false
      party.programName = `${party.id ?? party.name}/${this.#programs}`
      party.program = this.#program(party, this.#programs++)
    })
  }

  get guests(): Party[] {
    return this.parties.filter(({ plan }) => 'guest' in plan)
  }

  get consoles(): Party[] {
    return this.parties.filter(({ plan }) => 'console' in plan)
  }

  asker(who: number): Asker {
    const { consoles } = this
    const party = who === 0 ? undefined : consoles[(who - 1) % consoles.length]
    const host = this.host
    if (party === undefined)
      return { name: 'host', machine: this.hostMachine, requester: (id) => host?.guest(id) }
    const { program, programName: name, machine } = party
    if (program?.kind === 'hub') return { name, machine, requester: (id) => program.hub.guest(id) }
    const own = 'console' in party.plan ? guestIds[party.plan.console.guest] : undefined
    return {
      name,
      machine,
      requester: (id) => (program?.kind === 'client' && id === own ? program.client : undefined),
    }
  }

  fault(name: string, times = 1): void {
    if (times > 0) this.faults.set(name, (this.faults.get(name) ?? 0) + times)
  }

  stop(machine: Machine, asleep: boolean): void {
    if (asleep) machine.sleep()
    else machine.freeze()
    const total = this.stoodStill(machine)
    this.#still.set(machine, { total, since: machine.now() })
  }

  goOn(machine: Machine, first: 'timers' | 'frames'): void {
    if (!machine.still) return
    machine.thaw(first)
    this.#still.set(machine, { total: this.stoodStill(machine), since: undefined })
  }

  /** Milliseconds on the machine's own hand during which it did not run. */
  stoodStill(machine: Machine): number {
    const { total = 0, since } = this.#still.get(machine) ?? {}
    return total + (since === undefined ? 0 : machine.now() - since)
  }

  /** Timers of the SDK. */
  get timers(): number {
    const own = this.parties.map(({ machine, work }) => machine.timers - work.timers)
    return own.reduce((sum, timers) => sum + timers, this.hostMachine.timers - this.hostWork.timers)
  }

  revoke(party: Party): void {
    this.#revoked.add(party.programName)
    party.out = this.plan.authenticates
  }

  #party(name: string, plan: Party['plan'], ping: boolean): Party {
    const machine = new Machine(this.clock)
    const ip = this.plan.authenticates ? `10.0.0.${this.parties.length + 1}` : '127.0.0.1'
    const party = new Party(name, ip, machine, plan, () => this.network.address(machine, ping))
    this.parties.push(party)
    return party
  }

  #program(party: Party, number: number): Program {
    const { machine, plan, programName: name } = party
    const sdk = 'console' in plan || plan.guest.kind === 'sdk'
    const setting: ProgramSetting = {
      name,
      number,
      machine,
      work: party.work,
      dial: this.network.dial(party, sdk),
      token: this.plan.authenticates ? this.#token(party) : undefined,
      calls: this.calls,
      history: this.history,
      random: this.random,
    }
    if ('console' in plan) {
      const { revision, kind, guest } = plan.console
      const options = {
        contract,
        clock: machine,
        dial: setting.dial,
        token: setting.token,
        revision,
        maxPayload,
      }
      return kind === 'hub'
        ? { kind, hub: createHub('ws://localhost', options) }
        : { kind, client: createClient(`ws://localhost/guests/${guestIds[guest]}`, options) }
    }
    const { guest, id } = plan
    if (guest.kind === 'sdk') return { kind: 'sdk', guest: sdkGuest(id, guest, setting) }
    if (guest.kind === 'odd') return { kind: 'odd', guest: new OddGuest(guest.revision, setting) }
    const dial = setting.dial
    // It has the one token that stands in its URL.
    return {
      kind: 'python',
      guest: new PythonGuest((receiver) => dial(receiver, `t-${name}`), { clock: machine }),
    }
  }

  #token(party: Party): Token {
    const token = `t-${party.programName}`
    if ('guest' in party.plan && party.plan.guest.kind !== 'sdk') return token
    return async () => {
      const trouble = party.trouble.shift()
      if (trouble === 'throws') throw new Error('no token today')
      if (trouble === 'slow') await pause(party.work, limits.helloTimeout - 1_000)
      if (trouble === 'never') await pause(party.work, limits.helloTimeout + 5_000)
      return trouble === 'wrong' ? 'wrong' : token
    }
  }

  readonly #authenticate: Authenticate = async ({ role, token, id }) => {
    await pause(this.hostWork, Math.floor(this.random() * 20))
    const name = token?.startsWith('t-') === true ? token.slice(2) : undefined
    if (name === undefined) return undefined
    const stillValid = (): boolean => !this.#revoked.has(name)
    if (role === 'guest') return { role, id: id ?? '', stillValid }
    return { role, guests: '*', actions: true, stillValid }
  }
}
