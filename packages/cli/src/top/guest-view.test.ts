import { stripVTControlCharacters } from 'node:util'
import picocolors from 'picocolors'
import { expect, test } from 'vitest'
import { guestFrame, type Sight } from './guest-view.js'

const plain = picocolors.createColors(false)
const coloured = picocolors.createColors(true)

const usage = { total: 4 * 2 ** 30, available: 3 * 2 ** 30, used: 2 ** 30, percent: 25 }
const sight: Sight = {
  latest: {
    system_platform: { summary: 'Example Linux 6.1 x86_64', system: 'Example', release: '6', cpuarch: 'x' },
    time: { system: 90_000, nonebot: 2, system_ts: 0, nonebot_ts: 0 },
    cpu: {
      cpu_percent: 12.34,
      cpu_ncores: { physical: null, logical: 8 },
      cpu_freq: { current: 2400, min: 0, max: 0 },
      cpu_load: { last1m: 0.5, last5m: 0.25, last15m: 0.125 },
    },
    memory: { mem: usage, swap: { total: 0, available: 0, used: 0, percent: 0 } },
    all_partitions: [
      { device: '/dev/a', mountpoint: '/etc/hosts', filesystem: 'ext4', usage, error: null },
      { device: '/dev/a', mountpoint: '/', filesystem: 'ext4', usage, error: null },
      { device: '/dev/b', mountpoint: '/media', filesystem: 'vfat', usage: null, error: 'no answer' },
    ],
    processes: [
      { pid: 1, name: 'init', age: 90_000, cpu_stdperc: 0, cpu_normalized: 0, mem: 2 ** 20 },
      { pid: 77, name: 'busy', age: 61, cpu_stdperc: 150, cpu_normalized: 18.75, mem: 2 ** 30 },
    ],
  },
  problems: new Map(),
  disks: [{ device: 'sda', inward: 1024, outward: 0, sum: 1024 }],
  networks: [
    { device: 'eth0', inward: 2048, outward: 512, sum: 2560 },
    { device: 'eth1', inward: 0, outward: 0, sum: 0 },
  ],
  heardAt: 50_000,
  now: 50_500,
  id: 'alpha',
  state: 'alive',
  bots: [
    { id: '10001', state: 'online', state_ts: 0 },
    { id: 'bad\u001b[2J', state: 'departed', state_ts: 50 },
  ],
}
const unknown: Sight = { ...sight, latest: {}, disks: [], networks: [], bots: [] }

const show = (seen: Sight, columns = 100, rows = 40): string =>
  guestFrame(seen, { columns, rows }, plain).join('\n')

test('shows everything', () => {
  const text = show(sight)
  expect(text).toMatch(/^alpha {2}\d\d:\d\d:\d\d {2}up 1d 01h {2}Example Linux 6\.1 x86_64$/m)
  expect(text).toMatch(/^cpu {5}█{5}░{35} {2}12\.3 % {2}8 cores, 2400 MHz$/m)
  expect(text).toMatch(/^load {4}0\.50 {2}0\.25 {2}0\.13$/m)
  expect(text).toMatch(/^memory {2}█{10}░{30} {2}25\.0 % {2}1\.0 GiB of 4\.0 GiB$/m)
  expect(text).toMatch(/^swap {4}none$/m)
  expect(text).toMatch(/25\.0 % {2}\/ +3\.0 GiB of 4\.0 GiB free, ext4 on \/dev\/a and 1 more place$/m)
  expect(text).toMatch(/^\/media +no answer {2}vfat on \/dev\/b$/m)
  expect(text).toMatch(/^read +1\.0 KiB\/s {2}write +0\.0 B\/s {2}sda$/m)
  expect(text).toMatch(/^in +2\.0 KiB\/s {2}out +512\.0 B\/s {2}eth0$/m)
  expect(text).toMatch(/^network traffic {2}idle: eth1$/m)
  expect(text).toMatch(/2 processes\n +77 +150\.0 % +1\.0 GiB +1m 01s {2}busy\n +1 .* init$/m)
  expect(text).toMatch(/^bots\nonline +50s {2}10001\ndeparted +0s {2}bad\u{fffd}\[2J$/mu)
  expect(text).not.toContain('No answer')
})

const sizes = [1, 2, 5, 8, 12, 16, 24, 40, 100].flatMap((rows) =>
  [1, 5, 20, 45, 80, 200].map((columns) => ({ columns, rows })),
)
test.each(sizes)('fits $columns × $rows', (size) => {
  const many = Array.from({ length: 300 }, (_, at) => ({
    pid: at,
    name: `${'漢'.repeat(at)}\u001b[2J\n`,
    age: at,
    cpu_stdperc: at,
    cpu_normalized: at,
    mem: at,
  }))
  const disks = Array.from({ length: 50 }, (_, at) => ({
    device: `disk${at}`,
    inward: 1,
    outward: 1,
    sum: at,
  }))
  const crowded = {
    ...sight,
    heardAt: 0,
    problems: new Map([['cpu', 'gone\n'.repeat(50)]]),
    disks,
    latest: { ...sight.latest, processes: many },
  }
  for (const seen of [sight, unknown, crowded]) {
    const lines = guestFrame(seen, size, coloured)
    expect(lines.length).toBeLessThanOrEqual(size.rows)
    for (const text of lines) {
      const bare = stripVTControlCharacters(text)
      expect(bare.replaceAll('漢', 'xx').length).toBeLessThanOrEqual(size.columns)
      expect(bare).not.toMatch(/\p{Cc}/u)
    }
  }
})

test('says that the guest does not answer, since when and why', () => {
  const problems = new Map([['cpu', 'info cpu: no answer within 5 s\u0007']])
  expect(show({ ...sight, now: 54_200, problems })).toContain(
    '\nNo answer for 4 s: info cpu: no answer within 5 s�\n',
  )
})

test('says which info cannot be had', () => {
  const problems = new Map([['memory', 'this machine does not tell']])
  expect(show({ ...unknown, problems })).toMatch(/^memory {2}this machine does not tell$/m)
})

test('says which info is not news any more', () => {
  const problems = new Map([
    ['cpu', 'no cpu'],
    ['all_disk_io', 'no disks'],
    ['processes', 'no processes'],
  ])
  const text = show({ ...sight, problems })
  expect(text).toMatch(/^cpu {5}█{5}░{35} {2}12\.3 % {2}no cpu$/m)
  expect(text).toMatch(/^disk traffic {2}no disks$/m)
  expect(text).toMatch(/age {2}no processes$/m)
})

test('says how many there is no room for', () => {
  const disks = Array.from({ length: 50 }, (_, at) => ({
    device: `disk${at}`,
    inward: 1,
    outward: 1,
    sum: 2,
  }))
  expect(show({ ...sight, disks })).toMatch(/^disk traffic \(\d of 50\)$/m)
})

test('says how its host sees it, unless that is well', () => {
  expect(show({ ...sight, state: 'gone' })).toMatch(/^alpha {2}gone /)
  expect(show(sight)).not.toContain('alive')
})
