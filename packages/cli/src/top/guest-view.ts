import cliTruncate from 'cli-truncate'
import type { Formatter } from 'picocolors/types.js'

import { bar, bytes, duration, percent, plural, printable } from '../text.js'
import type { Bot } from './fleet-readings.js'
import type { Results, Traffic } from './guest-readings.js'
import type { Size } from './terminal.js'

/** The three colours that mean something, and two that help the eye. */
export interface Paint {
  readonly green: Formatter
  readonly yellow: Formatter
  readonly red: Formatter
  readonly bold: Formatter
  readonly dim: Formatter
}

/** All that is shown. */
export interface Sight {
  readonly latest: Partial<Results>
  readonly problems: ReadonlyMap<string, string>
  readonly disks: readonly Traffic[]
  readonly networks: readonly Traffic[]
  /** Unix milliseconds of the last answer, and of now. */
  readonly heardAt: number
  readonly now: number
  readonly id: string
  /** As its host sees it. */
  readonly state: string
  readonly bots: readonly Bot[]
}

/** Longer than any answer takes while all is well. */
const SILENCE_MS = 3_000

/** What is wrong with the guest as a whole, if anything. */
function silence({ now, heardAt, problems }: Sight): string | undefined {
  const quiet = now - heardAt
  if (quiet < SILENCE_MS) return undefined
  const [why] = problems.values()
  const reason = why === undefined ? '' : `: ${printable(why)}`
  return `No answer for ${Math.floor(quiet / 1000)} s${reason}`
}

/** The whole view, as lines that fit the terminal. */
export function guestFrame(sight: Sight, size: Size, paint: Paint): string[] {
  const head = [title(sight, paint), ...problem(sight, paint), ...gauges(sight, size.columns, paint)]
  const room = size.rows - head.length
  const gap = room >= 20 ? [''] : []
  const share = Math.floor((room - 5 * gap.length) / 5)
  const small = [
    ...(sight.bots.length > 0 ? [section('bots', bots(sight, paint))] : []),
    section('disks', partitions(sight, paint), stale(sight, 'all_partitions')),
    section(
      'disk traffic',
      traffic(sight.disks, 'read', 'write'),
      stale(sight, 'all_disk_io') ?? idle(sight.disks),
    ),
    section(
      'network traffic',
      traffic(sight.networks, 'in', 'out'),
      stale(sight, 'all_network_io') ?? idle(sight.networks),
    ),
  ].flatMap((show) => show(share, gap, paint))
  const rest = room - small.length - gap.length
  const [header, ...rows] = processes(sight, paint)
  const table = rest < 2 ? [] : [...gap, paint.bold(header), ...rows.slice(0, rest - 1)]
  const lines = [...head, ...small, ...table]
  return lines.slice(0, size.rows).map((text) => cliTruncate(text, size.columns))
}

/** A title and as many lines as there is room for. */
function section(name: string, lines: readonly string[], note = '') {
  return (room: number, gap: readonly string[], { bold, dim }: Paint): string[] => {
    if (room < 2) return []
    const shown = lines.slice(0, room - 1)
    const part = shown.length < lines.length ? ` (${shown.length} of ${lines.length})` : ''
    return [...gap, bold(name + part) + dim(note === '' ? '' : `  ${note}`), ...shown]
  }
}

function title({ id, state, latest, now }: Sight, paint: Paint): string {
  const platform = printable(latest.system_platform?.summary ?? '')
  const up = latest.time === undefined ? '' : `  up ${duration(latest.time.system)}`
  const well = state === 'alive' ? '' : `  ${(state === 'gone' ? paint.red : paint.yellow)(state)}`
  return `${paint.bold(id)}${well}  ${paint.dim(clock(now))}${up}  ${platform}`
}

export function clock(now: number): string {
  return new Date(now).toTimeString().slice(0, 8)
}

function problem(sight: Sight, { red }: Paint): string[] {
  const text = silence(sight)
  return text === undefined ? [] : [red(text)]
}

function gauges(sight: Sight, columns: number, paint: Paint): string[] {
  const { latest, problems } = sight
  const { cpu, memory } = latest
  const width = Math.min(40, Math.max(5, columns - 42))
  const gauge = (label: string, value: number, text: string): string =>
    `${label.padEnd(8)}${level(value, paint)(bar(value, width))} ${percent(value).padStart(7)}  ${text}`
  const waiting = (label: string, info: string): string =>
    label.padEnd(8) + paint.dim(pending(problems, info))
  const lines =
    cpu === undefined
      ? [waiting('cpu', 'cpu'), waiting('load', 'cpu')]
      : [gauge('cpu', cpu.cpu_percent, stale(sight, 'cpu') ?? processor(cpu)), `load    ${loads(cpu)}`]
  if (memory === undefined) return [...lines, waiting('memory', 'memory'), waiting('swap', 'memory')]
  return [
    ...lines,
    gauge('memory', memory.mem.percent, stale(sight, 'memory') ?? used(memory.mem)),
    memory.swap.total === 0 ? 'swap    none' : gauge('swap', memory.swap.percent, used(memory.swap)),
  ]
}

function used({ used: some, total }: { used: number; total: number }): string {
  return `${bytes(some)} of ${bytes(total)}`
}

function loads({ cpu_load: { last1m, last5m, last15m } }: Results['cpu']): string {
  return [last1m, last5m, last15m].map((load) => load.toFixed(2)).join('  ')
}

function processor({ cpu_ncores: cores, cpu_freq: { current } }: Results['cpu']): string {
  const logical = cores.logical === null ? '' : plural(cores.logical, 'core')
  return [logical, current > 0 ? `${Math.round(current)} MHz` : ''].filter(Boolean).join(', ')
}

/** Why what is shown of an info is old, if it is. */
function stale({ problems }: Sight, info: keyof Results): string | undefined {
  const why = problems.get(info)
  return why === undefined ? undefined : printable(why)
}

function pending(problems: ReadonlyMap<string, string>, info: string): string {
  return printable(problems.get(info) ?? '…')
}

function level(value: number, { green, yellow, red }: Paint): Formatter {
  if (value >= 90) return red
  return value >= 70 ? yellow : green
}

/** Each device once: containers mount one in many places. */
function partitions({ latest, problems }: Sight, paint: Paint): string[] {
  const all = latest.all_partitions
  if (all === undefined) return [paint.dim(pending(problems, 'all_partitions'))]
  const places = new Map<string, number>()
  for (const { device } of all) places.set(device, (places.get(device) ?? 0) + 1)
  const shortest = all.toSorted((one, other) => one.mountpoint.length - other.mountpoint.length)
  const firsts = new Map(shortest.toReversed().map((partition) => [partition.device, partition]))
  const longest = Math.max(...shortest.map(({ mountpoint }) => mountpoint.length))
  return [...places].flatMap(([device, count]) => {
    const first = firsts.get(device)
    if (first === undefined) return []
    const { usage, error } = first
    const more = count > 1 ? ` and ${plural(count - 1, 'more place')}` : ''
    const place = printable(first.mountpoint).padEnd(Math.min(longest, 20))
    const kind = printable(`${first.filesystem} on ${device}${more}`)
    if (usage === null) return `${place}  ${paint.yellow(printable(error ?? 'cannot be read'))}  ${kind}`
    const { percent: full, available, total } = usage
    const free = `${bytes(available)} of ${bytes(total)} free`
    return `${level(full, paint)(bar(full, 10))} ${percent(full).padStart(7)}  ${place}  ${free}, ${kind}`
  })
}

function bots({ bots: all, now }: Sight, paint: Paint): string[] {
  const colour = { online: paint.green, silent: paint.yellow, departed: paint.red }
  return all.map(
    ({ id, state, state_ts }) =>
      `${colour[state](state.padEnd(8))} ${duration(now / 1000 - state_ts).padStart(8)}  ${printable(id)}`,
  )
}

/** Devices that moved anything so far. */
function traffic(devices: readonly Traffic[], inName: string, outName: string): string[] {
  return devices
    .filter(({ sum }) => sum > 0)
    .map(
      ({ device, inward, outward }) =>
        `${inName} ${rate(inward).padStart(13)}  ${outName} ${rate(outward).padStart(13)}  ${printable(device)}`,
    )
}

/** The others. */
function idle(devices: readonly Traffic[]): string {
  const names = devices.filter(({ sum }) => sum === 0).map(({ device }) => printable(device))
  return names.length === 0 ? '' : `idle: ${names.join(', ')}`
}

function rate(value: number): string {
  return `${bytes(value)}/s`
}

function processes(sight: Sight, { dim }: Paint): [string, ...string[]] {
  const { latest, problems } = sight
  const all = latest.processes
  if (all === undefined) return ['processes', dim(pending(problems, 'processes'))]
  return [
    row(
      'pid',
      'cpu',
      'memory',
      'age',
      stale(sight, 'processes') ?? plural(all.length, 'process', 'processes'),
    ),
    ...busiest(all).map(({ pid, cpu_stdperc, mem, age, name }) =>
      row(String(pid), percent(cpu_stdperc), bytes(mem), duration(age), printable(name)),
    ),
  ]
}

function row(pid: string, cpu: string, memory: string, age: string, name: string): string {
  return `${pid.padStart(8)} ${cpu.padStart(8)} ${memory.padStart(10)} ${age.padStart(8)}  ${name}`
}

function busiest(all: Results['processes']): Results['processes'] {
  return all.toSorted((one, other) => other.cpu_stdperc - one.cpu_stdperc || other.mem - one.mem)
}
