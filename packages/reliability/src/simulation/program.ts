import type { Clock, Dial, Token } from '@guestool/core'
import type { Machine } from '@guestool/testing'
import type { Calls } from './calls.js'
import type { History } from './history.js'

/** What a program is started with. */
export interface ProgramSetting {
  /** Who it is, for tags: `a/3` is the third program that guest a started. */
  readonly name: string
  /** The same as a number. */
  readonly number: number
  readonly machine: Machine
  /** Of the machine, too: for what the program itself waits for. */
  readonly work: Clock
  readonly dial: Dial
  readonly token: Token | undefined
  readonly calls: Calls
  readonly history: History
  readonly random: () => number
}

/** Bytes of the largest frame in a world: small, so that frames over it are cheap. */
export const maxPayload = 8 * 1024
/** What does not fit in a frame. */
export const padding = 'x'.repeat(maxPayload + 1)
