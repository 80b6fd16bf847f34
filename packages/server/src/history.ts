import { limits, type HubShape } from '@guestool/core'

/** The recent past as the hub's info `history` tells it. */
export type RecentHistory = HubShape['info']['history']['result']
type Column = Exclude<keyof RecentHistory, 'start_ts'>
/** What is known of one minute; what is left out is not. */
export type Sample = { [N in Column]?: number }

export const minuteMs = 60_000
const minutesAnHour = 60
const minutesKept = limits.rememberedFor / minuteMs
// A window of a day begins and ends within an hour, mostly.
const hoursKept = minutesKept / minutesAnHour + 1

/** How each number is kept: in 16 bits, as so many steps a unit, nothing below 0 or above `most`. */
const columns: readonly { readonly name: Column; readonly steps: number; readonly most: number }[] = [
  { name: 'cpu_percent', steps: 100, most: 100 },
  { name: 'memory_percent', steps: 100, most: 100 },
  { name: 'bots', steps: 1, most: 0xfffe },
  { name: 'round_trip_ms', steps: 1, most: 0xfffe },
]
const none = 0xffff

const hourLength = minutesAnHour * columns.length
const nothing = new Uint16Array()
const freed = -Infinity

/** The minute of a moment, both since 1970. */
export function minuteOf(wall: number): number {
  return Math.floor(wall / minuteMs)
}

/**
 * A day of one guest, a value a minute: half a KB in its first hour, 12 KB from its sixteenth on, whose hours are used
 * again a day later. A minute without a value is a gap, and nothing fills it. What a wall clock that was set back left in the
 * future is forgotten at the next value.
 */
export class History {
  /** Which hour since 1970 each place holds; in no order. */
  readonly #hours: number[] = []
  /** The places, one after another: minute by minute, each with its columns. One array: 25 would cost twice as much. */
  #values = nothing
  #first = Infinity
  #newest = -Infinity
  #readAt = -Infinity

  /** Keeps the values of a minute. A value that is there already stays, unless there is a newer one. */
  record(minute: number, sample: Sample): void {
    const known = columns.some(({ name }) => sample[name] !== undefined)
    if (!known) return
    if (minute < this.#newest) this.#forgetAfter(minute)
    this.#first = Math.min(this.#first, minute)
    this.#newest = minute
    let at = this.#placeFor(hourOf(minute)) * hourLength + rowOf(minute)
    for (const { name, steps, most } of columns) {
      const value = sample[name]
      if (value !== undefined) this.#values[at] = Math.round(Math.min(Math.max(value, 0), most) * steps)
      at++
    }
  }

  /**
   * The last minutes, the one that is running included once it has a value; as many as were asked for, at most a day,
   * but none before the first value ever kept.
   *
   * @param minutes how many
   * @param wall Unix milliseconds
   */
  read(minutes: number, wall: number): RecentHistory {
    this.#readAt = wall
    const now = minuteOf(wall)
    const end = this.#newest >= now ? now + 1 : now
    const count = Math.min(Math.max(Math.floor(minutes), 1), minutesKept)
    const start = Math.min(Math.max(end - count, this.#first), end)
    const series: Record<Column, (number | null)[]> = {
      cpu_percent: [],
      memory_percent: [],
      bots: [],
      round_trip_ms: [],
    }
    for (let minute = start; minute < end; minute++) {
      // Of an hour that is not kept this is outside of the array.
      let at = this.#hours.indexOf(hourOf(minute)) * hourLength + rowOf(minute)
      for (const { name, steps } of columns) {
        const value = this.#values[at++] ?? none
        series[name].push(value === none ? null : value / steps)
      }
    }
    return { start_ts: (start * minuteMs) / 1000, ...series }
  }

  /** Whether somebody read it a short while ago. */
  isWatched(wall: number): boolean {
    return wall >= this.#readAt && wall - this.#readAt < limits.historyWatched
  }

  /** Whether it has nothing to tell of the last day. */
  isOver(wall: number): boolean {
    return this.#newest < minuteOf(wall) - minutesKept
  }

  /** The place to write an hour to, which is the latest. */
  #placeFor(hour: number): number {
    const known = this.#hours.indexOf(hour)
    if (known >= 0) return known
    const old = this.#hours.findIndex((kept) => kept <= hour - hoursKept)
    const place = old < 0 ? this.#hours.length : old
    if (place * hourLength === this.#values.length) {
      const places = Math.min(Math.max(2 * place, 1), hoursKept)
      const grown = new Uint16Array(places * hourLength)
      grown.set(this.#values)
      this.#values = grown
    }
    this.#hours[place] = hour
    this.#values.fill(none, place * hourLength, (place + 1) * hourLength)
    return place
  }

  #forgetAfter(minute: number): void {
    const hour = hourOf(minute)
    for (const [place, kept] of this.#hours.entries()) {
      if (kept > hour) this.#hours[place] = freed
      if (kept !== hour) continue
      const next = place * hourLength + rowOf(minute) + columns.length
      this.#values.fill(none, next, (place + 1) * hourLength)
    }
  }
}

function hourOf(minute: number): number {
  return Math.floor(minute / minutesAnHour)
}

/** Where a minute's values begin in its hour. */
function rowOf(minute: number): number {
  return (minute % minutesAnHour) * columns.length
}
