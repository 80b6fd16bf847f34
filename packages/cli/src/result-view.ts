import { isRecord } from '@guestool/core'
import { table } from './output.js'
import { bytes, duration, percent, printable } from './text.js'

/** Rows of a list that are shown. */
const longest = 200

/** What an operation gave, for people: a table of fields, or one of items. */
export function resultView(result: unknown, rows: number = longest): string {
  if (Array.isArray(result)) return list(result, rows)
  if (typeof result !== 'object' || result === null) return cell('', result)
  const fields = [...flat(result)]
  return fields.length === 0
    ? '(none)'
    : table(fields.map(([name, value]) => [printable(name), cell(name, value)]))
}

/** The same in one line. */
export function resultLine(result: unknown): string {
  if (Array.isArray(result)) return result.map((item) => resultLine(item)).join(' | ') || '(none)'
  if (typeof result !== 'object' || result === null) return cell('', result)
  return (
    Array.from(flat(result), ([name, value]) => `${printable(name)} ${cell(name, value)}`).join('  ') ||
    '(none)'
  )
}

function list(items: readonly unknown[], rows: number): string {
  if (items.length === 0) return '(none)'
  const shown = busiestFirst(items)
    .slice(0, rows)
    .map((item) => new Map(flat(item)))
  const names = [...new Set(shown.flatMap((item) => [...item.keys()]))]
  const head = names.every((name) => name === '') ? undefined : names.map((name) => printable(name))
  const cells = shown.map((item) => names.map((name) => cell(name, item.get(name))))
  const more = items.length - shown.length
  return table(cells, head) + (more > 0 ? `\n… and ${more} more` : '')
}

/** Processes come in no order that means anything. */
function busiestFirst(items: readonly unknown[]): readonly unknown[] {
  return items.toSorted((one, other) => loadOf(other) - loadOf(one))
}

function loadOf(item: unknown): number {
  return isRecord(item) && typeof item['cpu_stdperc'] === 'number' ? item['cpu_stdperc'] : 0
}

/** The fields of a result by their paths, `usage.total` for one. */
function* flat(value: unknown, path: readonly string[] = []): Generator<[name: string, value: unknown]> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) yield [path.join('.'), value]
  else for (const [key, inner] of Object.entries(value)) yield* flat(inner, [...path, key])
}

/** The units of the protocol's fields, by the last part of their names. */
const units: ReadonlyMap<string, (value: number) => string> = new Map(
  Object.entries({
    total: bytes,
    available: bytes,
    used: bytes,
    mem: bytes,
    read_bytes: bytes,
    write_bytes: bytes,
    sent_bytes: bytes,
    recv_bytes: bytes,
    percent,
    cpu_percent: percent,
    cpu_stdperc: percent,
    cpu_normalized: percent,
    current: megahertz,
    min: megahertz,
    max: megahertz,
    last1m: hundredths,
    last5m: hundredths,
    last15m: hundredths,
    age: duration,
    system: duration,
    nonebot: duration,
    system_ts: moment,
    nonebot_ts: moment,
  }),
)

function megahertz(value: number): string {
  return value > 0 ? `${Math.round(value)} MHz` : 'unknown'
}

function hundredths(value: number): string {
  return value.toFixed(2)
}

function moment(seconds: number): string {
  const date = new Date(seconds * 1000)
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString()
}

function cell(name: string, value: unknown): string {
  const unit = units.get(name.slice(name.lastIndexOf('.') + 1))
  if (typeof value === 'number' && unit !== undefined) return unit(value)
  if (value === null || value === undefined) return '-'
  return printable(typeof value === 'string' ? value : JSON.stringify(value))
}
