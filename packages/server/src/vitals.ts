import {
  Failure,
  guestool,
  isRecord,
  limits,
  readReply,
  type AskOptions,
  type Beating,
  type Clock,
  type Contract,
  type Operation,
} from '@guestool/core'
import { minuteMs, minuteOf, type History, type Sample } from './history.js'
import type { Question } from './registry.js'

/** What a guest must be to be sampled. */
export interface SampledGuest {
  readonly id: string
  readonly state: 'alive' | 'unresponsive' | 'gone'
  /** Milliseconds that the last answer took. */
  readonly roundTrip: number | undefined
  /** Resolves with the reply's content or a {@link Failure}, never rejects. */
  ask(question: Question, options: AskOptions): Promise<unknown>
}

/** An info that a sample is made of. */
export interface Vital {
  readonly operation: Operation
  /** Notes what a result says, as it came from this guest just now. */
  note(sample: Sample, result: unknown, guest: SampledGuest): void
}

/** The infos that samples are made of: what a contract has under these names otherwise means something else. */
export function vitalsOf(contract: Contract): readonly Vital[] {
  const vitals: Vital[] = []
  for (const [name, note] of Object.entries(notes)) {
    const operation = guestool.info.get(name)
    if (operation !== undefined && contract.info.get(name) === operation) vitals.push({ operation, note })
  }
  return vitals
}

// In the order of asking. The round trip is that of memory, which is answered at once.
const notes: { readonly [name: string]: Vital['note'] } = {
  memory(sample, result, { roundTrip }) {
    if (isRecord(result) && isRecord(result.mem) && typeof result.mem.percent === 'number')
      sample.memory_percent = result.mem.percent
    if (roundTrip !== undefined) sample.round_trip_ms = roundTrip
  },
  cpu(sample, result) {
    if (isRecord(result) && typeof result.cpu_percent === 'number') sample.cpu_percent = result.cpu_percent
  },
  bots(sample, result) {
    if (Array.isArray(result)) sample.bots = result.length
  },
}

// The last beat of a minute comes up to a turn of the wheel before its end, and may be late.
const lastSecond = minuteMs - 1.5 * limits.probeTimeout

/**
 * Samples one guest: once a minute, and at every beat while somebody watches its history. Has no timer of its own, and
 * nothing is kept between samples but when the last one was.
 */
export class Vitals implements Beating {
  readonly history: History
  readonly #clock: Clock
  readonly #guest: SampledGuest
  /** All that this guest does not refuse. */
  #vitals: readonly Vital[]
  /** Milliseconds of a minute after which this guest is sampled: of a thousand that join at once, each has its own. */
  readonly #second = Math.random() * lastSecond
  /** The last one in which a sample began. */
  #minute: number | undefined
  #isSampling = false

  constructor(clock: Clock, guest: SampledGuest, vitals: readonly Vital[], history: History) {
    this.#clock = clock
    this.#guest = guest
    this.#vitals = vitals
    this.history = history
  }

  /** Once a turn of the wheel: samples if it is time. */
  beat(): void {
    if (this.#isSampling || this.#guest.state !== 'alive') return
    const wall = this.#clock.wall()
    if (this.#isDue(wall) || this.history.isWatched(wall)) void this.#sample(minuteOf(wall))
  }

  #isDue(wall: number): boolean {
    if (this.#minute === undefined) return true
    const minute = minuteOf(wall)
    return minute !== this.#minute && wall - minute * minuteMs >= this.#second
  }

  async #sample(minute: number): Promise<void> {
    this.#minute = minute
    this.#isSampling = true
    const sample: Sample = {}
    // One after another, so that none of them slows the round trip of another.
    for (const vital of this.#vitals) await this.#ask(vital, sample)
    this.history.record(minute, sample)
    this.#isSampling = false
  }

  async #ask(vital: Vital, sample: Sample): Promise<void> {
    const { operation } = vital
    const options = { timeout: limits.vitalsTimeout }
    // Without params, as most consoles ask: whoever asks the same meanwhile gets the same answer.
    const { kind, name } = operation
    const outcome = await this.#guest.ask({ operation, kind, name, params: {} }, options)
    const result = outcome instanceof Failure ? outcome : readReply(operation, outcome)
    if (!(result instanceof Failure)) vital.note(sample, result, this.#guest)
    else if (result.code === 'unsupported' || result.code === 'unknown_operation')
      this.#vitals = this.#vitals.filter((other) => other !== vital)
  }
}
