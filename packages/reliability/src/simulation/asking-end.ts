import { limits, momentOf, type Moment } from '@guestool/core'
import { ageOn } from './age.js'
import type { Calls } from './calls.js'
import type { SeenFrame } from './frames.js'
import type { Judge, Wire } from './wire.js'

interface Asked extends Moment {
  readonly call: number | undefined
  /** A frame that answers it was read in time. */
  answered: boolean
  /** How often what was answered had been forgotten then. */
  forgot: number
  /** Its late reply was refused. */
  refused: boolean
}

/**
 * The end that asks, held against a model of its own: which frames answer a question, and which must be refused, once
 * and by which code.
 */
export class AskingEnd implements Judge {
  readonly name: 'dialler' | 'acceptor'
  readonly asked = new Map<string, Asked>()
  readonly #wire: Wire
  readonly #calls: Calls
  /** Opids that it did not ask with, of which a reply was refused. */
  readonly #strays = new Map<string, number>()
  /** How often each opid was refused as late or unknown. */
  readonly #refusals = new Map<string, number>()
  /** Opids of frames that were read and are no rejections. */
  readonly #refusable = new Set<string>()
  /** It may have forgotten what was answered: it asked whether its peer lives. */
  #forgot = 0
  #tokens: number = limits.rejectionBurst
  #filledAt = 0
  #expected: { readonly opid: string; readonly code: string | undefined } | undefined

  constructor(wire: Wire, name: 'dialler' | 'acceptor', calls: Calls) {
    this.#wire = wire
    this.name = name
    this.#calls = calls
  }

  said(frame: SeenFrame): void {
    if (frame.kind === 'rejection') this.#rejects(frame)
    else if (frame.kind === 'question' && frame.opid !== undefined) this.#asks(frame, frame.opid)
  }

  heard(frame: SeenFrame): void {
    this.#expected = undefined
    const { opid, kind } = frame
    if (opid === undefined || kind === 'hello' || kind === 'bye') return
    const asked = this.asked.get(opid)
    if (kind === 'rejection' || kind === 'malformed') {
      // It answers a question as well as a reply does, but nothing answers it.
      if (asked !== undefined && this.#ageOf(asked) < limits.lifetime) this.#answer(asked, 'rejection')
      if (!this.#refusable.has(opid)) this.#expect(opid, undefined)
      return
    }
    this.#refusable.add(opid)
    if (asked !== undefined) this.#answered(opid, asked)
    else if (kind !== 'event') this.#stray(opid)
  }

  read(): void {
    const expected = this.#expected
    this.#expected = undefined
    if (expected?.code === undefined || !this.#wire.reads(this.name)) return
    // The bucket of the end itself may be a little emptier than this one: it refuses malformed frames, too.
    if (this.#fill() < 3) return
    this.#wire.violated(
      'whatIsLateIsRefused',
      `the reply with opid ${expected.opid} was not rejected as ${expected.code}`,
    )
  }

  /** The connection is gone, and it was told so. */
  lost(): void {
    for (const { call } of this.asked.values()) if (call !== undefined) this.#calls.lost(call, this.#wire)
  }

  #asks(frame: SeenFrame, opid: string): void {
    if (this.#calls.opids.has(opid)) this.#wire.violated('opidsAreNeverReused', `${opid} was used before`)
    this.#calls.opids.add(opid)
    this.asked.set(opid, {
      ...momentOf(this.#machine),
      call: frame.call,
      answered: false,
      forgot: 0,
      refused: false,
    })
    if (frame.name === '/info/time') this.#forgot++
    if (frame.call !== undefined) this.#calls.sent(frame.call, this.#wire)
  }

  #answered(opid: string, asked: Asked): void {
    const age = this.#ageOf(asked)
    if (age < limits.lifetime) {
      const knows = !asked.answered || asked.forgot === this.#forgot
      this.#answer(asked, 'reply')
      if (knows) this.#expect(opid, undefined)
    } else if (!asked.answered && !asked.refused) {
      asked.refused = true
      this.#expect(opid, 'expired')
    }
  }

  #answer(asked: Asked, by: 'reply' | 'rejection'): void {
    if (!asked.answered && asked.call !== undefined && this.#wire.reads(this.name))
      this.#calls.answered(asked.call, this.#wire, by)
    if (!asked.answered) asked.forgot = this.#forgot
    asked.answered = true
  }

  #stray(opid: string): void {
    const at = this.#strays.get(opid)
    if (at !== undefined && at === this.#forgot) return
    this.#strays.set(opid, this.#forgot)
    if (at === undefined) this.#expect(opid, 'unknown_opid')
  }

  #expect(opid: string, code: string | undefined): void {
    if (this.#wire.said.acceptor.length > 0) this.#expected = { opid, code }
  }

  #rejects({ opid = '', code }: SeenFrame): void {
    if (this.#fill() < 1) this.#wire.violated('rejectionsAreLimited', 'one more than 32 and 8 a second')
    this.#tokens--
    const expected = this.#expected
    if (expected?.opid === opid && expected.code === undefined && code !== 'malformed')
      this.#wire.violated(
        'noRejectionAnswersARejection',
        `${code} for ${opid}, which was no late or unknown reply`,
      )
    if (expected?.opid === opid && expected.code === code) this.#expected = undefined
    if (code !== 'expired' && code !== 'unknown_opid') return
    if (!this.#refusable.has(opid))
      this.#wire.violated(
        'noRejectionAnswersARejection',
        `${code} for ${opid}, which nothing but rejections had`,
      )
    const refusals = (this.#refusals.get(opid) ?? 0) + 1
    this.#refusals.set(opid, refusals)
    // Each time that it forgets what was answered, one stray reply more is news to it.
    if (refusals > (code === 'expired' ? 1 : 1 + this.#forgot))
      this.#wire.violated('lateRepliesAreRejectedOnce', `${opid} was rejected ${refusals} times`)
  }

  #fill(): number {
    const now = this.#machine.now()
    const filled = this.#tokens + ((now - this.#filledAt) / 1000) * limits.rejectionsPerSecond
    this.#tokens = Math.min(limits.rejectionBurst, filled)
    this.#filledAt = now
    return this.#tokens
  }

  #ageOf(asked: Asked): number {
    return ageOn(this.#machine, asked)
  }

  get #machine() {
    return this.#wire.machine(this.name)
  }
}
