import type { Machine } from '@guestool/testing'
import type { Asking } from './asking.js'
import { forge } from './forgery.js'
import { guestIds } from './network.js'
import type { Party } from './party.js'
import type { Act } from './plan.js'
import type { Wire } from './wire.js'
import type { World } from './world.js'

type Of<D extends Act['do']> = Extract<Act, { do: D }>

/** What happens in a world: each act of a plan, done. */
export class Deeds {
  readonly #world: World
  readonly #asking: Asking
  #news = 0

  constructor(world: World, asking: Asking) {
    this.#world = world
    this.#asking = asking
  }

  do(act: Act): void {
    this.#world.history.add(`-- ${JSON.stringify(act)}`)
    switch (act.do) {
      case 'ask':
        return this.#ask(act)
      case 'fleet':
        return this.#asking.fleet(act.who, act.timeout)
      case 'watch':
        return this.#by(act.who, (asker) => this.#asking.watch(asker, this.#id(act.guest), act.samples))
      case 'listen':
        return this.#by(act.who, (asker) => this.#asking.listen(asker, this.#id(act.guest)))
      case 'news':
        return this.#emit(this.#guest(act.guest))
      case 'break':
        return this.#break(act)
      case 'breach':
        return this.#breach(act)
      case 'stall':
        return this.#stall(act)
      case 'freeze':
        return this.#freeze(act)
      case 'shiftWall':
        this.#machine(act.machine).shiftWall(act.ms)
        return this.#world.fault('wall clock set')
      case 'forge':
        return this.#forge(act)
      case 'dials':
        return this.#dials(act)
      case 'rival':
        return this.#rival(act)
      case 'restart':
        return this.#restart(this.#party(act.party), act.politely)
      case 'close':
        return this.#close(this.#party(act.party))
      case 'dismiss':
        return this.#dismiss(this.#id(act.guest))
      case 'restartHost':
        return this.#restartHost()
      case 'token':
        if (!this.#world.plan.authenticates) return
        this.#party(act.party).trouble.push(act.what)
        return this.#world.fault(`token: ${act.what}`)
      case 'revoke':
        this.#world.revoke(this.#party(act.party))
        return this.#world.fault('token revoked', this.#world.plan.authenticates ? 1 : 0)
    }
  }

  #ask(act: Of<'ask'>): void {
    for (let i = 0; i < act.times; i++)
      this.#by(act.who, (asker) => void this.#asking.ask(asker, this.#id(act.guest), act))
  }

  #by(who: number, run: (asker: ReturnType<World['asker']>) => void): void {
    const asker = this.#world.asker(who)
    // By the program that runs when the machine does.
    asker.machine.run(() => run(this.#world.asker(who)))
  }

  #emit({ program, programName: who, machine }: Party): void {
    machine.run(() => {
      if (program?.kind === 'sdk') program.guest.emit('news', { who, number: this.#news++ })
      if (program?.kind === 'odd') program.guest.news(this.#news++)
    })
  }

  #break({ which, told }: Of<'break'>): void {
    const wire = this.#wire(which)
    if (wire === undefined) return
    const { pair } = wire.options
    this.#world.fault(told === 'both' ? 'wire cut' : told === 'nobody' ? 'wire dead in silence' : 'half open')
    if (told === 'both') return pair.kill('cut')
    pair.sever()
    if (told !== 'nobody') pair[told].lose('cut')
  }

  #breach({ which, dialler, bytes, silently }: Of<'breach'>): void {
    const wire = this.#wire(which)
    wire?.end(dialler ? 'dialler' : 'acceptor').breakAfter(bytes, silently)
    this.#world.fault('cut inside a frame', wire === undefined ? 0 : 1)
  }

  #stall({ which, ms }: Of<'stall'>): void {
    const pair = this.#wire(which)?.options.pair
    if (pair === undefined) return
    pair.hold()
    this.#world.clock.setTimer(() => pair.release(), ms)
    this.#world.fault('stall')
  }

  #freeze({ machine: which, ms, asleep, first }: Of<'freeze'>): void {
    const machine = this.#machine(which)
    if (machine.still) return
    this.#world.stop(machine, asleep)
    this.#world.clock.setTimer(() => this.#world.goOn(machine, first), ms)
    const who = machine === this.#world.hostMachine ? 'host' : 'party'
    this.#world.fault(`${who} ${asleep ? 'asleep' : 'frozen'}`)
  }

  #forge({ which, dialler, what }: Of<'forge'>): void {
    const wire = this.#wire(which)
    if (wire === undefined) return
    const elsewhere = this.#world.network.wires
      .filter((other) => other !== wire)
      .flatMap(({ asking }) => [...asking.asked.keys()].slice(-3))
    const times = forge(wire, dialler ? 'dialler' : 'acceptor', what, elsewhere, this.#world.random)
    this.#world.fault(`forged: ${what}`, times)
  }

  #dials({ party, outcome }: Of<'dials'>): void {
    const { address, plan } = this.#party(party)
    // What is not ours need not know what to do with a dial that throws.
    const ours = 'console' in plan || plan.guest.kind === 'sdk'
    const met = outcome === 'throw' && !ours ? 'refuse' : outcome
    address.plan.push(typeof met === 'number' ? { code: met, reason: 'planned' } : met)
    this.#world.fault(`dial: ${met}`)
  }

  /** Another one comes with the id of a guest. */
  #rival({ guest }: Of<'rival'>): void {
    const { plan } = this.#guest(guest)
    if (!('guest' in plan) || this.#world.parties.length >= 9) return
    this.#world.addGuest(`rival${this.#world.parties.length}`, plan)
    this.#world.fault('rival')
  }

  #restart(party: Party, politely: boolean): void {
    party.machine.run(() => {
      void (politely ? party.close() : party.kill())
      this.#world.startProgram(party)
      this.#world.fault(politely ? 'restart' : 'killed and restarted')
    })
  }

  #close(party: Party): void {
    party.machine.run(() => {
      party.out = true
      void party.close()
      this.#world.fault('close')
    })
  }

  #dismiss(id: string): void {
    const { hostMachine } = this.#world
    hostMachine.run(() => {
      const guest = this.#world.host?.guest(id)
      if (guest === undefined) return
      const wire = this.#world.membership.wireOf(guest)
      if (wire !== undefined) wire.leaving = true
      void guest.close()
      this.#world.fault('dismissed by the host')
    })
  }

  #restartHost(): void {
    const { hostMachine } = this.#world
    hostMachine.run(() => {
      const { host } = this.#world
      if (host === undefined) return
      this.#world.host = undefined
      for (const wire of this.#world.network.wires) wire.leaving = true
      this.#world.fault('host restarted')
      void host.close().then(() => hostMachine.run(() => this.#world.startHost()))
    })
  }

  /** A wire that is still one at either end, the newest first. */
  #wire(which: number): Wire | undefined {
    const open = this.#world.network.wires.filter(
      (wire) => wire.end('dialler').over === undefined || wire.end('acceptor').over === undefined,
    )
    return open.toReversed()[which % Math.max(1, open.length)]
  }

  #machine(which: number): Machine {
    const machines = [this.#world.hostMachine, ...this.#world.parties.map(({ machine }) => machine)]
    return machines[which % machines.length] ?? this.#world.hostMachine
  }

  #party(which: number): Party {
    return pick(this.#world.parties, which)
  }

  #guest(which: number): Party {
    return pick(this.#world.guests, which)
  }

  #id(guest: number): string {
    return guestIds[guest % this.#world.plan.guests.length] ?? 'a'
  }
}

function pick<T>(of: readonly T[], which: number): T {
  const one = of[which % of.length]
  if (one === undefined) throw new RangeError('there is nobody')
  return one
}
