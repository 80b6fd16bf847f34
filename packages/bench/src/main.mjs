// npm run bench: what a call of the SDK costs, against the least that a WebSocket call can cost (floor.mjs), in one run.
// `npm run bench -- --quick` takes a few seconds and says less. `npm run bench -- --profile` says where the time goes.
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'

import { measureIdle, measurePending } from './memory.mjs'
import { measureParts } from './micro.mjs'
import { printProfiles } from './profile.mjs'
import { measureSockets } from './sockets.mjs'
import { quantile, table } from './table.mjs'
import { cores } from './worker.mjs'

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, profile: { type: 'boolean', default: false } },
})
const amount = values.quick
  ? { pairs: 3, calls: 5_000, sequential: 500, pendingCalls: 100_000, guests: 2_000, milliseconds: 100 }
  : { pairs: 15, calls: 20_000, sequential: 1_500, pendingCalls: 100_000, guests: 2_000, milliseconds: 1_000 }

/** What is aimed at: the ratio to the floor, or the figure itself, at most or at least. */
const targets = {
  cpu: { most: 0.8 },
  rateOneCore: { least: 1.25 },
  rateTwoCores: { least: 1.1 },
  latencyOneCore: { most: 1.25 },
  latencyTwoCores: { most: 1.1 },
  heap: { most: 500 },
  timers: { most: 0 },
  rss: { most: 10 },
}

/** @typedef {{ most?: number, least?: number }} Target */

/**
 * @param {number} value
 * @param {Target} target
 */
function verdict(value, { most = Infinity, least = -Infinity }) {
  const wanted = most === Infinity ? `≥ ${least}` : `≤ ${most}`
  return [wanted, value <= most && value >= least ? 'met' : 'MISSED']
}

const started = performance.now()
console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`)
if (values.profile) {
  await printProfiles()
  process.exit()
}
const [first, second] = cores
if (second === undefined) {
  console.log(
    'Processes cannot be bound to cores here (it takes Linux, `taskset` and two cores), so the system moves them as it likes:\n' +
      'read the ratios with care, and none of them as those of one core.',
  )
}
/** @type {[name: string, cores: (number | undefined)[], isOneCore: boolean][]} */
const placements =
  second === undefined
    ? [['unbound', [], false]]
    : [
        ['a core each', [first, second], false],
        ['both on one core', [first, first], true],
      ]

/** @type {string[][]} */
const rows = []
for (const [who, asker] of /** @type {const} */ ([
  ['a client asks', 'dialler'],
  ['a host asks', 'acceptor'],
])) {
  for (const [where, pinned, isOneCore] of placements) {
    const passes = await measureSockets({ asker, cores: pinned }, amount)
    /** @type {(title: string, figure: keyof import('./sockets.mjs').Figures, unit: string, target?: Target) => void} */
    const row = (title, figure, unit, target) => {
      const ratios = passes.map(({ floor, sdk }) => sdk[figure] / floor[figure])
      const ratio = quantile(ratios)
      const [wanted = '', met = ''] = target ? verdict(ratio, target) : []
      rows.push([
        `${who}, ${where}: ${title}`,
        `${Math.round(quantile(passes.map(({ floor }) => floor[figure])) * 10) / 10}${unit}`,
        `${Math.round(quantile(passes.map(({ sdk }) => sdk[figure])) * 10) / 10}${unit}`,
        ratio.toFixed(2),
        `${quantile(ratios, 0.25).toFixed(2)}–${quantile(ratios, 0.75).toFixed(2)}`,
        wanted,
        met,
      ])
    }
    row('CPU of both per call', 'cpu', ' µs', isOneCore ? undefined : targets.cpu)
    row('calls a second', 'rate', '', isOneCore ? targets.rateOneCore : targets.rateTwoCores)
    row(
      'one after another, median',
      'latency',
      ' µs',
      isOneCore ? targets.latencyOneCore : targets.latencyTwoCores,
    )
  }
}
console.log(
  `\nCalls over a socket, 64 on their way (or one after another): medians of ${amount.pairs} pairs of passes\n`,
)
console.log(table(['', 'floor', 'SDK', 'ratio', 'quartiles', 'target', ''], rows))

const floorPending = await measurePending('floor', amount.pendingCalls)
const pending = await measurePending('sdk', amount.pendingCalls)
const floorIdle = await measureIdle('floor', amount.guests)
const idle = await measureIdle('sdk', amount.guests)
console.log('\nMemory\n')
console.log(
  table(
    ['', 'floor', 'SDK', 'target', ''],
    [
      [
        `heap of one of ${amount.pendingCalls} calls that wait`,
        `${Math.round(floorPending.bytes)} B`,
        `${Math.round(pending.bytes)} B`,
        ...verdict(pending.bytes, targets.heap),
      ],
      [
        `timers of all calls that wait`,
        `${floorPending.timers}`,
        `${pending.timers}`,
        ...verdict(pending.timers, targets.timers),
      ],
      [
        `resident memory of one of ${amount.guests} idle guests`,
        `${floorIdle.toFixed(1)} KiB`,
        `${idle.toFixed(1)} KiB`,
        ...verdict(idle, targets.rss),
      ],
    ],
  ),
)

console.log('\nParts of a call, in this process: medians\n')
console.log(
  table(
    ['', 'ns'],
    (await measureParts(amount.milliseconds)).map(([part, nanoseconds]) => [
      part,
      `${Math.round(nanoseconds)}`,
    ]),
  ),
)
console.log(`\n${Math.round((performance.now() - started) / 1000)} s`)
