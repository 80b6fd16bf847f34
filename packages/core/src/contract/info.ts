import {
  boolean,
  byName,
  list,
  nullable,
  number,
  params,
  result,
  seconds,
  string,
  withDefault,
} from './vocabulary.js'

// Names, parameters and defaults are the specification's; the fields of the results are what the public Python
// guest sends.

/** A sampling time in seconds. */
const smptime = (unlessGiven: number) => params({ smptime: withDefault(seconds, unlessGiven) })

const amount = result({
  /** bytes; may be 0 */
  total: number,
  /** bytes */
  available: number,
  /** bytes */
  used: number,
  /** 0–100 */
  percent: number,
})

const counters = byName(number)

export const info = {
  /** The Python that runs the guest. */
  python_version: {
    result: result({
      /** `sys.version` */
      version_string: string,
      version_info: result({
        major: number,
        minor: number,
        micro: number,
        /** `final`, `alpha`, … */
        release_level: string,
        serial: number,
      }),
    }),
  },
  /** How busy the processor is. */
  cpu: {
    params: smptime(0.1),
    exclusive: true,
    sampling: 'smptime',
    result: result({
      /** 0–100, over all cores, during `smptime` */
      cpu_percent: number,
      /** `physical` may be unknown */
      cpu_ncores: result({ physical: nullable(number), logical: nullable(number) }),
      /** MHz; 0 is unknown */
      cpu_freq: result({ current: number, min: number, max: number }),
      /** average number of runnable processes */
      cpu_load: result({ last1m: number, last5m: number, last15m: number }),
    }),
  },
  /** Memory and swap. */
  memory: { result: result({ mem: amount, swap: amount }) },
  /** Partitions and how full they are. */
  all_partitions: {
    params: params({ physical_only: withDefault(boolean, true) }),
    result: list(
      result({
        device: string,
        mountpoint: string,
        filesystem: string,
        /** null when it could not be read; `error` says why */
        usage: nullable(amount),
        error: nullable(string),
      }),
    ),
  },
  /** What each disk moved during `smptime` (bytes in all, not per second). */
  all_disk_io: {
    params: smptime(1),
    sampling: 'smptime',
    result: list(result({ device: string, read_bytes: number, write_bytes: number })),
  },
  /** What each network device moved during `smptime` (bytes in all, not per second). */
  all_network_io: {
    params: smptime(1),
    sampling: 'smptime',
    result: list(result({ device: string, sent_bytes: number, recv_bytes: number })),
  },
  /** Every process. The public Python guest samples them one after another, `smptime` each: ask it with a small one. */
  processes: {
    params: smptime(1),
    exclusive: true,
    openEnded: true,
    sampling: 'smptime',
    result: list(
      result({
        pid: number,
        /** any text: it may hold newlines and lone surrogates */
        name: string,
        /** seconds since the process started */
        age: number,
        /** percent of one core during `smptime`; may exceed 100 */
        cpu_stdperc: number,
        /** `cpu_stdperc` over the number of logical cores: 0–100 */
        cpu_normalized: number,
        /** bytes of resident memory */
        mem: number,
      }),
    ),
  },
  /** The operating system. */
  system_platform: {
    result: result({ summary: string, system: string, release: string, cpuarch: string }),
  },
  /** Since when the system and the guest's process run. */
  time: {
    result: result({
      /** seconds the system is up */
      system: number,
      /** seconds the guest's process is up, whatever its runtime */
      nonebot: number,
      /** Unix seconds of the system's start */
      system_ts: number,
      /** Unix seconds of the process's start */
      nonebot_ts: number,
    }),
  },
  /** The ids of the bots that are connected now. */
  bots: { result: list(string) },
  /** Unix seconds at which each bot connected; departed bots stay. */
  bots_connect_time: { result: byName(number) },
  /** How many events each bot received, by event name. */
  recv_events: { result: byName(counters) },
  /** How many API calls each bot made, by API name. */
  apicall: { result: byName(counters) },
}
