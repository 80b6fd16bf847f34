/** What is known of one moment, by columns; null is unknown. */
type Values = readonly (number | null)[]

interface Row {
  /** Unix seconds */
  readonly ts: number
  readonly values: Values
  /** Seconds until the next row when nothing is missing. */
  readonly span: number
}

/** As uPlot takes it: times in Unix seconds, ascending, then each column; null is a gap. */
export type Drawn = [number[], ...(number | null)[][]]

const minute = 60
const hour = 3_600
const day = 86_400
/** An hour every two seconds and a day of minutes, and room so that they are not put together at each sample. */
const most = 3_600

/**
 * Some numbers over time: the hub's history, a value a minute, and on the same axis what was sampled live. A live sample
 * takes the place of the history's in its minute. What is older than an hour is kept as one row a minute, for a day.
 */
export class Track {
  readonly #width: number
  readonly #every: number
  #past: Row[] = []
  #live: Row[] = []

  /**
   * @param width how many columns
   * @param every seconds between live samples; a hole of several is a gap
   */
  constructor(width: number, every: number) {
    this.#width = width
    this.#every = every
  }

  /** The last row that has a value. */
  get latest(): { readonly ts: number; readonly values: Values } | undefined {
    return this.#live.findLast(isKnown) ?? this.#past.findLast(isKnown)
  }

  /** Unix seconds of the first value in a column. */
  earliest(column: number): number | undefined {
    const has = ({ values }: Row): boolean => (values[column] ?? null) !== null
    const [past, live] = [this.#past.find(has)?.ts, this.#live.find(has)?.ts]
    return past === undefined || live === undefined ? (past ?? live) : Math.min(past, live)
  }

  /** How many rows it holds. */
  get length(): number {
    return this.#past.length + this.#live.length
  }

  /**
   * Takes the hub's history, a value a minute in each column, or none for a column. What is older than it stays: a hub
   * that was restarted begins anew.
   */
  setPast(startTs: number, columns: readonly (Values | undefined)[]): void {
    const length = Math.min(Math.max(0, ...columns.map((column) => column?.length ?? 0)), day / minute)
    if (length === 0) return
    const older = this.#past.filter(({ ts }) => ts < startTs)
    const rows = Array.from({ length }, (_, i) => ({
      ts: startTs + i * minute,
      values: this.#row((c) => columns[c]?.[i] ?? null),
      span: minute,
    }))
    this.#past = [...older, ...rows].slice(-day / minute)
  }

  /** Adds a live sample; without values it is one that failed. A clock that was set back forgets what is after. */
  add(ts: number, values: Values = []): void {
    while ((this.#live.at(-1)?.ts ?? -Infinity) >= ts) this.#live.pop()
    this.#live.push({ ts, values: this.#row((c) => values[c] ?? null), span: this.#every })
    if (this.#live.length > most) this.#fold(ts)
  }

  /**
   * What is to be drawn between two moments: at most so many points, each the mean of what fell together, and a null
   * between points where more is missing than is usual.
   */
  read(from: number, to: number, points: number): Drawn {
    const step = Math.max((to - from) / points, 1e-3)
    const drawn: Drawn = [[], ...Array.from({ length: this.#width }, () => [])]
    const [times, ...columns] = drawn
    const put = (ts: number, value: (c: number) => number | null): void => {
      times.push(ts)
      for (const [c, column] of columns.entries()) column.push(value(c))
    }
    let group: Row[] = []
    const putGroup = (): void => {
      const first = group[0]
      if (first !== undefined) put(first.ts, (c) => mean(group.map(({ values }) => values[c] ?? null)))
    }
    for (const row of this.#rows(from, to)) {
      const before = group.at(-1)
      if (before !== undefined && Math.floor(before.ts / step) === Math.floor(row.ts / step)) group.push(row)
      else {
        putGroup()
        group = [row]
        if (before !== undefined && row.ts - before.ts > 2.5 * Math.max(before.span, row.span) + 5)
          put((before.ts + row.ts) / 2, () => null)
      }
    }
    putGroup()
    return drawn
  }

  #row(value: (column: number) => number | null): Values {
    return Array.from({ length: this.#width }, (_, c) => drawable(value(c)))
  }

  /** Both together, in order. */
  *#rows(from: number, to: number): Generator<Row> {
    const live = this.#live.filter(({ ts }) => ts >= from && ts <= to)
    const covered = new Set(live.filter(isKnown).map(({ ts }) => Math.floor(ts / minute)))
    const past = this.#past.filter(
      ({ ts }) => ts >= from && ts <= to && !covered.has(Math.floor(ts / minute)),
    )
    let next = 0
    for (const row of past) {
      for (let one = live[next]; one !== undefined && one.ts <= row.ts; one = live[++next]) {
        // A sample that failed at this very moment has nothing to say here.
        if (one.ts < row.ts) yield one
      }
      yield row
    }
    yield* live.slice(next)
  }

  /** Makes one row of each minute that is over an hour ago. */
  #fold(now: number): void {
    const kept = this.#live.filter(({ ts }) => ts > now - day)
    const recent = kept.findIndex(({ ts }) => ts > now - hour)
    const folded: Row[] = []
    let group: Row[] = []
    for (const row of [...kept.slice(0, recent), undefined]) {
      const [first] = group
      if (first !== undefined && (row === undefined || minuteOf(row) !== minuteOf(first))) {
        const values = this.#row((c) => mean(group.map((one) => one.values[c] ?? null)))
        folded.push({ ts: first.ts, values, span: minute })
        group = []
      }
      if (row !== undefined) group.push(row)
    }
    this.#live = [...folded, ...kept.slice(recent)].slice(-most)
  }
}

/** A guest may say any number, and a chart cannot draw any. */
function drawable(value: number | null): number | null {
  return value === null ? null : Math.min(Math.max(value, -Number.MAX_SAFE_INTEGER), Number.MAX_SAFE_INTEGER)
}

function minuteOf({ ts }: Row): number {
  return Math.floor(ts / minute)
}

function isKnown({ values }: Row): boolean {
  return values.some((value) => value !== null)
}

function mean(values: Values): number | null {
  let [sum, count] = [0, 0]
  for (const value of values) {
    if (value === null) continue
    sum += value
    count++
  }
  return count === 0 ? null : sum / count
}
