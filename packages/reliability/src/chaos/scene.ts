import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Child, type Exit } from '../world/child.js'
import type { ConsolesOrders } from '../world/consoles.js'
import type { GuestsOrders } from '../world/guests.js'
import type { HostOrders } from '../world/host.js'
import { Journal } from '../world/journal.js'
import type { Tally } from '../world/tally.js'
import { actionClaims, numbers, some, type Claim } from './claims.js'
import type { Fault } from './plan.js'
import { Proxy } from './proxy.js'

export interface SceneOptions {
  readonly seed: number
  /** How many guests each process of guests has. */
  readonly guests: readonly number[]
  /** Processes of consoles, and how many of each kind each has. */
  readonly consoles: number
  readonly hubs: number
  readonly clients: number
  /** The longest rest of a console between two questions, in milliseconds. */
  readonly rest: number
  /**
   * Milliseconds that calls have to settle once nobody makes more, and then guests to come back. A call takes at most 70 s
   * with what it waits for a connection, and longer where its process was frozen.
   */
  readonly patience: number
}

// They are back soon, so that there is something to break.
const backoff = { base: 400, cap: 2_000 }

/** A process that comes again when it was killed, behind a proxy of its own. */
interface Actor<O extends GuestsOrders | ConsolesOrders> {
  readonly name: string
  readonly proxy: Proxy
  readonly start: (times: number) => Promise<Child<O>>
  child: Child<O>
  times: number
}

/** A host, guests and consoles, each in processes of their own, and what befalls them. */
export class Scene {
  readonly #options: SceneOptions
  readonly #folder = mkdtempSync(join(tmpdir(), 'guestool-chaos-'))
  readonly #guests: Actor<GuestsOrders>[] = []
  readonly #consoles: Actor<ConsolesOrders>[] = []
  readonly #ids: string[] = []
  /** To whom something is happening. */
  readonly #busy = new Set<string>()
  readonly #children: Child<HostOrders | GuestsOrders | ConsolesOrders>[] = []
  readonly #applied: Record<string, number> = {}
  readonly #duplicates: string[] = []
  #host: Child<HostOrders>
  #port = 0

  private constructor(options: SceneOptions) {
    this.#options = options
    this.#host = this.#watched(new Child<HostOrders>('host'))
  }

  /** Everybody is there, and the consoles ask. */
  static async open(options: SceneOptions): Promise<Scene> {
    const scene = new Scene(options)
    try {
      await scene.#open()
      return scene
    } catch (error) {
      await scene.abandon()
      throw error
    }
  }

  /** All that something can befall but the host, which is called `host`. */
  get targets(): string[] {
    return [...this.#guests, ...this.#consoles].map(({ name }) => name)
  }

  /** Whether something is happening to it already. */
  isBusy(target: string): boolean {
    return this.#busy.has(target)
  }

  /** Resolves when it is over. */
  async befall(fault: Fault): Promise<void> {
    const { what, target } = fault
    this.#busy.add(target)
    const label = `${what} ${target.replace(/-.*/, '')}`
    this.#applied[label] = (this.#applied[label] ?? 0) + 1
    try {
      await this.#befall(fault)
    } finally {
      this.#busy.delete(target)
    }
  }

  /** The consoles stop asking, everything gets its time, and then must be well. */
  async judge(): Promise<Claim[]> {
    for (const { proxy } of [...this.#guests, ...this.#consoles]) proxy.cut(Infinity)
    await Promise.all(this.#consoles.map(({ child }) => child.tell('stop', null)))
    const claims = [await this.#settled(), ...(await this.#healed()), await this.#answeredOnce()]
    claims.push(await this.#endsByItself())
    const runs = this.#guests.flatMap(({ name }) => this.#journal(name).read())
    const outcomes = this.#consoles.flatMap(({ name }) => this.#journal(name).read())
    return [...claims, ...actionClaims(runs, outcomes)]
  }

  /** Nothing of it is left, whatever happened. */
  async abandon(): Promise<void> {
    await Promise.all(this.#children.map((child) => child.kill()))
    await Promise.all([...this.#guests, ...this.#consoles].map(({ proxy }) => proxy.close()))
    rmSync(this.#folder, { recursive: true, force: true })
  }

  get applied(): string {
    return numbers(this.#applied)
  }

  async #open(): Promise<void> {
    const { guests, consoles } = this.#options
    this.#port = await this.#host.tell('listen', 0)
    for (const [n, many] of guests.entries()) {
      const ids = Array.from({ length: many }, (_, i) => `guest-${n}-${i}`)
      this.#ids.push(...ids)
      this.#guests.push(
        await this.#actor(`guests-${n}`, async (url, name) => {
          const child = this.#watched(new Child<GuestsOrders>('guests'))
          await child.tell('come', { url, ids, journal: join(this.#folder, name), backoff })
          return child
        }),
      )
    }
    await this.#untilAllAreBack()
    for (let n = 0; n < consoles; n++)
      this.#consoles.push(
        await this.#actor(`consoles-${n}`, (url, name, times) => this.#console(url, name, n, times)),
      )
  }

  async #console(url: string, name: string, n: number, times: number): Promise<Child<ConsolesOrders>> {
    const { seed, hubs, clients, rest } = this.#options
    const child = this.#watched(new Child<ConsolesOrders>('consoles'))
    await child.tell('come', {
      url,
      name: `${name}.${times}`,
      guests: this.#ids,
      hubs,
      clients,
      rest,
      seed: seed + 1_000 * n + 100_000 * times,
      journal: join(this.#folder, name),
      backoff,
    })
    return child
  }

  async #actor<O extends GuestsOrders | ConsolesOrders>(
    name: string,
    begin: (url: string, name: string, times: number) => Promise<Child<O>>,
  ): Promise<Actor<O>> {
    const proxy = await Proxy.before(this.#port)
    const start = (times: number): Promise<Child<O>> => begin(`ws://127.0.0.1:${proxy.port}`, name, times)
    return { name, proxy, start, child: await start(0), times: 0 }
  }

  #watched<C extends Child<HostOrders> | Child<GuestsOrders> | Child<ConsolesOrders>>(child: C): C {
    this.#children.push(child)
    return child
  }

  async #befall(fault: Fault): Promise<void> {
    if (fault.target === 'host') return this.#befallHost(fault)
    const guests = this.#guests.find(({ name }) => name === fault.target)
    if (guests !== undefined) return befallActor(guests, fault)
    const consoles = this.#consoles.find(({ name }) => name === fault.target)
    if (consoles !== undefined) return befallActor(consoles, fault)
    throw new TypeError(`there is no ${fault.target}`)
  }

  async #befallHost(fault: Fault): Promise<void> {
    if (fault.what === 'freeze') {
      this.#host.freeze()
      await pause(fault.ms)
      this.#host.thaw()
    } else if (fault.what === 'kill') {
      await this.#noteDuplicates()
      await this.#host.kill()
      await pause(fault.ms)
      this.#host = this.#watched(new Child<HostOrders>('host'))
      await this.#host.tell('listen', this.#port)
    } else {
      throw new TypeError(`nothing goes to the host alone: ${fault.what}`)
    }
  }

  async #settled(): Promise<Claim> {
    const tallies = await this.#tallies()
    const settled: Record<string, number> = {}
    for (const tally of tallies)
      for (const [outcome, many] of Object.entries(tally.settled))
        settled[outcome] = (settled[outcome] ?? 0) + many
    const open = tallies.flatMap((tally) => tally.open)
    const wrong = tallies.flatMap((tally) => tally.wrong)
    const longest = Math.max(...tallies.map((tally) => tally.longest))
    const seen = `${numbers(settled)}; the longest took ${(longest / 1_000).toFixed(1)} s`
    return {
      claim: 'every call settled, with its own answer or a fault’s error',
      holds: open.length === 0 && wrong.length === 0 && (settled['ok'] ?? 0) > 0,
      seen: some([seen, ...open.map((call) => `open: ${call}`), ...wrong]),
    }
  }

  /** What became of all calls, once none is open or patience is over. */
  async #tallies(): Promise<Tally[]> {
    const until = Date.now() + this.#options.patience
    for (;;) {
      const tallies = await Promise.all(this.#consoles.map(({ child }) => child.tell('tally', null)))
      if (tallies.every(({ open }) => open.length === 0) || Date.now() > until) return tallies
      await pause(250)
    }
  }

  async #untilAllAreBack(): Promise<boolean> {
    const until = Date.now() + this.#options.patience
    for (;;) {
      const { guests } = await this.#host.tell('counts', null)
      if (guests === this.#ids.length) return true
      if (Date.now() > until) return false
      await pause(100)
    }
  }

  async #healed(): Promise<Claim[]> {
    const back = await this.#untilAllAreBack()
    const refusals = (await Promise.all(this.#guests.map(({ child }) => child.tell('refusals', null)))).flat()
    const { guests } = await this.#host.tell('counts', null)
    // The first of each process.
    const asked = this.#ids.filter((id) => id.endsWith('-0'))
    const failures = await Promise.all(this.#consoles.map(({ child }) => child.tell('check', asked)))
    const crashed = this.#children.filter((child) => child.crashed).length
    const errors = await this.#host.tell('errors', null)
    return [
      {
        claim: 'all guests are back',
        holds: back,
        seen: some([`${guests} of ${this.#ids.length}`, ...refusals]),
      },
      { claim: 'every console can ask', holds: failures.flat().length === 0, seen: some(failures.flat()) },
      {
        claim: 'no process crashed, and the host tells of no error',
        holds: crashed === 0 && errors.length === 0,
        seen: some([`${crashed} crashed`, ...errors]),
      },
    ]
  }

  /** Requesters count each reply to what was answered before, and to what they never asked on that connection. */
  async #noteDuplicates(): Promise<void> {
    const { guestFrames } = await this.#host.tell('counts', null)
    if (guestFrames.duplicate + guestFrames.unknown + guestFrames.late > 0)
      this.#duplicates.push(`host: ${numbers({ ...guestFrames })}`)
  }

  async #answeredOnce(): Promise<Claim> {
    await this.#noteDuplicates()
    const counts = await Promise.all(this.#consoles.map(({ child }) => child.tell('counts', null)))
    for (const { duplicate, unknown } of counts)
      if (duplicate + unknown > 0)
        this.#duplicates.push(`console: ${duplicate} duplicate, ${unknown} unknown`)
    const replies = counts.reduce((all, { received }) => all + received, 0)
    return {
      claim: 'nothing was answered twice, or on another connection',
      holds: this.#duplicates.length === 0,
      seen: some([`${replies} frames at consoles`, ...this.#duplicates]),
    }
  }

  async #endsByItself(): Promise<Claim> {
    const exits: Exit[] = []
    // Whoever dials first: then each has somebody who hears its bye.
    for (const { child } of [...this.#consoles, ...this.#guests]) exits.push(await child.close(null))
    exits.push(await this.#host.close(null))
    const bad = exits.filter(({ code }) => code !== 0).map(({ code, signal }) => `${code ?? signal}`)
    return {
      claim: 'every process ends by itself after close()',
      holds: bad.length === 0,
      seen: some([`${exits.length} processes`, ...bad]),
    }
  }

  #journal(name: string): Journal {
    return new Journal(join(this.#folder, name))
  }
}

async function befallActor<O extends GuestsOrders | ConsolesOrders>(
  actor: Actor<O>,
  fault: Fault,
): Promise<void> {
  const { proxy } = actor
  switch (fault.what) {
    case 'kill':
      await actor.child.kill()
      await pause(fault.ms)
      actor.times++
      actor.child = await actor.start(actor.times)
      return
    case 'freeze':
      actor.child.freeze()
      await pause(fault.ms)
      actor.child.thaw()
      return
    case 'reset':
      return proxy.reset()
    case 'cut':
      return proxy.cut(fault.bytes)
    case 'stall':
    case 'swallow_up':
    case 'swallow_down':
      proxy.weather = fault.what
      await pause(fault.ms)
      proxy.weather = 'pass'
  }
}
