import { limits, momentOf, type Moment } from '@guestool/core'
import { ageOn } from './age.js'
import type { SeenFrame } from './frames.js'
import type { Judge, Wire } from './wire.js'

interface Served extends Moment {
  replies: number
}

/** The end that answers: each question once, and none after its minute. */
export class AnsweringEnd implements Judge {
  readonly name: 'dialler' | 'acceptor'
  readonly #wire: Wire
  readonly #served = new Map<string, Served>()
  /** Opids of frames that were read and are no rejections. */
  readonly #refusable = new Set<string>()

  constructor(wire: Wire, name: 'dialler' | 'acceptor') {
    this.#wire = wire
    this.name = name
  }

  heard({ kind, opid }: SeenFrame): void {
    if (opid === undefined || kind === 'rejection') return
    this.#refusable.add(opid)
    // What is held until hello was echoed is not read before that.
    if (kind === 'question' && !this.#served.has(opid))
      this.#served.set(opid, { ...momentOf(this.#wire.machine(this.name)), replies: 0 })
  }

  read(): void {}

  said({ kind, opid, code, call }: SeenFrame): void {
    if (opid === undefined || kind === 'hello' || kind === 'bye' || kind === 'event') return
    // That answers a text that was no frame, whatever opid could be found in it.
    if (code === 'malformed') return
    if (kind === 'rejection' && !this.#refusable.has(opid))
      this.#wire.violated(
        'noRejectionAnswersARejection',
        `${code} for ${opid}, which nothing but rejections had`,
      )
    const served = this.#served.get(opid)
    if (served === undefined) return
    served.replies++
    const what = call === undefined ? opid : `call ${call}`
    if (served.replies > 1)
      this.#wire.violated('repliesAreSentOnce', `${what} was answered ${served.replies} times`)
    const age = ageOn(this.#wire.machine(this.name), served)
    if (age >= limits.lifetime)
      this.#wire.violated('nothingIsAnsweredAfterAMinute', `${what} was answered after ${age} ms`)
  }
}
