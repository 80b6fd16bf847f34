import { setTimeout as pause } from 'node:timers/promises'
import type { Hub } from '@guestool/client'
import type { Requester } from '@guestool/core'
import type { WorldShape } from './contract.js'
import type { Journal } from './journal.js'
import { WrongAnswer, type Ledger } from './tally.js'

/** What somebody at a console asks with. */
export interface AskerOptions {
  /** Begins every tag, so that no two consoles use the same. */
  readonly name: string
  readonly ledger: Ledger
  /** What became of each action. */
  readonly journal: Journal
  readonly random: () => number
  /** The longest rest between two questions, in milliseconds. */
  readonly rest: number
  /** Some guest that can be asked. */
  readonly guest: () => Asked
  /** All of them, where the console is one of a hub. */
  readonly hub: Hub<WorldShape> | undefined
}

/** A guest that can be asked, over whichever connection. */
export interface Asked {
  readonly id: string
  readonly requester: Requester<WorldShape>
}

/** Somebody at a console: asks one thing after another, and checks every answer. */
export class Asker {
  readonly #options: AskerOptions
  #questions = 0
  #stopped = false
  /** Whether the console is being closed under what is asked. */
  #left = false

  constructor(options: AskerOptions) {
    this.#options = options
  }

  stop(): void {
    this.#stopped = true
  }

  leave(): void {
    this.#stopped = this.#left = true
  }

  async run(): Promise<void> {
    const { random, rest, guest } = this.#options
    while (!this.#stopped) {
      await this.#ask(guest(), random())
      await pause(random() * rest)
    }
  }

  /** One question whose answer says to whom it belongs; resolves with how it ended. */
  echo(asked: Asked): Promise<string> {
    const { random } = this.#options
    const tag = this.#tag()
    // Most are quick and small; some take a while, some are a tenth of the largest frame.
    const wait = random() < 0.1 ? random() * 3_000 : 0
    const size = Math.floor(random() * (random() < 0.1 ? 100_000 : 500))
    return this.#count(`echo ${tag} of ${asked.id}`, async () => {
      const answer = await asked.requester.info('echo', { tag, wait, size })
      if (answer.guest !== asked.id || answer.tag !== tag || answer.filler.length !== size)
        throw new WrongAnswer(`${asked.id} was asked ${tag}: ${answer.guest} answered ${answer.tag}`)
    })
  }

  async #ask(asked: Asked, draw: number): Promise<unknown> {
    if (draw < 0.35) return this.echo(asked)
    if (draw < 0.6) return this.#mark(asked)
    if (draw < 0.75) return this.#count(`sample of ${asked.id}`, () => sample(asked))
    if (draw < 0.82) return this.#hurried(asked, { timeout: 200 })
    if (draw < 0.89) return this.#hurried(asked, { signal: AbortSignal.timeout(200) })
    if (draw < 0.98) return this.#count(`watch of ${asked.id}`, () => watch(asked))
    const { hub } = this.#options
    if (hub === undefined) return undefined
    return draw < 0.99
      ? this.#count('the list of guests', () => hub.guests())
      : this.#count('a sample of all guests', () => sampleOfAll(hub))
  }

  async #mark({ id, requester }: Asked): Promise<void> {
    const { random, journal } = this.#options
    const mark = this.#tag()
    const wait = random() < 0.2 ? random() * 2_000 : 0
    const outcome = await this.#count(`mark ${mark} of ${id}`, async () => {
      const answer = await requester.action('mark', { id: mark, wait })
      if (answer.guest !== id || answer.id !== mark)
        throw new WrongAnswer(`${id} was told ${mark}: ${answer.guest} answered ${answer.id}`)
    })
    journal.write(mark, id, outcome)
  }

  /** A question that its caller gives up before there is an answer. */
  #hurried(
    { id, requester }: Asked,
    options: { readonly timeout: number } | { readonly signal: AbortSignal },
  ): Promise<string> {
    const tag = this.#tag()
    return this.#count(`hurried echo ${tag} of ${id}`, () =>
      requester.info('echo', { tag, wait: 400 }, options),
    )
  }

  #count(what: string, call: () => Promise<unknown>): Promise<string> {
    return this.#options.ledger.count(what, () => this.#left, call)
  }

  #tag(): string {
    return `${this.#options.name}/${this.#questions++}`
  }
}

async function sample({ id, requester }: Asked): Promise<void> {
  const { guest } = await requester.info('sample')
  if (guest !== id) throw new WrongAnswer(`${id} was asked for a sample: it is ${guest}'s`)
}

/** Three samples of a stream. A watch waits for whoever is not there, so that it is given up after a while. */
async function watch({ id, requester }: Asked): Promise<void> {
  let left = 3
  for await (const { guest } of requester.watch(
    'sample',
    {},
    { every: 200, signal: AbortSignal.timeout(2_000) },
  )) {
    if (guest !== id) throw new WrongAnswer(`${id} is watched: the sample is ${guest}'s`)
    left--
    if (left === 0) break
  }
}

async function sampleOfAll(hub: Hub<WorldShape>): Promise<void> {
  const stop = hub.fleet.onEvent('marked', () => undefined)
  try {
    for (const verdict of await hub.fleet.info('sample', {}, { timeout: 3_000 }))
      if (verdict.ok && verdict.result.guest !== verdict.guest)
        throw new WrongAnswer(`${verdict.guest} was asked with all: the sample is ${verdict.result.guest}'s`)
  } finally {
    stop()
  }
}
