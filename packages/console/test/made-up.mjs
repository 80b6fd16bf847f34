// What scripted guests say: the same for the same id, and moving a little with each question.

/** @typedef {import('@guestool/guest').GuestOptions['info']} Infos */

const gib = 2 ** 30
const started = Date.now() / 1000 - 86_400 * 3.4

/** @param {string} text @returns {number} 0 to 1, always the same for a text */
function shareOf(text) {
  let hash = 2_166_136_261
  for (const letter of text) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 16_777_619)
  return ((hash >>> 0) % 1000) / 1000
}

const usage = (/** @type {number} */ total, /** @type {number} */ part) => ({
  total,
  available: total * (1 - part),
  used: total * part,
  percent: part * 100,
})

/** @param {string} id @returns {Infos} */
export function madeUp(id) {
  const share = shareOf(id)
  let asked = 0
  const wave = () => Math.sin(asked++ / 3 + share * 9)
  return {
    python_version: () => ({
      version_string: '3.12.7 (main, Oct  1 2026)',
      version_info: { major: 3, minor: 12, micro: 7, release_level: 'final', serial: 0 },
    }),
    cpu: () => ({
      cpu_percent: Math.max(0.4, share * 60 + wave() * 9),
      cpu_ncores: { physical: 2, logical: 4 },
      cpu_freq: { current: 2400, min: 800, max: 3600 },
      cpu_load: { last1m: share * 3, last5m: share * 2.5, last15m: share * 2 },
    }),
    memory: () => ({
      mem: usage(8 * gib, 0.2 + share * 0.6 + wave() * 0.02),
      swap: usage(2 * gib, share / 5),
    }),
    all_partitions: () => [
      {
        device: '/dev/sda1',
        mountpoint: '/',
        filesystem: 'ext4',
        usage: usage(80 * gib, share),
        error: null,
      },
      {
        device: '/dev/sdb1',
        mountpoint: '/data',
        filesystem: 'xfs',
        usage: usage(500 * gib, 1 - share),
        error: null,
      },
      {
        device: '/dev/sdc1',
        mountpoint: '/backup',
        filesystem: 'ext4',
        usage: null,
        error: 'Permission denied',
      },
    ],
    all_disk_io: () => [{ device: 'sda', read_bytes: share * 4e6, write_bytes: (2 + wave()) * 1e6 }],
    all_network_io: () => [
      { device: 'eth0', sent_bytes: (2 + wave()) * 4e4, recv_bytes: share * 9e5 },
      { device: 'lo', sent_bytes: 1200, recv_bytes: 1200 },
    ],
    processes: () =>
      Array.from({ length: 90 }, (_, n) => ({
        pid: 100 + n * 7,
        name: ['python3', 'postgres', 'nginx', 'redis-server', 'systemd', 'bash'][n % 6] ?? 'sh',
        age: 86_400 - n * 300,
        cpu_stdperc: Math.max(0, share * 90 - n * 4 + wave() * 2),
        cpu_normalized: Math.max(0, share * 22 - n + wave()),
        mem: Math.round(gib / (n + 3)),
      })),
    system_platform: () => ({
      summary: 'Linux-6.12.1-amd64-x86_64-with-glibc2.41',
      system: 'Linux',
      release: '6.12.1',
      cpuarch: 'x86_64',
    }),
    time: () => ({
      system: Date.now() / 1000 - started,
      nonebot: (Date.now() / 1000 - started) * share,
      system_ts: started,
      nonebot_ts: Date.now() / 1000 - (Date.now() / 1000 - started) * share,
    }),
  }
}
