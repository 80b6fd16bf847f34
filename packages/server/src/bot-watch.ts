import { isRecord, limits, type Clock, type HubShape } from '@guestool/core'

/** A bot as the hub's info `vitals` tells it. */
export type BotReport = HubShape['info']['vitals']['result'][number]['bots'][number]

/** What each bot received, or was asked: from `recv_events`, or `apicall`. Undefined where the guest did not say it. */
export type Totals = ReadonlyMap<string, number> | undefined

/** Moments of elapsed time in `clock.now()`, the state's own on the wall. */
interface Watched {
  state: BotReport['state']
  stateAt: number
  /** When it departed, or last did something that could be seen. */
  since: number
  events: number | undefined
  calls: number | undefined
}

/**
 * The bots of one guest, sample by sample, over its connections: which are online, which are silent, which departed.
 * Bounded, whatever ids a guest sends: {@link limits.watchedBots} of {@link limits.botIdLength} characters.
 */
export class BotWatch {
  readonly #clock: Clock
  /** Connected ones in the order in which they were first seen, departed ones in that of departing. */
  readonly #bots = new Map<string, Watched>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * Notes what a sample says.
   *
   * @param connected the ids of the bots that are connected; those that are not among them departed
   * @param isFirst of its connection: a runtime that starts connects its bots after its guest, so nobody departs by it
   */
  note(connected: readonly string[], events: Totals, calls: Totals, isFirst: boolean): void {
    const ids = new Set(connected.filter((id) => id.length <= limits.botIdLength))
    if (!isFirst)
      for (const [id, bot] of this.#bots) if (bot.state !== 'departed' && !ids.has(id)) this.#depart(id, bot)
    for (const id of ids) this.#saw(id, events, calls)
    this.#forgetOld()
  }

  /** Those that have something the matter first. */
  report(): BotReport[] {
    const reports = Array.from(this.#bots, ([id, { state, stateAt }]) => ({
      id,
      state,
      state_ts: stateAt / 1000,
    }))
    // Stable: otherwise in the order of the map.
    return reports.toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state))
  }

  #saw(id: string, events: Totals, calls: Totals): void {
    const now = this.#clock.now()
    let bot = this.#bots.get(id)
    if (bot === undefined && !this.#makeRoom()) return
    if (bot === undefined || bot.state === 'departed') {
      bot = { state: 'online', stateAt: this.#clock.wall(), since: now, events: undefined, calls: undefined }
      // Taken out first, for the order.
      this.#bots.delete(id)
      this.#bots.set(id, bot)
    }
    // A bot that did nothing yet need not be in the table.
    const received = events && (events.get(id) ?? 0)
    const asked = calls && (calls.get(id) ?? 0)
    const acted = differs(bot.events, received) || differs(bot.calls, asked)
    bot.events = received ?? bot.events
    bot.calls = asked ?? bot.calls
    if (acted) bot.since = now
    const isKnown = received !== undefined || asked !== undefined
    const isSilent = isKnown ? now - bot.since >= limits.botSilence : bot.state === 'silent'
    this.#enter(bot, isSilent ? 'silent' : 'online')
  }

  #depart(id: string, bot: Watched): void {
    this.#enter(bot, 'departed')
    bot.since = this.#clock.now()
    this.#bots.delete(id)
    this.#bots.set(id, bot)
  }

  #enter(bot: Watched, state: Watched['state']): void {
    if (bot.state === state) return
    bot.state = state
    bot.stateAt = this.#clock.wall()
  }

  /** Whether there is room for one more, if need be in place of the one that departed longest ago. */
  #makeRoom(): boolean {
    if (this.#bots.size < limits.watchedBots) return true
    for (const [id, { state }] of this.#bots) if (state === 'departed') return this.#bots.delete(id)
    return false
  }

  #forgetOld(): void {
    const now = this.#clock.now()
    for (const [id, { state, since }] of this.#bots)
      if (state === 'departed' && now - since >= limits.rememberedFor) this.#bots.delete(id)
  }
}

const order: readonly BotReport['state'][] = ['departed', 'silent', 'online']

function differs(before: number | undefined, now: number | undefined): boolean {
  return before !== undefined && now !== undefined && before !== now
}

/** The sum of what each bot counted, from a result of `recv_events` or `apicall`. */
export function totalsOf(result: unknown): ReadonlyMap<string, number> {
  const totals = new Map<string, number>()
  if (!isRecord(result)) return totals
  for (const [bot, counters] of Object.entries(result)) totals.set(bot, sumOf(counters))
  return totals
}

function sumOf(counters: unknown): number {
  if (!isRecord(counters)) return 0
  let sum = 0
  for (const count of Object.values(counters)) if (typeof count === 'number') sum += count
  return sum
}
