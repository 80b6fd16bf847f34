import type { GuestOptions } from '@guestool/guest'

const amount = { total: 4, available: 3, used: 1, percent: 25 }

/** A machine that is always the same: every info answered. */
export const answers: GuestOptions['info'] = {
  python_version: () => ({
    version_string: '3.12.1',
    version_info: { major: 3, minor: 12, micro: 1, release_level: 'final', serial: 0 },
  }),
  cpu: () => ({
    cpu_percent: 12.5,
    cpu_ncores: { physical: null, logical: 2 },
    cpu_freq: { current: 2_000, min: 0, max: 0 },
    cpu_load: { last1m: 0.5, last5m: 0.25, last15m: 0 },
  }),
  memory: () => ({ mem: amount, swap: { ...amount, total: 0 } }),
  all_partitions: ({ physical_only }) =>
    [
      { device: '/dev/sda1', mountpoint: '/', filesystem: 'ext4', usage: amount, error: null },
      { device: 'proc', mountpoint: '/proc', filesystem: 'proc', usage: null, error: 'not permitted' },
    ].slice(0, physical_only ? 1 : 2),
  all_disk_io: () => [{ device: 'sda', read_bytes: 0, write_bytes: 1 }],
  all_network_io: () => [{ device: 'lo', sent_bytes: 1, recv_bytes: 1 }],
  processes: () => [{ pid: 1, name: 'init\n\ud800', age: 1, cpu_stdperc: 0, cpu_normalized: 0, mem: 1 }],
  system_platform: () => ({ summary: 'Linux-6.1', system: 'Linux', release: '6.1', cpuarch: 'x86_64' }),
  time: () => ({ system: 10, nonebot: 1, system_ts: 1_700_000_000, nonebot_ts: 1_700_000_009 }),
}
