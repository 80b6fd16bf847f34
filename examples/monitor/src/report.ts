import { isGuestoolError, type Client } from '@guestool/client'
import Table from 'cli-table3'
import type { Results } from './readings.js'
import { bytes, duration, percent, printable } from './text.js'
import { busiest, type Paint } from './view.js'

type Name = keyof Results
type Outcome = { readonly result: unknown } | { readonly problem: string; readonly unsupported: boolean }

/** One question for each info of the contract: leaving one out does not compile. */
const questions: { readonly [N in Name]: (client: Client) => Promise<Results[N]> } = {
  system_platform: (client) => client.info('system_platform'),
  time: (client) => client.info('time'),
  python_version: (client) => client.info('python_version'),
  cpu: (client) => client.info('cpu', 0.5),
  memory: (client) => client.info('memory'),
  all_partitions: (client) => client.info('all_partitions'),
  all_disk_io: (client) => client.info('all_disk_io', 0.5),
  all_network_io: (client) => client.info('all_network_io', 0.5),
  processes: async (client) => busiest(await client.info('processes', 0.5)),
  bots: (client) => client.info('bots'),
  bots_connect_time: (client) => client.info('bots_connect_time'),
  recv_events: (client) => client.info('recv_events'),
  apicall: (client) => client.info('apicall'),
}

const notes: { readonly [N in Name]?: string } = {
  cpu: 'over 0.5 s',
  all_disk_io: 'in 0.5 s',
  all_network_io: 'in 0.5 s',
  processes: 'over 0.5 s, the busiest first',
}

/** Rows of a list that are shown. */
const LONGEST = 20

/** Asks for everything at once; resolves with the text and whether all of it could be had. */
export async function report(client: Client, paint: Paint): Promise<{ text: string; complete: boolean }> {
  const outcomes = await Promise.all(
    Object.entries(questions).map(async ([name, ask]) => ({
      name: name as Name,
      outcome: await ask(client).then((result): Outcome => ({ result }), toProblem),
    })),
  )
  const sections = outcomes.map(({ name, outcome }) => {
    const note = notes[name]
    const heading = paint.bold(name) + (note === undefined ? '' : paint.dim(`  ${note}`))
    const lines =
      'problem' in outcome
        ? [paint.yellow(`${outcome.unsupported ? 'unsupported' : 'failed'}: ${printable(outcome.problem)}`)]
        : show(outcome.result)
    return [heading, ...lines.map((line) => `  ${line}`.trimEnd())].join('\n')
  })
  return {
    text: sections.join('\n\n'),
    complete: outcomes.every(({ outcome }) => 'result' in outcome || outcome.unsupported),
  }
}

function toProblem(error: unknown): Outcome {
  const problem = error instanceof Error ? error.message : String(error)
  return { problem, unsupported: isGuestoolError(error) && error.code === 'unsupported' }
}

function show(result: unknown): string[] {
  if (Array.isArray(result)) return list(result)
  const fields = [...flat(result)]
  return fields.length === 0 ? ['(none)'] : table(fields.map(([name, value]) => [name, cell(name, value)]))
}

function list(items: unknown[]): string[] {
  if (items.length === 0) return ['(none)']
  const shown = items.slice(0, LONGEST).map((item) => new Map(flat(item)))
  const more = items.length - shown.length
  const names = [...new Set(shown.flatMap((item) => [...item.keys()]))]
  const rows = shown.map((item) => names.map((name) => cell(name, item.get(name))))
  return [...table([names, ...rows]), ...(more > 0 ? [`… and ${more} more`] : [])]
}

/** The fields of a result by their paths, `usage.total` for one. */
function* flat(value: unknown, path: readonly string[] = []): Generator<[name: string, value: unknown]> {
  if (typeof value !== 'object' || value === null) yield [path.join('.'), value]
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
    last1m: (load: number) => load.toFixed(2),
    last5m: (load: number) => load.toFixed(2),
    last15m: (load: number) => load.toFixed(2),
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

function moment(seconds: number): string {
  return new Date(seconds * 1000).toISOString()
}

function cell(name: string, value: unknown): string {
  const unit = units.get(name.slice(name.lastIndexOf('.') + 1))
  if (typeof value === 'number' && unit !== undefined) return unit(value)
  return value === null || value === undefined
    ? '-'
    : printable(typeof value === 'string' ? value : JSON.stringify(value))
}

const noBorders = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
}

function table(rows: string[][]): string[] {
  const made = new Table({
    chars: noBorders,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  })
  made.push(...rows)
  return made.toString().split('\n')
}
