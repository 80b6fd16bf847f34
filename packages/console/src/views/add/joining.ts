import type { GuestRecord, Hub } from '@guestool/client'
import { isGuestoolError, textOf } from '@guestool/core'
import { Cell } from '../../app/cell.js'
import { language } from '../../app/language.js'
import { everyWhileVisible } from '../../app/visibility.js'
import { bytes, percent } from '../../ui/format.js'
import { progressOf, type Entry, type FirstAnswer, type Progress } from './steps.js'

/** How often the hub is asked what became of the new guest; that it joined is told at once. */
const everyMs = 1_000
/** Milliseconds for its first answer: one on a Python that is too old never gives one. */
const firstAnswerMs = 10_000

/** What of the past has nothing to do with a guest that is added now: the newest moment that the hub knows of it, in Unix seconds. */
export async function momentBefore(hub: Hub, id: string): Promise<number> {
  const [entries, guest] = await Promise.all([timeline(hub, 1), recordOf(hub, id)])
  return Math.max(entries?.[0]?.ts ?? 0, guest?.connected_ts ?? 0)
}

/** Follows a guest that was just added, until it has answered. */
export class Joining {
  readonly progress: Cell<Progress>
  readonly #hub: Hub
  readonly #id: string
  readonly #since: number
  #entries: readonly Entry[] = []
  #connected: number | undefined
  #answer: FirstAnswer = { state: 'none' }
  /** The connection that was asked for its first answer, by when it began. */
  #asked: number

  /** @param since what {@link momentBefore} said before it was added */
  constructor(hub: Hub, id: string, since: number) {
    this.#hub = hub
    this.#id = id
    this.#since = this.#asked = since
    this.progress = new Cell(this.#now())
  }

  /** Begins to look, while the page is visible. Returns what ends it. */
  follow(): () => void {
    const ends = [
      everyWhileVisible(everyMs, () => this.#look()),
      this.#hub.onEvent('guest_joined', ({ id }) => {
        if (id === this.#id) void this.#look()
      }),
    ]
    return () => {
      for (const end of ends) end()
    }
  }

  async #look(): Promise<void> {
    if (this.progress.value.steps.value === 'done') return
    const [entries, guest] = await Promise.all([timeline(this.#hub, 200), recordOf(this.#hub, this.#id)])
    // A hub that is not there for a moment changes nothing of what is known.
    if (entries !== undefined) this.#entries = entries
    if (guest !== undefined)
      this.#connected = guest?.state === 'gone' ? undefined : (guest?.connected_ts ?? undefined)
    // A guest that comes again is another connection, with an answer of its own.
    if (this.#connected !== undefined && this.#connected > this.#asked) void this.#ask(this.#connected)
    this.progress.value = this.#now()
  }

  async #ask(connected: number): Promise<void> {
    this.#asked = connected
    this.#answer = { state: 'asked' }
    const answer = await firstAnswer(this.#hub, this.#id)
    if (connected !== this.#asked) return
    this.#answer = answer
    this.progress.value = this.#now()
  }

  #now(): Progress {
    return progressOf({
      id: this.#id,
      since: this.#since,
      entries: this.#entries,
      connected: this.#connected,
      answer: this.#answer,
    })
  }
}

async function firstAnswer(hub: Hub, id: string): Promise<FirstAnswer> {
  try {
    const { mem } = await hub.guest(id).info('memory', undefined, { timeout: firstAnswerMs })
    const speaks = language.value
    return { state: 'answered', value: `${percent(speaks, mem.percent)} / ${bytes(speaks, mem.total)}` }
  } catch (error) {
    const code = isGuestoolError(error) ? error.code : 'failed'
    return { state: 'failed', code, says: textOf(error) }
  }
}

/** Undefined where the hub cannot be asked, or does not tell: the guest is seen without. */
async function timeline(hub: Hub, limit: number): Promise<readonly Entry[] | undefined> {
  return hub.info('timeline', { limit }).catch(() => undefined)
}

/** Null where there is no such guest, undefined where the hub cannot be asked. */
async function recordOf(hub: Hub, id: string): Promise<GuestRecord | null | undefined> {
  return hub.info('guests', { guests: id }).then(
    ([record]) => record ?? null,
    () => undefined,
  )
}
