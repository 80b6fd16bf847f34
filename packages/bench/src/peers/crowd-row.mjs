// What thousands of guests cost a host that have nothing to say: their connections, and a heartbeat every half minute.
import { spawnSync } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'

import { Worker, cores } from '../worker.mjs'
import { rounded } from './measure.mjs'

const [first, second] = cores

const kinds = ['ws', 'sdk', 'sdk with history']
/** Processes that guests are in. */
const homes = 2

/** As many as have a file each in one process. @param {number} wanted */
function guestsThatFit(wanted) {
  const { stdout } = spawnSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' })
  const files = stdout.trim() === 'unlimited' ? Infinity : Number(stdout)
  return Number.isNaN(files) ? wanted : Math.min(wanted, Math.max(0, files - 1_000))
}

/**
 * @param {{ guests: number, settle: number, seconds: number }} amount how many guests; how long until a heartbeat of all
 *   was under way, and how long is measured
 * @returns {Promise<import('./measure.mjs').Measure[]>}
 */
export async function measureCrowd({ guests: wanted, settle, seconds }) {
  const guests = guestsThatFit(wanted)
  // All at once: they have little to do.
  const parties = kinds.map((kind) => ({
    kind,
    host: new Worker('peers/crowd-end.mjs', { args: [kind], core: second }),
    homes: Array.from(
      { length: homes },
      () => new Worker('peers/crowd-end.mjs', { args: [kind], core: first }),
    ),
  }))
  try {
    for (const { host, homes: those } of parties) {
      const port = await host.tell('listen')
      const each = guests / homes
      await Promise.all(those.map((home, i) => home.tell('join', { port, from: i * each, guests: each })))
    }
    await pause(settle * 1000)
    const costs = () => Promise.all(parties.map(({ host }) => host.tell('cost')))
    const before = await costs()
    const startedAt = performance.now()
    await pause(seconds * 1000)
    const after = await costs()
    const elapsed = (performance.now() - startedAt) * 1000
    for (const [i, { kind }] of parties.entries())
      if (kind !== 'ws' && after[i].guests !== guests)
        throw new Error(`${kind}: ${after[i].guests} of ${guests} guests are left`)
    const what = `${guests} idle guests of one host, heartbeats on`
    return [
      {
        id: 'crowd-memory',
        title: `Resident memory of the host, ${what}`,
        unit: 'MB',
        better: 'less',
        entries: parties.map(({ kind }, i) => ({ name: kind, value: rounded(after[i].rss) })),
        targets: [{ name: 'sdk', of: 'value', most: 200 }],
      },
      {
        id: 'crowd-cpu',
        title: `CPU of the host over ${seconds} s, ${what}`,
        unit: '% of a core',
        better: 'less',
        entries: parties.map(({ kind }, i) => ({
          name: kind,
          value: rounded(((after[i].cpu - before[i].cpu) / elapsed) * 100),
        })),
        targets: [{ name: 'sdk', of: 'value', most: 3 }],
      },
    ]
  } finally {
    for (const { host, homes: those } of parties) {
      for (const home of those) home.stop()
      host.stop()
    }
  }
}
