import type { Client, Hub } from '@guestool/client'
import type { Guest } from '@guestool/guest'
import type { Machine, MemoryAddress, PythonGuest } from '@guestool/testing'
import type { World } from './contract.js'
import type { OddGuest } from './odd-guest.js'
import type { ConsolePlan, GuestPlan } from './plan.js'
import type { Wire } from './wire.js'
import { WorkClock } from './work-clock.js'

/** What a party runs. */
export type Program =
  | { readonly kind: 'sdk'; readonly guest: Guest<World> }
  | { readonly kind: 'odd'; readonly guest: OddGuest }
  | { readonly kind: 'python'; readonly guest: PythonGuest }
  | { readonly kind: 'client'; readonly client: Client<World> }
  | { readonly kind: 'hub'; readonly hub: Hub<World> }

export type TokenTrouble = 'wrong' | 'throws' | 'slow' | 'never'

/** Somebody with a machine, who runs one program after another on it. */
export class Party {
  readonly name: string
  readonly machine: Machine
  /** What its programs wait for themselves. */
  readonly work: WorkClock
  readonly plan: { readonly guest: GuestPlan; readonly id: string } | { readonly console: ConsolePlan }
  readonly address: MemoryAddress
  /** Of its host: each comes from another, so that failed attempts are counted apart. */
  readonly ip: string
  /** What its next tokens are like. */
  readonly trouble: TokenTrouble[] = []
  program: Program | undefined
  /** The name of its program. */
  programName = ''
  /** Its closing, while it is on its way. */
  closing: Promise<void> | undefined
  /** It was closed on purpose, or is not let in any more. */
  out = false
  wires: Wire[] = []

  constructor(
    name: string,
    ip: string,
    machine: Machine,
    plan: Party['plan'],
    address: (party: Party) => MemoryAddress,
  ) {
    this.name = name
    this.ip = ip
    this.machine = machine
    this.work = new WorkClock(machine)
    this.plan = plan
    this.address = address(this)
  }

  /** Undefined for a console. */
  get id(): string | undefined {
    return 'guest' in this.plan ? this.plan.id : undefined
  }

  /** Whether its program is closed for good. */
  get closed(): boolean {
    const { program } = this
    switch (program?.kind) {
      case undefined:
        return true
      case 'sdk':
        return program.guest.state === 'closed'
      case 'odd':
        return program.guest.gone
      case 'python':
        return program.guest.over !== undefined
      case 'client':
        return program.client.state === 'closed'
      case 'hub':
        return program.hub.state === 'closed'
    }
  }

  /** Its program ends on purpose. */
  close(): Promise<void> {
    const { program } = this
    for (const wire of this.wires) wire.leaving = true
    this.closing = program === undefined ? Promise.resolve() : closed(program)
    return this.closing
  }

  /** Its program is killed: the machine closes its sockets, and says nothing more. */
  kill(): Promise<void> {
    for (const { options } of this.wires) options.pair.dialler.terminate()
    return this.close()
  }
}

function closed(program: Program): Promise<void> {
  switch (program.kind) {
    case 'client':
      return program.client.close()
    case 'hub':
      return program.hub.close()
    case 'python':
      program.guest.kill()
      return Promise.resolve()
    case 'sdk':
    case 'odd':
      return program.guest.close()
  }
}
