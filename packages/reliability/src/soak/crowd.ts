import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { HostCounts } from '@guestool/server'
import { Proxy } from '../chaos/proxy.js'
import { Child } from '../world/child.js'
import type { ConsolesOrders } from '../world/consoles.js'
import type { GuestsOrders } from '../world/guests.js'
import type { HostOrders } from '../world/host.js'
import { Journal } from '../world/journal.js'
import type { Tally } from '../world/tally.js'
import type { Vitals } from '../world/vitals.js'
import { talkNonsense } from './hostile.js'

export interface CrowdOptions {
  readonly seed: number
  readonly random: () => number
  readonly guests: number
  readonly hubs: number
  readonly clients: number
}

// Whoever is lost is back soon, so that much happens in ten minutes.
const backoff = { base: 500, cap: 2_000 }

/** A host, its guests and its consoles, a process each, who come and go. */
export class Crowd {
  readonly host = new Child<HostOrders>('host')
  readonly guests = new Child<GuestsOrders>('guests')
  readonly consoles = new Child<ConsolesOrders>('consoles')
  readonly ids: readonly string[]
  /** What came to whoever sent bad frames: close codes. */
  readonly sentAway: number[] = []
  readonly #options: CrowdOptions
  readonly #folder = mkdtempSync(join(tmpdir(), 'guestool-soak-'))
  #port = 0
  #guestProxy: Proxy | undefined
  #consoleProxy: Proxy | undefined
  /** Ids of guests that left, and are to come again. */
  #away: string[] = []

  constructor(options: CrowdOptions) {
    this.#options = options
    this.ids = Array.from({ length: options.guests }, (_, n) => `guest-${n}`)
  }

  async open(): Promise<void> {
    const { seed, hubs, clients } = this.#options
    this.#port = await this.host.tell('listen', 0)
    this.#guestProxy = await Proxy.before(this.#port)
    this.#consoleProxy = await Proxy.before(this.#port)
    await this.#come(this.ids)
    await this.untilAllAreThere()
    await this.consoles.tell('come', {
      url: `ws://127.0.0.1:${this.#consoleProxy.port}`,
      name: 'console',
      guests: this.ids,
      hubs,
      clients,
      rest: 200,
      seed,
      journal: this.#path('outcomes'),
      backoff,
    })
  }

  /** All guests are lost at once, and come back. */
  async loseAll(): Promise<void> {
    this.#guestProxy?.reset()
    await this.untilAllAreThere()
  }

  async untilAllAreThere(): Promise<boolean> {
    const until = Date.now() + 60_000
    for (;;) {
      const { guests } = await this.host.tell('counts', null)
      // Those who are lost are counted until the host hears of it.
      if (guests === this.ids.length - this.#away.length) return true
      if (Date.now() > until) return false
      await pause(100)
    }
  }

  /** A second of it: some leave and some of those who left come back, some are lost, somebody talks nonsense. */
  async churn(second: number): Promise<void> {
    const { random } = this.#options
    const returning = this.#away.splice(0, this.#away.length > 10 ? 3 : 1)
    const here = this.ids.filter((id) => !this.#away.includes(id) && !returning.includes(id))
    const leaving = [0, 1].flatMap(() => here[Math.floor(random() * here.length)] ?? [])
    const left = [...new Set(leaving)]
    await this.guests.tell('leave', left)
    this.#away.push(...left)
    await this.#come(returning)
    // The oldest of them: each lasts for about two minutes.
    this.#guestProxy?.reset(4)
    if (second % 2 === 0) this.#consoleProxy?.reset(1)
    if (second % 4 === 0) await this.consoles.tell('swap', 1)
    if (second % 5 === 0) {
      const path = second % 2 === 0 ? '/join/hostile' : '/guests'
      this.sentAway.push(await talkNonsense(`ws://127.0.0.1:${this.#port}${path}`))
    }
  }

  /** Everybody who left comes back. */
  async gather(): Promise<boolean> {
    await this.#come(this.#away.splice(0))
    return this.untilAllAreThere()
  }

  /** What is measured. */
  async look(): Promise<Look> {
    const [host, guests, consoles, counts, tally] = await Promise.all([
      this.host.tell('vitals', null),
      this.guests.tell('vitals', null),
      this.consoles.tell('vitals', null),
      this.host.tell('counts', null),
      this.consoles.tell('tally', null),
    ])
    return { vitals: { host, guests, consoles }, counts, tally }
  }

  /** The host, once all have left and it has heard of that. */
  async emptied(): Promise<{ counts: HostCounts; vitals: Vitals }> {
    const until = Date.now() + 20_000
    for (;;) {
      const counts = await this.host.tell('counts', null)
      const vitals = await this.host.tell('vitals', null)
      if (counts.guests + counts.consoles === 0 || Date.now() > until) return { counts, vitals }
      await pause(250)
    }
  }

  /** What guests did of actions, and what consoles were told of it. */
  read(name: 'runs' | 'outcomes'): string[][] {
    return new Journal(this.#path(name)).read()
  }

  async abandon(): Promise<void> {
    await Promise.all([this.host.kill(), this.guests.kill(), this.consoles.kill()])
    await Promise.all([this.#guestProxy?.close(), this.#consoleProxy?.close()])
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #come(ids: readonly string[]): Promise<void> {
    const url = `ws://127.0.0.1:${this.#guestProxy?.port}`
    await this.guests.tell('come', { url, ids, journal: this.#path('runs'), backoff })
  }

  #path(name: string): string {
    return join(this.#folder, name)
  }
}

/** How everything is at one moment. */
export interface Look {
  readonly vitals: Readonly<Record<'host' | 'guests' | 'consoles', Vitals>>
  readonly counts: HostCounts
  readonly tally: Tally
}
