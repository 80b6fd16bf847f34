import * as z from '#zod'
import { result } from './results.js'

// Names, parameters and defaults are the specification's; the fields of the results are what the public Python
// guest sends. Python floats and ints mix freely, so a whole number of anything is still only "a number".

/** A sampling time in seconds. */
const smptime = (seconds: number) =>
  z.strictObject({ smptime: z._default(z.number().check(z.gte(0)), seconds) })

const amount = result({
  /** bytes; may be 0 */
  total: z.number(),
  /** bytes */
  available: z.number(),
  /** bytes */
  used: z.number(),
  /** 0–100 */
  percent: z.number(),
})

/** By bot id, which may be any Unicode text. */
const byBot = <T extends z.core.SomeType>(value: T) => z.record(z.string(), value)
const counters = z.record(z.string(), z.number())

export const info = {
  /** The Python that runs the guest. */
  python_version: {
    result: result({
      /** `sys.version` */
      version_string: z.string(),
      version_info: result({
        major: z.number(),
        minor: z.number(),
        micro: z.number(),
        /** `final`, `alpha`, … */
        release_level: z.string(),
        serial: z.number(),
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
      cpu_percent: z.number(),
      /** `physical` may be unknown */
      cpu_ncores: result({ physical: z.nullable(z.number()), logical: z.nullable(z.number()) }),
      /** MHz; 0 is unknown */
      cpu_freq: result({ current: z.number(), min: z.number(), max: z.number() }),
      /** average number of runnable processes */
      cpu_load: result({ last1m: z.number(), last5m: z.number(), last15m: z.number() }),
    }),
  },
  /** Memory and swap. */
  memory: { result: result({ mem: amount, swap: amount }) },
  /** Partitions and how full they are. */
  all_partitions: {
    params: z.strictObject({ physical_only: z._default(z.boolean(), true) }),
    result: z.array(
      result({
        device: z.string(),
        mountpoint: z.string(),
        filesystem: z.string(),
        /** null when it could not be read; `error` says why */
        usage: z.nullable(amount),
        error: z.nullable(z.string()),
      }),
    ),
  },
  /** What each disk moved during `smptime` (bytes in all, not per second). */
  all_disk_io: {
    params: smptime(1),
    sampling: 'smptime',
    result: z.array(result({ device: z.string(), read_bytes: z.number(), write_bytes: z.number() })),
  },
  /** What each network device moved during `smptime` (bytes in all, not per second). */
  all_network_io: {
    params: smptime(1),
    sampling: 'smptime',
    result: z.array(result({ device: z.string(), sent_bytes: z.number(), recv_bytes: z.number() })),
  },
  /** Every process. The public Python guest samples them one after another, `smptime` each: ask it with a small one. */
  processes: {
    params: smptime(1),
    exclusive: true,
    openEnded: true,
    sampling: 'smptime',
    result: z.array(
      result({
        pid: z.number(),
        /** any text: it may hold newlines and lone surrogates */
        name: z.string(),
        /** seconds since the process started */
        age: z.number(),
        /** percent of one core during `smptime`; may exceed 100 */
        cpu_stdperc: z.number(),
        /** `cpu_stdperc` over the number of logical cores: 0–100 */
        cpu_normalized: z.number(),
        /** bytes of resident memory */
        mem: z.number(),
      }),
    ),
  },
  /** The operating system. */
  system_platform: {
    result: result({ summary: z.string(), system: z.string(), release: z.string(), cpuarch: z.string() }),
  },
  /** Since when the system and the guest's process run. */
  time: {
    result: result({
      /** seconds the system is up */
      system: z.number(),
      /** seconds the guest's process is up, whatever its runtime */
      nonebot: z.number(),
      /** Unix seconds of the system's start */
      system_ts: z.number(),
      /** Unix seconds of the process's start */
      nonebot_ts: z.number(),
    }),
  },
  /** The ids of the bots that are connected now. */
  bots: { result: z.array(z.string()) },
  /** Unix seconds at which each bot connected; departed bots stay. */
  bots_connect_time: { result: byBot(z.number()) },
  /** How many events each bot received, by event name. */
  recv_events: { result: byBot(counters) },
  /** How many API calls each bot made, by API name. */
  apicall: { result: byBot(counters) },
}
