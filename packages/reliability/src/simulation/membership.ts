import { closeCode, limits } from '@guestool/core'
import type { GuestConnection, Host } from '@guestool/server'
import type { World } from './contract.js'
import type { History } from './history.js'
import type { Wire } from './wire.js'

type Member = GuestConnection<World>

/** Who holds which id, as whoever listens to the host knows it. */
export class Membership {
  readonly #history: History
  readonly #now: () => number
  readonly #holders = new Map<string, Member>()
  readonly #wires = new Map<Member, Wire>()
  /** The wire whose hello was echoed last: a guest joins in the same moment. */
  #echoed: Wire | undefined
  #host: Host<World> | undefined
  joined = 0
  displaced = 0
  taken = 0

  constructor(history: History, now: () => number) {
    this.#history = history
    this.#now = now
  }

  watch(host: Host<World>): void {
    this.#host = host
    this.#holders.clear()
    host.on('guest', (guest) => this.#joins(guest))
    host.on('guest_left', (guest) => this.#leaves(guest))
    host.on('state', (guest, state) => {
      this.#history.add(`host: ${guest.id} is ${state}`)
      const wire = this.#wires.get(guest)
      if (state === 'unresponsive' && wire !== undefined && wire.end('acceptor').unread > 0)
        wire.violated('theLivingAreNotGivenUp', 'it is unresponsive while what it said was not read yet')
    })
  }

  wireOf(guest: Member): Wire | undefined {
    return this.#wires.get(guest)
  }

  echoed(wire: Wire): void {
    this.#echoed = wire
  }

  /** The host closes a guest's connection, or gives it up. */
  closes(wire: Wire, code: number, reason: string): void {
    if (code === closeCode.helloTimeout && wire.end('acceptor').unread > 0)
      wire.violated('theLivingAreNotGivenUp', 'its hello was not read yet')
    if (code !== closeCode.taken || wire.options.room !== 'guest') return
    if (reason.includes('did not answer')) {
      this.displaced++
      if (wire.heardByHost > this.#now() - limits.claimTimeout)
        wire.violated(
          'theLivingKeepTheirId',
          `it was displaced ${this.#now() - wire.heardByHost} ms after it said something`,
        )
      if (wire.end('acceptor').unread > 0)
        wire.violated('theLivingKeepTheirId', 'it was displaced while what it said was not read yet')
      return
    }
    this.taken++
    const holder = this.#holders.get(wire.options.guest ?? '')
    const held = holder && this.#wires.get(holder)
    if (held === undefined) wire.violated('whoIsRefusedHasALivingRival', 'nobody holds its id')
    else if (held.heardByHost < (wire.greetedAt ?? 0))
      wire.violated(
        'whoIsRefusedHasALivingRival',
        `its holder ${held.name} said nothing for ${this.#now() - held.heardByHost} ms, and so since this one came`,
      )
  }

  /** What the host says of who is there is what it told. */
  check(): void {
    for (const [id, holder] of this.#holders)
      if (this.#host?.guest(id) !== holder)
        this.#history.violated(
          'theNewestHoldsTheId',
          `${id} joined and has not left, but the host has another or none`,
        )
    for (const { id } of this.#host?.guests ?? [])
      if (!this.#holders.has(id))
        this.#history.violated('theNewestHoldsTheId', `${id} is there, but has left`)
  }

  #joins(guest: Member): void {
    this.joined++
    this.#history.add(`host: ${guest.id} joined`)
    if (this.#holders.has(guest.id))
      this.#history.violated('theNewestHoldsTheId', `${guest.id} joined before its predecessor left`)
    this.#holders.set(guest.id, guest)
    if (this.#echoed !== undefined) this.#wires.set(guest, this.#echoed)
  }

  #leaves(guest: Member): void {
    this.#history.add(`host: ${guest.id} left`)
    if (this.#holders.get(guest.id) !== guest)
      return this.#history.violated('theNewestHoldsTheId', `${guest.id} left twice, or was not there`)
    this.#holders.delete(guest.id)
    const now = this.#host?.guest(guest.id)
    if (now !== undefined)
      this.#history.violated('theNewestHoldsTheId', `${guest.id} left, but is still found`)
  }
}
