import type { GuestRecord, Hub, HubShape } from '@guestool/client'
import { isGuestoolError, pause, systemClock, textOf } from '@guestool/core'

/** What a hub itself samples of a guest. */
export type Vitals = HubShape['info']['vitals']['result'][number]
export type Bot = Vitals['bots'][number]

/** A guest, and what is known of it. */
export interface FleetGuest extends GuestRecord {
  readonly vitals: Vitals | undefined
  /** Percent, one a minute, up to now; null where there was none. */
  readonly cpu: readonly (number | null)[]
}

const refreshEvery = 2_000
const historyEvery = 60_000
/** Minutes of the past that are shown at most. */
const historyMinutes = 60

/** The guests of a hub, kept up to date by asking for them. */
export class FleetReadings {
  guests: readonly FleetGuest[] = []
  /** Why there is nothing new, if there is nothing. */
  problem: string | undefined
  /** The error that it was, if it was one. */
  failure: Error | undefined
  readonly #hub: Hub
  readonly #changed: () => void
  readonly #stop = new AbortController()
  readonly #histories = new Map<string, { at: number; cpu: readonly (number | null)[] }>()
  #forget: (() => void)[] = []
  /** What the hub is not asked any more, because it has none. */
  readonly #lacks = new Set<string>()
  #wake = new AbortController()

  constructor(hub: Hub, changed: () => void) {
    this.#hub = hub
    this.#changed = changed
  }

  /** Asks again and again, at once when a guest comes or goes. */
  async follow(): Promise<void> {
    const now = (): void => this.#wake.abort()
    this.#forget = [
      this.#hub.on('state', (state) => {
        if (state === 'open') return now()
        this.problem =
          state === 'closed' ? 'the host has closed the connection' : 'the connection is lost; dialling again'
        this.#changed()
      }),
      this.#hub.onEvent('guest_joined', now),
      this.#hub.onEvent('guest_left', now),
      this.#hub.onEvent('guest_state', now),
    ]
    while (!this.#stop.signal.aborted) {
      this.#wake = new AbortController()
      await this.refresh()
      await pause(systemClock, refreshEvery, this.#wake.signal)
    }
  }

  stop(): void {
    this.#stop.abort()
    this.#wake.abort()
    for (const forget of this.#forget) forget()
  }

  /** Asks once. */
  async refresh(): Promise<void> {
    try {
      const [guests, vitals] = await Promise.all([this.#hub.guests(), this.#vitals()])
      const found = new Map(vitals.map((each) => [each.id, each]))
      this.guests = guests.map((guest) =>
        Object.assign(guest, {
          vitals: found.get(guest.id),
          cpu: this.#histories.get(guest.id)?.cpu ?? [],
        }),
      )
      this.problem = this.failure = undefined
    } catch (error) {
      this.failure = error instanceof Error ? error : new Error(textOf(error))
      this.problem = textOf(error)
    }
    if (!this.#stop.signal.aborted) this.#changed()
  }

  /** Asks for the past of guests that are looked at, unless it is known. */
  async look(ids: readonly string[]): Promise<void> {
    const now = Date.now()
    const stale = ids.filter((id) => now - (this.#histories.get(id)?.at ?? 0) > historyEvery)
    if (stale.length === 0 || this.#lacks.has('history')) return
    // Not twice, however often it is drawn.
    for (const id of stale) this.#histories.set(id, { at: now, cpu: this.#histories.get(id)?.cpu ?? [] })
    await Promise.all(
      stale.map(async (guest) => {
        const minutes = historyMinutes
        const past = await this.#ask('history', () => this.#hub.info('history', { guest, minutes }))
        if (past !== undefined) this.#histories.set(guest, { at: now, cpu: past.cpu_percent })
      }),
    )
    this.guests = this.guests.map((guest) =>
      Object.assign(guest, { cpu: this.#histories.get(guest.id)?.cpu ?? guest.cpu }),
    )
    this.#changed()
  }

  async #vitals(): Promise<Vitals[]> {
    const all: Vitals[] = []
    for (let after = ''; ;) {
      const from = after
      const page = (await this.#ask('vitals', () => this.#hub.info('vitals', { after: from }))) ?? []
      all.push(...page)
      const last = page.at(-1)
      if (last === undefined || last.id <= after) return all
      after = last.id
    }
  }

  /** What a host of an older version, or one that keeps no histories, does not tell is not shown. */
  async #ask<T>(name: string, ask: () => Promise<T>): Promise<T | undefined> {
    if (this.#lacks.has(name)) return undefined
    try {
      return await ask()
    } catch (error) {
      if (!isGuestoolError(error)) throw error
      if (error.code === 'unknown_operation' || error.code === 'unsupported') this.#lacks.add(name)
      return undefined
    }
  }
}
