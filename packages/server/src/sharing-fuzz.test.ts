import { Failure, guestool, limits, type AskOptions } from '@guestool/core'
import { VirtualClock } from '@guestool/testing'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { Sharing } from './sharing.js'

// Whatever is asked, answered, late, lost and happens: everybody gets an answer of the time that is promised, and
// nobody the same one twice.

const cpu = guestool.info.get('cpu')!
const memory = guestool.info.get('memory')!

/** Two that run alone, and two that do not, one of them unknown to the contract. */
const infos = [
  { operation: cpu, name: 'cpu', params: { smptime: 0.5 }, sampling: 500 },
  { operation: cpu, name: 'cpu', params: {}, sampling: 100 },
  { operation: memory, name: 'memory', params: {}, sampling: 0 },
  { operation: undefined, name: 'mystery', params: { x: [1] }, sampling: 0 },
] as const
type Info = (typeof infos)[number]

/** A request on the wire. Its answer is itself, so that whoever gets one says which. */
class Sample {
  readonly info: Info
  readonly sentAt: number
  /** How much had happened before it was sent. */
  readonly happened: number
  readonly reply: (outcome: unknown) => void
  answeredAt = Infinity
  /** How many calls had been made when it was answered. */
  callsBefore = Infinity

  constructor(info: Info, sentAt: number, happened: number, reply: (outcome: unknown) => void) {
    this.info = info
    this.sentAt = sentAt
    this.happened = happened
    this.reply = reply
  }

  /** What comes later is late. */
  get dueAt(): number {
    return this.sentAt + this.info.sampling + limits.answerMargin
  }
}

/** A guest that is asked by four consoles and its own host, and what each of them was promised. */
class World {
  readonly problems: string[] = []
  readonly clock = new VirtualClock()
  readonly #sent: Sample[] = []
  readonly #consoles = [{}, {}, {}, {}].map(() => ({ had: new Set<Sample>() }))
  readonly #sharing = new Sharing(
    this.clock,
    ({ name, params }) => new Promise((reply) => this.#send(name, JSON.stringify(params), reply)),
    () => undefined,
  )
  #happened = 0
  #calls = 0
  /** Calls that have no outcome yet. */
  open = 0
  /** Answers that were kept for somebody. */
  kept = 0

  async ask(info: Info, who: number, options?: AskOptions): Promise<void> {
    const { operation, name, params } = info
    const asker = this.#consoles[who]
    const since = { at: this.clock.now(), happened: this.#happened, had: new Set(asker?.had) }
    const call = this.#calls++
    this.open++
    const outcome = await this.#sharing.ask({ operation, kind: 'info', name, params, asker }, options)
    this.open--
    if (!(outcome instanceof Sample)) return
    const { sentAt, answeredAt, dueAt, callsBefore } = outcome
    const wrong = (why: string) =>
      this.problems.push(`${name} of ${since.at}, sent at ${sentAt}, answered at ${answeredAt}: ${why}`)
    asker?.had.add(outcome)
    if (outcome.info !== info) wrong('it is the answer to something else')
    if (outcome.happened < since.happened) wrong('something has happened since')
    for (const before of since.had)
      if (before.info === info && before.sentAt > sentAt) wrong('a newer one was had before')
    if (callsBefore > call) {
      if (sentAt < since.at && since.at > dueAt && !since.had.has(outcome))
        wrong('it was late when it was joined')
      return
    }
    this.kept++
    if (asker === undefined) wrong('the calls of the host itself have no answer from before')
    if (since.had.has(outcome)) wrong('it was had before')
    if (since.at - answeredAt >= limits.sampleFresh) wrong('it is too old')
    if (answeredAt > dueAt) wrong('it came too late to be of this time')
  }

  abortLater(info: Info, who: number, ms: number): Promise<void> {
    const controller = new AbortController()
    this.clock.setTimer(() => controller.abort(), ms)
    return this.ask(info, who, { signal: controller.signal })
  }

  /** The guest answers one of what it was asked. */
  answer(which: number, error: unknown): void {
    const sample = this.#onWire().at(which)
    if (sample === undefined) return
    sample.answeredAt = this.clock.now()
    sample.callsBefore = this.#calls
    sample.reply(error ?? sample)
  }

  happen(): void {
    this.#happened++
    this.#sharing.forgetRecent()
  }

  /** What a connection does at its end: everything on the wire settles, and what is sent after it. */
  async end(): Promise<void> {
    while (this.#onWire().length > 0) {
      this.answer(0, new Failure('connection_lost', 'lost'))
      await this.clock.settle()
    }
    this.#sharing.forgetRecent()
    // What would abort later.
    await this.clock.advance(1_000)
  }

  #send(name: string, params: string, reply: (outcome: unknown) => void): void {
    const now = this.clock.now()
    const info = infos.find((each) => each.name === name && JSON.stringify(each.params) === params)!
    for (const other of this.#onWire()) {
      if (other.dueAt <= now) continue
      if (other.info === info && other.happened === this.#happened)
        this.problems.push(`${name} twice at once`)
      if (other.info.operation === cpu && info.operation === cpu) this.problems.push(`${name} not alone`)
    }
    this.#sent.push(new Sample(info, now, this.#happened, reply))
  }

  #onWire(): Sample[] {
    return this.#sent.filter(({ answeredAt }) => answeredAt === Infinity)
  }
}

const info = fc.constantFrom(...infos)
/** Four consoles, and the host itself. */
const who = fc.nat(4)
type Step = (world: World) => unknown

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(info, who).map(
      ([what, by]): Step =>
        (world) =>
          void world.ask(what, by),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(info, who, fc.nat(9_000)).map(
      ([what, by, timeout]): Step =>
        (world) =>
          void world.ask(what, by, { timeout }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(info, who, fc.nat(1_000)).map(
      ([what, by, ms]): Step =>
        (world) =>
          void world.abortLater(what, by, ms),
    ),
  },
  {
    weight: 6,
    arbitrary: fc.nat(2).map(
      (at): Step =>
        (world) =>
          world.answer(at, undefined),
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom<unknown>(
        new Failure('unsupported', 'no', { remote: true }),
        new Failure('expired', 'no answer'),
        { error: 'no' },
      )
      .map(
        (error): Step =>
          (world) =>
            world.answer(0, error),
      ),
  },
  { weight: 1, arbitrary: fc.constant<Step>((world) => world.happen()) },
  {
    weight: 5,
    arbitrary: fc.nat(400).map(
      (ms): Step =>
        (world) =>
          world.clock.advance(ms),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.nat(8_000).map(
      (ms): Step =>
        (world) =>
          world.clock.advance(ms),
    ),
  },
)

test.each([1, 2, 3, 4])('answers of the time that was promised, seed %i', async (seed) => {
  let kept = 0
  const life = async (steps: readonly Step[]): Promise<void> => {
    const world = new World()
    for (const next of steps) {
      await next(world)
      await world.clock.settle()
    }
    await world.end()
    expect(world.problems).toEqual([])
    expect([world.open, world.clock.timers]).toEqual([0, 0])
    kept += world.kept
  }
  const steps = fc.array(step, { minLength: 50, maxLength: 200, size: 'max' })
  await fc.assert(fc.asyncProperty(steps, life), { seed, numRuns: 100, endOnFailure: false })
  // Or nothing of it was tried.
  expect(kept).toBeGreaterThan(100)
})
