import type { GuestOptions } from '@guestool/guest'

const amount = { total: 4, available: 3, used: 1, percent: 25 }

/** A machine with the least to say. */
export const answers: GuestOptions['info'] = {
  python_version: 'unsupported',
  cpu: () => ({
    cpu_percent: 12.5,
    cpu_ncores: { physical: null, logical: 2 },
    cpu_freq: { current: 2_000, min: 0, max: 0 },
    cpu_load: { last1m: 0.5, last5m: 0.25, last15m: 0 },
  }),
  memory: () => ({ mem: amount, swap: amount }),
  all_partitions: () => [],
  all_disk_io: () => [],
  all_network_io: () => [],
  processes: () => [],
  system_platform: () => ({ summary: 's', system: 'Linux', release: 'r', cpuarch: 'x' }),
  time: () => ({ system: 10, nonebot: 5, system_ts: 1_700_000_000, nonebot_ts: 1_700_000_005 }),
}
