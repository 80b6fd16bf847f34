import { conditionOf as recordCondition, worstFirst, type Condition } from '@guestool/core/condition'
import cliTruncate from 'cli-truncate'
import { hint } from '../hint.js'
import { duration, plural, printable } from '../text.js'
import type { FleetGuest } from './fleet-readings.js'
import { clock, type Paint } from './guest-view.js'
import type { Size } from './terminal.js'

/** In which order guests stand. */
export const orders = ['worst', 'name', 'cpu', 'memory', 'events'] as const
export type Order = (typeof orders)[number]

/** All that is shown. */
export interface FleetSight {
  /** In their order. */
  readonly guests: readonly FleetGuest[]
  readonly order: Order
  /** The place of the one that is chosen; undefined where nobody can choose. */
  readonly chosen: number | undefined
  readonly problem: string | undefined
  /** Unix milliseconds. */
  readonly now: number
  /** Which host it is. */
  readonly host: string
}

const conditionOf = (guest: FleetGuest): Condition => recordCondition(guest, guest.vitals?.bots)

function byName(one: FleetGuest, other: FleetGuest): number {
  return one.id < other.id ? -1 : 1
}

const most =
  (value: (guest: FleetGuest) => number | null | undefined) =>
  (one: FleetGuest, other: FleetGuest): number =>
    (value(other) ?? -1) - (value(one) ?? -1) || byName(one, other)

export function inOrder(guests: readonly FleetGuest[], order: Order): FleetGuest[] {
  switch (order) {
    case 'worst':
      return guests.toSorted(
        (one, other) => worstFirst(conditionOf(one), conditionOf(other)) || byName(one, other),
      )
    case 'name':
      return guests.toSorted(byName)
    case 'cpu':
      return guests.toSorted(most(({ vitals }) => vitals?.cpu_percent))
    case 'memory':
      return guests.toSorted(most(({ vitals }) => vitals?.memory_percent))
    case 'events':
      return guests.toSorted(most(({ vitals }) => vitals?.events_per_minute))
  }
}

/** The guests that there is room for, the chosen one among them. */
export function visible({ guests, chosen = 0 }: FleetSight, { rows }: Size): [from: number, to: number] {
  const room = Math.max(1, rows - headRows)
  const from = Math.max(0, Math.min(guests.length - room, chosen - Math.floor(room / 2)))
  return [from, Math.min(guests.length, from + room)]
}
/** The title and the names of the columns. */
const headRows = 2

/** The whole view, as lines that fit the terminal. */
export function fleetFrame(sight: FleetSight, size: Size, paint: Paint): string[] {
  const columns = columnsFor(size.columns, sight.guests)
  const [from, to] = visible(sight, size)
  const rows = sight.guests.slice(from, to).map((guest, at) => {
    const text = columns.map((column) => cell(column, guest, sight.now, paint)).join('  ')
    if (sight.chosen === undefined) return text
    return from + at === sight.chosen ? `${paint.bold('›')} ${text}` : `  ${text}`
  })
  const indent = sight.chosen === undefined ? '' : '  '
  const head = columns.map(({ title, width, left }) =>
    left === true ? title.padEnd(width) : title.padStart(width),
  )
  const body =
    sight.guests.length === 0
      ? [paint.dim(sight.problem === undefined ? `No guests yet. Add one with: ${hint('add NAME')}` : '')]
      : [paint.dim(indent + head.join('  ')), ...rows]
  return [summary(sight, paint), ...body]
    .slice(0, size.rows)
    .map((line) => cliTruncate(line.trimEnd(), size.columns))
}

function summary({ guests, problem, now, host }: FleetSight, paint: Paint): string {
  const all = guests.map(conditionOf)
  const count = (condition: Condition): number => all.filter((each) => each === condition).length
  const [gone, unresponsive, awaited] = [count('gone'), count('unresponsive'), count('awaited')]
  const uneasy = count('departed') + count('silent')
  const troubles = [
    ...(gone > 0 ? [paint.red(`${gone} gone`)] : []),
    ...(unresponsive > 0 ? [paint.yellow(`${unresponsive} unresponsive`)] : []),
    ...(awaited > 0 ? [`${awaited} not here yet`] : []),
    ...(uneasy > 0 ? [paint.yellow(`${uneasy} with bots that are not well`)] : []),
  ]
  const well = troubles.length === 0 && guests.length > 0 ? paint.green('all well') : troubles.join(', ')
  const what = `${paint.bold(plural(guests.length, 'guest'))}${well === '' ? '' : `: ${well}`}`
  const wrong = problem === undefined ? '' : `  ${paint.red(printable(problem))}`
  // What is cut off where a terminal is narrow stands last.
  return `${what}${wrong}  ${paint.dim(`${clock(now)}  ${printable(host)}`)}`
}

interface Column {
  readonly title: string
  readonly width: number
  readonly left?: boolean
  /** Those with the highest go first where there is no room. */
  readonly rank: number
  readonly text: (guest: FleetGuest, now: number) => string
  readonly colour?: (guest: FleetGuest, paint: Paint) => ((text: string) => string) | undefined
}

const number = (value: number | null | undefined, unit = ''): string =>
  value === null || value === undefined
    ? '-'
    : `${value >= 1_000 ? `${(value / 1_000).toFixed(1)}k` : Math.round(value)}${unit}`

function bots({ vitals }: FleetGuest): string {
  if (vitals === undefined || vitals.bots.length === 0) return '-'
  const online = vitals.bots.filter(({ state }) => state === 'online').length
  return online === vitals.bots.length ? String(online) : `${online}/${vitals.bots.length}`
}

const percentColour =
  (value: (guest: FleetGuest) => number | null | undefined) =>
  (guest: FleetGuest, paint: Paint): ((text: string) => string) | undefined => {
    const percent = value(guest) ?? 0
    return percent >= 90 ? paint.red : percent >= 70 ? paint.yellow : undefined
  }

const stateText = (guest: FleetGuest): string => (conditionOf(guest) === 'awaited' ? 'awaited' : guest.state)

const stateColour = (guest: FleetGuest, paint: Paint): ((text: string) => string) => {
  if (conditionOf(guest) === 'awaited') return paint.dim
  return guest.state === 'gone' ? paint.red : guest.state === 'unresponsive' ? paint.yellow : paint.green
}

/** The columns that there is room for, the one with the past as wide as that is. */
function columnsFor(width: number, guests: readonly FleetGuest[]): Column[] {
  const longest = Math.max(5, ...guests.map(({ id }) => id.length))
  const all: Column[] = [
    {
      title: 'guest',
      width: Math.min(longest, 24, Math.max(8, Math.floor(width / 3))),
      left: true,
      rank: 0,
      text: ({ id }) => printable(id),
    },
    { title: 'state', width: 12, left: true, rank: 1, text: stateText, colour: stateColour },
    {
      title: 'since',
      width: 8,
      rank: 4,
      text: ({ state_ts }, now) => duration(now / 1_000 - state_ts),
    },
    {
      title: 'bots',
      width: 5,
      rank: 5,
      text: bots,
      colour: (guest, paint) => (/^(departed|silent)$/.test(conditionOf(guest)) ? paint.yellow : undefined),
    },
    { title: 'event/m', width: 7, rank: 6, text: ({ vitals }) => number(vitals?.events_per_minute) },
    { title: 'api/m', width: 6, rank: 7, text: ({ vitals }) => number(vitals?.api_calls_per_minute) },
    {
      title: 'memory',
      width: 6,
      rank: 3,
      text: ({ vitals }) => number(vitals?.memory_percent, ' %'),
      colour: percentColour(({ vitals }) => vitals?.memory_percent),
    },
    {
      title: 'cpu',
      width: 5,
      rank: 2,
      text: ({ vitals }) => number(vitals?.cpu_percent, ' %'),
      colour: percentColour(({ vitals }) => vitals?.cpu_percent),
    },
  ]
  const taken = (columns: readonly Column[]): number =>
    2 + columns.reduce((sum, each) => sum + each.width + 2, 0)
  const ranked = all.toSorted((one, other) => one.rank - other.rank)
  while (ranked.length > 1 && taken(ranked) > width + 2) ranked.pop()
  const columns = all.filter((column) => ranked.includes(column))
  const rest = Math.min(60, width - taken(columns))
  if (rest < 8 || columns.length < all.length) return columns
  return [
    ...columns,
    {
      title: `cpu ${rest}m`,
      width: rest,
      left: true,
      rank: 8,
      text: ({ cpu }) => sparkline(cpu.slice(-rest)),
    },
  ]
}

function cell({ width, left, text, colour }: Column, guest: FleetGuest, now: number, paint: Paint): string {
  const shown = cliTruncate(text(guest, now), width)
  const padded = left === true ? shown.padEnd(width) : shown.padStart(width)
  return colour?.(guest, paint)?.(padded) ?? padded
}

const bars = '▁▂▃▄▅▆▇█'

/** Percents as a line of bars; a gap where there is none. */
export function sparkline(values: readonly (number | null)[]): string {
  return values
    .map((value) => {
      if (value === null) return ' '
      const step = Math.floor((Math.min(100, Math.max(0, value)) / 100) * bars.length)
      return bars[Math.min(bars.length - 1, step)]
    })
    .join('')
}
