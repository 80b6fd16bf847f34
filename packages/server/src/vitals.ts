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
import { totalsOf } from './bot-watch.js'
import { minuteMs, minuteOf, type Sample } from './history.js'
import type { Past } from './past.js'
import { Rate, type Counted } from './rate.js'
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
  /** Once a minute is enough, also while somebody watches. */
  readonly isSlow: boolean
  /** Notes what a result says, as it came from this guest just now: at this moment of elapsed time. */
  note(reading: Reading, result: unknown, guest: SampledGuest, at: number): void
}

/** What is said in one sample; what is left out was not. */
export interface Reading {
  /** For the history. */
  readonly sample: Sample
  bots?: readonly string[]
  events?: Counted
  calls?: Counted
}

/** The infos that samples are made of: what a contract has under these names otherwise means something else. */
export function vitalsOf(contract: Contract): readonly Vital[] {
  const vitals: Vital[] = []
  for (const [name, note] of Object.entries(notes)) {
    const operation = guestool.info.get(name)
    if (operation === undefined || contract.info.get(name) !== operation) continue
    vitals.push({ operation, isSlow: slow.has(name), note })
  }
  return vitals
}

// In the order of asking. The round trip is that of memory, which is answered at once.
const notes: { readonly [name: string]: Vital['note'] } = {
  memory({ sample }, result, { roundTrip }) {
    if (isRecord(result) && isRecord(result.mem) && typeof result.mem.percent === 'number')
      sample.memory_percent = result.mem.percent
    if (roundTrip !== undefined) sample.round_trip_ms = roundTrip
  },
  cpu({ sample }, result) {
    if (isRecord(result) && typeof result.cpu_percent === 'number') sample.cpu_percent = result.cpu_percent
  },
  bots(reading, result) {
    if (!Array.isArray(result)) return
    reading.sample.bots = result.length
    reading.bots = result.filter((id) => typeof id === 'string')
  },
  recv_events(reading, result, _guest, at) {
    reading.events = { at, totals: totalsOf(result) }
  },
  apicall(reading, result, _guest, at) {
    reading.calls = { at, totals: totalsOf(result) }
  },
}
const slow: ReadonlySet<string> = new Set(['recv_events', 'apicall'])

// The last beat of a minute comes up to a turn of the wheel before its end, and may be late.
const lastSecond = minuteMs - 1.5 * limits.probeTimeout

/**
 * Samples one guest: once a minute, and at every beat while somebody watches its history. Has no timer of its own, and
 * keeps nothing between samples but when the last one was, and the sums of its counters.
 */
export class Vitals implements Beating {
  readonly #clock: Clock
  readonly #guest: SampledGuest
  readonly #past: Past
  /** All that this guest does not refuse. */
  #vitals: readonly Vital[]
  /** Milliseconds of a minute after which this guest is sampled: of a thousand that join at once, each has its own. */
  readonly #second = Math.random() * lastSecond
  /** The last one in which a sample began that was due. */
  #minute: number | undefined
  #isSampling = false
  readonly #events = new Rate()
  readonly #calls = new Rate()

  constructor(clock: Clock, guest: SampledGuest, vitals: readonly Vital[], past: Past) {
    this.#clock = clock
    this.#guest = guest
    this.#vitals = vitals
    this.#past = past
  }

  /** Once a turn of the wheel: samples if it is time. */
  beat(): void {
    if (this.#isSampling || this.#guest.state !== 'alive') return
    const wall = this.#clock.wall()
    const isDue = this.#isDue(wall)
    if (isDue || this.#past.history.isWatched(wall)) void this.#sample(minuteOf(wall), isDue)
  }

  #isDue(wall: number): boolean {
    if (this.#minute === undefined) return true
    const minute = minuteOf(wall)
    return minute !== this.#minute && wall - minute * minuteMs >= this.#second
  }

  async #sample(minute: number, isDue: boolean): Promise<void> {
    if (isDue) this.#minute = minute
    this.#isSampling = true
    const reading: Reading = { sample: {} }
    // One after another, so that none of them slows the round trip of another.
    for (const vital of this.#vitals) {
      if (vital.isSlow && !isDue) continue
      // One that went silent on the way is not asked on.
      if (this.#guest.state !== 'alive') break
      await this.#ask(vital, reading)
    }
    this.#past.history.record(minute, reading.sample)
    // A successor may be sampled already.
    if (this.#guest.state !== 'gone') this.#tell(reading, isDue)
    this.#isSampling = false
  }

  #tell({ sample, bots, events, calls }: Reading, isDue: boolean): void {
    const past = this.#past
    const isFirst = past.pulse.ts === null
    past.pulse = {
      ts: this.#clock.wall() / 1000,
      cpu_percent: sample.cpu_percent ?? null,
      memory_percent: sample.memory_percent ?? null,
      events_per_minute: isDue ? this.#events.next(events) : past.pulse.events_per_minute,
      api_calls_per_minute: isDue ? this.#calls.next(calls) : past.pulse.api_calls_per_minute,
    }
    if (isDue && bots !== undefined) past.bots.note(bots, events?.totals, calls?.totals, isFirst)
  }

  async #ask(vital: Vital, reading: Reading): Promise<void> {
    const { operation } = vital
    const options = { timeout: limits.vitalsTimeout }
    // Without params, as most consoles ask: whoever asks the same meanwhile gets the same answer.
    const { kind, name } = operation
    const outcome = await this.#guest.ask({ operation, kind, name, params: {} }, options)
    const result = outcome instanceof Failure ? outcome : readReply(operation, outcome)
    if (!(result instanceof Failure)) vital.note(reading, result, this.#guest, this.#clock.now())
    else if (result.code === 'unsupported' || result.code === 'unknown_operation')
      this.#vitals = this.#vitals.filter((other) => other !== vital)
  }
}
