import { getEventListeners } from 'node:events'
import { limits, type CallOptions } from '@guestool/core'
import type { Call } from './calls.js'
import type { Act } from './plan.js'
import type { Asker, World } from './world.js'

type Ask = Extract<Act, { do: 'ask' }>
type Told = Pick<Ask, 'what' | 'wait' | 'mode' | 'timeout' | 'abort'>

/** Makes the calls of a world, and looks at what becomes of them. */
export class Asking {
  readonly #world: World
  readonly #signals: AbortSignal[] = []

  constructor(world: World) {
    this.#world = world
  }

  /** Asks, as often as it is told. Undefined where this asker cannot ask this guest. */
  ask(asker: Asker, id: string, told: Told): Promise<string> | undefined {
    const requester = asker.requester(id)
    if (requester === undefined) return undefined
    const { what, wait, mode } = told
    const call = this.#make(asker, id, `${what} ${wait} ${mode}`, what === 'act', told.timeout)
    const options = this.#options(asker, told)
    const question = { call: call.number, wait, mode }
    const smptime = Math.min(wait, 20_000) / 1000
    switch (what) {
      case 'echo':
        return this.#settles(call, requester.info('echo', question, options), (a) => [a.who, a.call])
      case 'act':
        return this.#settles(call, requester.action('act', question, options), (a) => [a.who, a.call])
      case 'sample':
        return this.#settles(call, requester.info('sample', { wait }, options), (a) => [a.who])
      case 'alone':
        return this.#settles(call, requester.info('alone', { smptime }, options), (a) => [a.who])
      case 'memory':
        return this.#settles(call, requester.info('memory', undefined, options), () => [])
    }
  }

  /** Asks the whole fleet: each guest has one verdict. */
  fleet(who: number, timeout: number): void {
    const party = this.#world.consoles[who % this.#world.consoles.length]
    if (party?.program?.kind !== 'hub') return
    const { hub } = party.program
    const asker = { name: party.programName, machine: party.machine, requester: () => undefined }
    const call = this.#make(asker, '*', 'fleet', false, timeout)
    const verdicts = hub.fleet.info('sample', { wait: 10 }, { timeout })
    void this.#settles(call, verdicts, (all) => {
      const guests = all.map(({ guest }) => guest)
      if (new Set(guests).size < guests.length) this.#wrong(call, `${guests.join()} have verdicts`)
      for (const verdict of all)
        if (verdict.ok && verdict.result.who.split('/')[0] !== verdict.guest)
          this.#wrong(call, `${verdict.result.who} answered for ${verdict.guest}`)
      return []
    })
  }

  /** Takes some samples of a watch, and leaves it. */
  watch(asker: Asker, id: string, samples: number): void {
    const requester = asker.requester(id)
    if (requester === undefined) return
    const call = this.#make(asker, id, 'watch', false, Infinity)
    const watched = async (): Promise<string | undefined> => {
      let left = samples
      for await (const { who } of requester.watch('sample', { wait: 0 }, { every: 700 })) {
        if (who.split('/')[0] !== id) this.#wrong(call, `${who} answered`)
        if (--left === 0) break
      }
      return undefined
    }
    void this.#settles(call, watched(), () => [])
  }

  listen(asker: Asker, id: string): void {
    asker.requester(id)?.onEvent('news', ({ who }) => {
      this.#world.history.add(`${asker.name} hears news of ${who}`)
      if (who.split('/')[0] !== id)
        this.#world.history.violated(
          'nothingCrossesConnections',
          `${asker.name} heard news of ${who} as of ${id}`,
        )
    })
  }

  /** Signals that somebody still listens to. */
  get listenedTo(): number {
    return this.#signals.filter((signal) => getEventListeners(signal, 'abort').length > 0).length
  }

  #make(asker: Asker, id: string, operation: string, isAction: boolean, timeout: number | undefined): Call {
    const { name, machine } = asker
    const guest = name === 'host' ? this.#world.host?.guest(id) : undefined
    const wire = guest && this.#world.membership.wireOf(guest)
    return this.#world.calls.make({
      asker: name,
      machine,
      operation,
      isAction,
      isMessage: operation !== 'watch' && operation !== 'fleet',
      guest: id,
      program: wire?.options.program,
      timeout: timeout === Infinity ? Infinity : Math.min(timeout ?? limits.lifetime, limits.lifetime),
    })
  }

  #options({ machine }: Asker, { timeout, abort }: Told): CallOptions {
    if (abort === undefined) return timeout === undefined ? {} : { timeout }
    const controller = new AbortController()
    this.#signals.push(controller.signal)
    this.#world.clock.setTimer(() => machine.run(() => controller.abort()), abort)
    return { signal: controller.signal, ...(timeout === undefined ? {} : { timeout }) }
  }

  async #settles<T>(
    call: Call,
    asked: PromiseLike<T>,
    read: (result: T) => [who?: string, call?: number],
  ): Promise<string> {
    const { calls } = this.#world
    try {
      const [who, about] = read(await asked)
      calls.succeeded(call, who, about)
    } catch (error) {
      calls.failed(call, error)
    }
    return call.outcome ?? ''
  }

  #wrong({ number }: Call, what: string): void {
    this.#world.history.violated('nothingCrossesConnections', `call ${number}: ${what}`)
  }
}
