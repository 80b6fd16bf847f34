import { GuestoolError, limits, momentOf, type Moment } from '@guestool/core'
import { ageOn } from './age.js'
import type { Machine } from '@guestool/testing'
import type { History } from './history.js'
import type { Wire } from './wire.js'

/** One call of somebody, from its making to its outcome. */
export interface Call {
  readonly number: number
  /** Who asks: a console's program, or the host. */
  readonly asker: string
  readonly machine: Machine
  readonly made: Moment
  /** How long its machine had stood still then. */
  readonly stoodStill: number
  readonly operation: string
  readonly isAction: boolean
  /** Whether it is one message: a watch and a fleet are many, each with a minute of its own. */
  readonly isMessage: boolean
  readonly guest: string
  /** The one connection of the guest that it is asked over, when the host itself asks. */
  readonly program: string | undefined
  readonly timeout: number
  /** When the asker sent it, for each time. */
  readonly sent: Moment[]
  /** The same for the host that forwarded it. */
  forwarded: number
  /** How often a handler ran for it. */
  runs: number
  answered: boolean
  outcome: string | undefined
}

const reconnects = 2 * limits.connectTimeout

/** All calls of a world, each held against what its outcome must be. */
export class Calls {
  readonly all: Call[] = []
  /** Of every question on any wire. */
  readonly opids = new Set<string>()
  /** How many came to what. */
  readonly outcomes = new Map<string, number>()
  readonly #lost = new Set<Call>()
  readonly #history: History
  readonly #stoodStill: (machine: Machine) => number

  constructor(history: History, stoodStill: (machine: Machine) => number) {
    this.#history = history
    this.#stoodStill = stoodStill
  }

  make(
    about: Pick<
      Call,
      'asker' | 'machine' | 'operation' | 'isAction' | 'isMessage' | 'guest' | 'program' | 'timeout'
    >,
  ): Call {
    const call: Call = {
      ...about,
      number: this.all.length,
      made: momentOf(about.machine),
      stoodStill: this.#stoodStill(about.machine),
      sent: [],
      forwarded: 0,
      runs: 0,
      answered: false,
      outcome: undefined,
    }
    this.all.push(call)
    this.#history.add(`call ${call.number} of ${call.asker}: ${call.operation} of ${call.guest}`)
    return call
  }

  /** Its frame was put on a wire. */
  sent(number: number, { options, asking }: Wire): void {
    const call = this.all[number]
    if (call === undefined) return
    const own = options.room === 'console' ? options.program === call.asker : call.program !== undefined
    if (own) call.sent.push(momentOf(options[asking.name]))
    else call.forwarded++
    const times = call.isAction ? 1 : 2
    if (call.sent.length > times)
      this.#wrong('nothingIsAskedTwice', call, `it was sent ${call.sent.length} times`)
    if (call.forwarded > call.sent.length)
      this.#wrong('nothingIsAskedTwice', call, `it was forwarded ${call.forwarded} times`)
  }

  /** A frame that answers it was read in time by who asked. */
  answered(number: number, { options }: Wire, by: 'reply' | 'rejection'): void {
    const call = this.all[number]
    if (call === undefined || call.outcome !== undefined || by === 'rejection') return
    // One that was asked again has the time of its first sending.
    if (ageOn(call.machine, call.sent[0] ?? call.made) >= Math.min(call.timeout, limits.lifetime)) return
    if (options.room === 'console' ? options.program === call.asker : call.program !== undefined)
      call.answered = true
  }

  /** The connection that it was asked over is gone. */
  lost(number: number, { options }: Wire): void {
    const call = this.all[number]
    // What is forwarded is somebody else's, and a console asks an info again.
    if (call?.outcome !== undefined || (options.room === 'console') !== (call?.program === undefined)) return
    if (call !== undefined && (call.isAction || call.program !== undefined)) this.#lost.add(call)
  }

  /** To be called when everything has happened that needs no time. */
  check(): void {
    for (const call of this.#lost)
      if (call.outcome === undefined)
        this.#wrong('lostCallsSettleAtOnce', call, 'its connection is gone, and it has no outcome')
    this.#lost.clear()
  }

  /** A guest began to work on it. What is not ours may do it twice. */
  ran(number: number, ours = true): void {
    const call = this.all[number]
    if (call === undefined) return
    call.runs++
    if (ours && call.isAction && call.runs > 1)
      this.#wrong('actionsRunOnce', call, `it ran ${call.runs} times`)
  }

  succeeded(call: Call, who: string | undefined, about: number | undefined): void {
    this.#settled(call, 'ok')
    const age = ageOn(call.machine, call.sent[0] ?? call.made)
    // What was not seen to be sent (a sample has no tag) may have waited for a connection; the wires judge its replies.
    const wasSeen = call.sent.length > 0 || call.program !== undefined
    if (call.isMessage && wasSeen && age >= limits.lifetime)
      this.#wrong('nothingIsAcceptedAfterAMinute', call, `its answer was accepted after ${age} ms`)
    if (about !== undefined && about !== call.number)
      this.#wrong('nothingCrossesConnections', call, `it got the answer to call ${about}`)
    if (
      who !== undefined &&
      (call.program === undefined ? who.split('/')[0] !== call.guest : who !== call.program)
    )
      this.#wrong('nothingCrossesConnections', call, `${who} answered it`)
  }

  failed(call: Call, error: unknown): void {
    if (!(error instanceof GuestoolError)) {
      this.#settled(call, 'strange error')
      return this.#wrong('errorsAreOurOwn', call, String(error))
    }
    const { code, outcome } = error
    this.#settled(call, outcome === undefined ? code : `${code} ${outcome}`)
    if (outcome === 'never_sent' && call.sent.length > 0)
      this.#wrong('whatWasDoneIsUnknown', call, 'never_sent, but it was sent')
    if (outcome === 'never_sent' && call.runs > 0)
      this.#wrong('whatWasDoneIsUnknown', call, 'never_sent, but a handler ran')
    if (code === 'connection_lost' && call.sent.length > 0 && outcome !== 'unknown')
      this.#wrong('whatWasDoneIsUnknown', call, `connection_lost says ${outcome}`)
    if (
      call.answered &&
      (code === 'expired' || code === 'timeout' || code === 'connection_lost') &&
      !error.remote
    )
      this.#wrong('noAnswerIsLost', call, `${code}, after its answer was read`)
  }

  /** Calls that have no outcome. */
  open(): Call[] {
    return this.all.filter(({ outcome }) => outcome === undefined)
  }

  unsettled(call: Call, why: string): void {
    this.#wrong('everyCallSettles', call, why)
  }

  #settled(call: Call, outcome: string): void {
    if (call.outcome !== undefined)
      this.#wrong('everyCallSettlesOnce', call, `${call.outcome}, then ${outcome}`)
    call.outcome = outcome
    const label = outcome
    this.outcomes.set(label, (this.outcomes.get(label) ?? 0) + 1)
    this.#history.add(`call ${call.number}: ${outcome}`)
    const took = call.machine.now() - call.made.at
    const still = this.#stoodStill(call.machine) - call.stoodStill
    if (took > call.timeout + reconnects + still)
      this.#wrong(
        'everyCallSettles',
        call,
        `only after ${took} ms, of which its machine stood still ${still}`,
      )
  }

  #wrong(invariant: string, { number, operation, asker, guest }: Call, what: string): void {
    this.#history.violated(invariant, `call ${number} (${operation} of ${guest}, by ${asker}): ${what}`)
  }
}
