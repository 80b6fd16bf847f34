import type { Hub } from '@guestool/client'
import { printable } from '../text.js'
import { FleetReadings, type FleetGuest } from './fleet-readings.js'
import { fleetFrame, inOrder, orders, visible, type FleetSight, type Order } from './fleet-view.js'
import { GuestReadings } from './guest-readings.js'
import { guestFrame, type Paint, type Sight } from './guest-view.js'
import type { Size } from './terminal.js'

export interface DashboardOptions {
  readonly hub: Hub
  /** Which host it is, for people. */
  readonly host: string
  readonly paint: Paint
  /** Is called whenever there is something new to draw. */
  readonly changed: () => void
  /** Is called when somebody wants to leave. */
  readonly quit: () => void
}

/** What is looked at: the fleet, or one guest of it. Knows keys and lines, and no terminal. */
export class Dashboard {
  readonly fleet: FleetReadings
  readonly #options: DashboardOptions
  #order: Order = 'worst'
  /** The id of the guest that is chosen in the fleet. */
  #chosen: string | undefined
  #open: { readonly id: string; readonly readings: GuestReadings } | undefined
  #page = 10

  constructor(options: DashboardOptions) {
    this.#options = options
    this.fleet = new FleetReadings(options.hub, options.changed)
  }

  /** What is known of the guest that is looked at. */
  get readings(): GuestReadings | undefined {
    return this.#open?.readings
  }

  /** Looks at one guest. */
  open(id: string): void {
    this.#leaveGuest()
    const { hub, changed } = this.#options
    const revision = this.fleet.guests.find((guest) => guest.id === id)?.revision ?? 1
    this.#chosen = id
    this.#open = { id, readings: new GuestReadings(hub, hub.guest(id), revision, changed) }
    changed()
  }

  stop(): void {
    this.fleet.stop()
    this.#leaveGuest()
  }

  key(key: string): void {
    switch (key) {
      case 'q':
      case 'ctrl-c':
        return this.#options.quit()
      case 'escape':
      case 'left':
      case 'backspace':
      case 'h':
        return this.#back()
      case 'up':
      case 'k':
        return this.#move(-1)
      case 'down':
      case 'j':
        return this.#move(1)
      case 'pageup':
        return this.#move(-this.#page)
      case 'pagedown':
        return this.#move(this.#page)
      case 'home':
        return this.#move(-Infinity)
      case 'end':
        return this.#move(Infinity)
      case 's':
        return this.#sort()
      case 'return':
      case 'enter':
      case 'right':
      case 'l':
        return this.#enter()
      default:
    }
  }

  /** The view, and a line that says which keys there are. */
  lines(size: Size): string[] {
    const room = { ...size, rows: Math.max(1, size.rows - 1) }
    const lines = this.#open === undefined ? this.#fleetLines(room) : this.guestLines(room)
    if (size.rows < 3) return lines.slice(0, size.rows)
    const blank = Array.from({ length: Math.max(0, room.rows - lines.length) }, () => '')
    const keys =
      this.#open === undefined
        ? `↑↓ choose  enter open  s by ${this.#order}  q quit`
        : '↑↓ next guest  esc all guests  q quit'
    return [...lines, ...blank, this.#options.paint.dim(keys.slice(0, size.columns))]
  }

  /** The guest that is looked at. */
  guestLines(size: Size): string[] {
    const { id, readings } = this.#open ?? {}
    if (id === undefined || readings === undefined) return []
    const known = this.fleet.guests.find((guest) => guest.id === id)
    const sight: Sight = {
      id: printable(id),
      state: known?.state ?? 'alive',
      bots: known?.vitals?.bots ?? [],
      latest: readings.latest,
      problems: readings.problems,
      disks: readings.disks,
      networks: readings.networks,
      heardAt: readings.heardAt,
      now: Date.now(),
    }
    return guestFrame(sight, size, this.#options.paint)
  }

  /** The fleet, for where nobody can choose. */
  fleetReport(size: Size): string[] {
    return fleetFrame({ ...this.#fleetSight(), chosen: undefined }, size, this.#options.paint)
  }

  /** Asks for the past of those that are seen. */
  look(size: Size): Promise<void> {
    const sight = this.#fleetSight()
    const [from, to] = visible(sight, size)
    return this.fleet.look(sight.guests.slice(from, to).map(({ id }) => id))
  }

  #fleetLines(size: Size): string[] {
    this.#page = Math.max(1, size.rows - 3)
    void this.look(size)
    return fleetFrame(this.#fleetSight(), size, this.#options.paint)
  }

  #fleetSight(): FleetSight {
    const guests = this.#guests()
    const at = guests.findIndex(({ id }) => id === this.#chosen)
    const { problem } = this.fleet
    return {
      guests,
      order: this.#order,
      chosen: Math.max(0, at),
      problem,
      now: Date.now(),
      host: this.#options.host,
    }
  }

  #guests(): FleetGuest[] {
    return inOrder(this.fleet.guests, this.#order)
  }

  #move(by: number): void {
    const guests = this.#guests()
    if (guests.length === 0) return
    const at = Math.max(
      0,
      guests.findIndex(({ id }) => id === this.#chosen),
    )
    const next = guests[Math.max(0, Math.min(guests.length - 1, at + by))]
    if (next === undefined) return
    this.#chosen = next.id
    if (this.#open !== undefined && this.#open.id !== next.id) this.open(next.id)
    this.#options.changed()
  }

  #sort(): void {
    const next = orders[(orders.indexOf(this.#order) + 1) % orders.length]
    if (next !== undefined) this.#order = next
    this.#options.changed()
  }

  #enter(): void {
    const chosen = this.#chosen ?? this.#guests()[0]?.id
    if (this.#open === undefined && chosen !== undefined) this.open(chosen)
  }

  #back(): void {
    this.#leaveGuest()
    this.#options.changed()
  }

  #leaveGuest(): void {
    this.#open?.readings.stop()
    this.#open = undefined
  }
}
