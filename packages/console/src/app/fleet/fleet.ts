import type { GuestRecord, Hub } from '@guestool/client'
import { limits } from '@guestool/core'
import { Cell } from '../cell.js'
import { everyWhileVisible } from '../visibility.js'
import { memberOf, type Member, type Vitals } from './member.js'

/** The hub samples once a minute; this is seen half a minute later on average. */
const vitalsEvery = 30_000
/** The hub samples who joined within some seconds. */
const soon = 4_000
/** Events keep the list right; this is for what no event tells, round trips for one. */
const listEvery = 300_000
const retryAfter = 5_000

/** All guests that the console may see, as the hub tells of them. */
export class Fleet {
  /** By id. Another map each time that somebody changed, once a frame at most; undefined before the first list. */
  readonly members = new Cell<ReadonlyMap<string, Member> | undefined>(undefined)
  /** Why there is no list, when there is none. */
  readonly trouble = new Cell<unknown>(undefined)
  readonly #hub: Hub
  readonly #members = new Map<string, Member>()
  /** Their last ones, which may come before the list. */
  readonly #vitals = new Map<string, Vitals>()
  readonly #onVitals = new Set<(vitals: Vitals) => void>()
  /** Those that an event told of while a list is on its way: the event may be newer. */
  #touched: Set<string> | undefined
  #listed = false
  #drawing = false
  #stop: (() => void)[] = []
  #soon: ReturnType<typeof setTimeout> | undefined

  constructor(hub: Hub) {
    this.#hub = hub
    hub.onEvent('guest_joined', (record) => this.#joined(record))
    hub.onEvent('guest_left', ({ id, state_ts, reason }) => {
      this.#change(id, (member) => ({ ...member, state: 'gone', stateTs: state_ts, reason }))
    })
    hub.onEvent('guest_state', ({ id, state, state_ts }) => {
      this.#change(id, (member) => ({ ...member, state, stateTs: state_ts }))
    })
  }

  /** The connection is open: everything is asked anew, and again and again until `pause`. */
  follow(): void {
    this.pause()
    // A tab that is hidden shows how many are not well, too.
    if (document.visibilityState === 'hidden') void this.#list()
    this.#stop = [
      everyWhileVisible(listEvery, (signal) => this.#list(signal)),
      everyWhileVisible(vitalsEvery, (signal) => this.#askVitals(signal)),
    ]
    // The host, or who joined just before, may be as new as this page.
    this.#askSoon(limits.probeTimeout)
  }

  pause(): void {
    for (const stop of this.#stop.splice(0)) stop()
    clearTimeout(this.#soon)
    this.#soon = undefined
  }

  /** Hears the vitals of each guest as they come. Returns what stops listening. */
  onVitals(listener: (vitals: Vitals) => void): () => void {
    this.#onVitals.add(listener)
    return () => this.#onVitals.delete(listener)
  }

  /** Asks for the list anew: no event tells of a guest that was added. */
  refresh(): void {
    void this.#list()
  }

  /** It was removed. */
  forget(id: string): void {
    this.#members.delete(id)
    this.#vitals.delete(id)
    this.#touched?.add(id)
    this.#changed()
  }

  #joined(record: GuestRecord): void {
    this.#touched?.add(record.id)
    this.#put(record)
    this.#changed()
    this.#askSoon(limits.probeTimeout)
  }

  /** Until everybody who is here was sampled, which takes no longer than a turn of the hub's wheel. */
  #askSoon(left: number): void {
    this.#soon ??= setTimeout(() => void this.#askAgain(left - soon), soon)
  }

  async #askAgain(left: number): Promise<void> {
    const timer = this.#soon
    const awaited = [...this.#members.values()].some(isNew)
    if (awaited && document.visibilityState === 'visible') await this.#askVitals()
    // Meanwhile the connection was lost, or is another one.
    if (timer !== this.#soon) return
    this.#soon = undefined
    if (awaited && left > 0) this.#askSoon(left)
  }

  #put(record: GuestRecord): void {
    const { id } = record
    this.#members.set(id, memberOf(record, this.#members.get(id), this.#vitals.get(id)))
  }

  #change(id: string, change: (member: Member) => Member): void {
    this.#touched?.add(id)
    const member = this.#members.get(id)
    if (member === undefined) return
    this.#members.set(id, change(member))
    this.#changed()
  }

  async #list(signal?: AbortSignal): Promise<void> {
    const touched = (this.#touched = new Set<string>())
    try {
      const records = await this.#hub.guests()
      if (signal?.aborted || this.#touched !== touched) return
      const ids = new Set(records.map(({ id }) => id))
      for (const id of this.#members.keys()) if (!ids.has(id) && !touched.has(id)) this.#members.delete(id)
      for (const record of records) {
        if (!touched.has(record.id)) this.#put(record)
      }
      this.#listed = true
      this.trouble.value = undefined
      this.#changed()
    } catch (error) {
      if (this.#hub.state !== 'open' || signal?.aborted) return
      this.trouble.value = error
      const timer = setTimeout(() => void this.#list(signal), retryAfter)
      this.#stop.push(() => clearTimeout(timer))
    } finally {
      if (this.#touched === touched) this.#touched = undefined
    }
  }

  async #askVitals(signal?: AbortSignal): Promise<void> {
    let after = ''
    try {
      for (;;) {
        const page = await this.#hub.info('vitals', { after }, signal && { signal })
        const last = page.at(-1)
        // Ids only ever grow, or this would not end.
        if (last === undefined || last.id <= after) return
        for (const vitals of page) this.#learn(vitals)
        this.#changed()
        after = last.id
      }
    } catch {
      // A host may have none; whatever else failed is asked again, or told of by the connection.
    }
  }

  #learn(vitals: Vitals): void {
    this.#vitals.set(vitals.id, vitals)
    const member = this.#members.get(vitals.id)
    if (member) this.#members.set(vitals.id, { ...member, vitals })
    for (const listener of this.#onVitals) listener(vitals)
  }

  /** Draws once a frame, however much has changed; a tab that is hidden, or is just being, has none. */
  #changed(): void {
    if (this.#drawing) return
    this.#drawing = true
    const draw = (): void => {
      cancelAnimationFrame(frame)
      clearTimeout(timer)
      this.#drawing = false
      if (this.#listed) this.members.value = new Map(this.#members)
    }
    const frame = requestAnimationFrame(draw)
    const timer = setTimeout(draw, 100)
  }
}

/** It is here, and nobody knows yet what it measures. */
function isNew({ state, vitals }: Member): boolean {
  return state === 'alive' && vitals?.ts == null
}
