import { pyDumps, PyFloat, pyLoads, type PyValue } from './json.js'
import { recorded, recordedMounts, recordedPartitionError, recordedWithoutBots } from './recorded.js'

/**
 * What the guest's machine is like:
 * - `usual`: as recorded
 * - `cpufreq_none`: no cpu frequency, so `cpu` is never answered
 * - `ncores_none`: the number of physical cores is unknown
 * - `partition_error`: `/` cannot be read
 */
export type PythonMachine = 'usual' | 'cpufreq_none' | 'ncores_none' | 'partition_error'

/** What a request said, as Python sees it. */
export type PyParams = ReadonlyMap<string, PyValue>

interface PyInfo {
  /** The only parameter that it knows. */
  readonly param?: 'smptime' | 'physical_only'
  /** Seconds, without a parameter. */
  readonly samples?: number
}

/** Every info of the guest. Its `processes` takes 0.1 where the specification says 1.0. */
export const pythonInfos: ReadonlyMap<string, PyInfo> = new Map<string, PyInfo>([
  ['python_version', {}],
  ['cpu', { param: 'smptime', samples: 0.1 }],
  ['memory', {}],
  ['all_partitions', { param: 'physical_only' }],
  ['all_disk_io', { param: 'smptime', samples: 1 }],
  ['all_network_io', { param: 'smptime', samples: 1 }],
  ['processes', { param: 'smptime', samples: 0.1 }],
  ['system_platform', {}],
  ['time', {}],
  ['bots', {}],
  ['bots_connect_time', {}],
  ['recv_events', {}],
  ['apicall', {}],
])

/** The recorded answer of an info; of `time` the parts that stand still. */
export function recordedResult(
  name: string,
  params: PyParams,
  machine: PythonMachine,
  bots: boolean,
): PyValue | undefined {
  if (name === 'cpu' && machine === 'cpufreq_none') return undefined
  const text = resultText(name, params, bots)
  if (text === undefined) return undefined
  const result = pyLoads(text)
  if (name === 'cpu' && machine === 'ncores_none') dict(dict(result).get('cpu_ncores')).set('physical', null)
  if (name === 'all_partitions' && machine === 'partition_error') breakRoot(result)
  return result
}

/** `time`: the machine is up a thousand seconds longer than the guest. */
export function timeResult(upMs: number, startedAt: number): PyValue {
  const up = upMs / 1000
  return new Map([
    ['system', new PyFloat(up + 1000)],
    ['nonebot', new PyFloat(up)],
    ['system_ts', new PyFloat(Math.floor(startedAt / 1000) - 1000)],
    ['nonebot_ts', new PyFloat(Math.round(startedAt / 10) / 100)],
  ])
}

/** What Python makes of a sampling time, in seconds; undefined where it raises. */
export function pySeconds(value: PyValue | undefined): number | undefined {
  if (value instanceof PyFloat) return value.value
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return Number(value)
  return undefined
}

/** `bool(value)` */
function pyTruth(value: PyValue): boolean {
  if (value instanceof PyFloat) return value.value !== 0
  if (value instanceof Map) return value.size > 0
  return Array.isArray(value) ? value.length > 0 : Boolean(value)
}

function resultText(name: string, params: PyParams, bots: boolean): string | undefined {
  if (!bots && recordedWithoutBots.has(name)) return recordedWithoutBots.get(name)
  const physicalOnly = params.get('physical_only')
  if (name === 'all_partitions' && physicalOnly !== undefined && !pyTruth(physicalOnly)) return recordedMounts
  return recorded.get(name)
}

function breakRoot(partitions: PyValue): void {
  if (!Array.isArray(partitions)) return
  for (const partition of partitions) {
    const entry = dict(partition)
    if (entry.get('mountpoint') !== '/') continue
    entry.set('usage', null)
    entry.set('error', recordedPartitionError)
  }
}

function dict(value: PyValue | undefined): Map<string, PyValue> {
  if (value instanceof Map) return value
  throw new TypeError(`not a dict: ${value === undefined ? 'nothing' : pyDumps(value)}`)
}
