// How fast calls are. All contenders take turns, pass by pass, each round from another one on, so that whatever else the
// machine does hurts all alike.
import { Party } from '../party.mjs'
import { cores } from '../worker.mjs'
import { entriesOf } from './measure.mjs'

/** @typedef {import('./contenders.mjs').ContenderName} ContenderName */

const [first, second] = cores

/** @type {Record<string, { cores: (number | undefined)[], least: number, latency: number }>} with what is aimed at */
const places =
  second === undefined
    ? { unbound: { cores: [], least: 1.1, latency: 1.25 } }
    : {
        'a core each': { cores: [first, second], least: 1.1, latency: 1.1 },
        'both on one core': { cores: [first, first], least: 1.25, latency: 1.25 },
      }

/** @param {number} value @param {number} least @param {number} most */
const within = (value, least, most) => Math.min(Math.max(Math.round(value), least), most)

/**
 * As many calls as take about so long: the slowest is forty times as slow as the fastest.
 *
 * @param {Party} party
 * @param {number} seconds
 */
async function ready(party, seconds) {
  const inFlight = 64
  await party.start({ calls: 3_000, inFlight, sequential: 100 })
  const { rate } = await party.load({ calls: 3_000, inFlight })
  const calls = within(rate * seconds, 2_000, 50_000)
  // Those that do more have more to compile.
  for (let i = 0; i < 3; i++) await party.load({ calls, inFlight: 256 })
  const sequential = within((seconds * 4e5) / (await party.sequence(100)), 60, 2_000)
  return { party, calls, sequential }
}

/**
 * @param {readonly ContenderName[]} names the floor among them
 * @param {{ rounds: number, seconds: number }} amount rounds, and how long a pass takes
 * @returns {Promise<import('./measure.mjs').Measure[]>}
 */
export async function measureCalls(names, { rounds, seconds }) {
  const measures = []
  for (const [place, { cores: pinned, least, latency }] of Object.entries(places)) {
    /** @type {Map<ContenderName, Party>} */
    const parties = new Map(names.map((name) => [name, new Party(name, { cores: pinned })]))
    try {
      const ends = []
      for (const [name, party] of parties) ends.push({ name, ...(await ready(party, seconds)) })
      /** @type {Record<'cpu' | 'rate' | 'rate256' | 'latency', Record<string, number>[]>} */
      const figures = { cpu: [], rate: [], rate256: [], latency: [] }
      for (let round = 0; round < rounds; round++) {
        for (const all of Object.values(figures)) all.push(Object.fromEntries(names.map((name) => [name, 0])))
        const start = round % ends.length
        for (const { name, party, calls, sequential } of [...ends.slice(start), ...ends.slice(0, start)]) {
          const at = (/** @type {keyof typeof figures} */ kind, /** @type {number} */ value) =>
            Object.assign(figures[kind][round] ?? {}, { [name]: value })
          const { cpu, rate } = await party.load({ calls, inFlight: 64 })
          at('cpu', cpu)
          at('rate', rate)
          at('rate256', (await party.load({ calls, inFlight: 256 })).rate)
          at('latency', await party.sequence(sequential))
        }
      }
      const id = place.replaceAll(' ', '-')
      /** @type {(kind: keyof typeof figures, title: string, unit: string, target: { most?: number, least?: number }) => import('./measure.mjs').Measure} */
      const measure = (kind, title, unit, target) => ({
        id: `${kind}-${id}`,
        title: `${title}, ${place}`,
        unit,
        better: kind.startsWith('rate') ? 'more' : 'less',
        entries: entriesOf(figures[kind], 'floor'),
        targets: [{ name: 'sdk', of: 'ratio', ...target }],
      })
      measures.push(
        measure('cpu', 'CPU of both ends per call, 64 in flight', 'µs', { most: 0.8 }),
        measure('rate', 'Calls a second, 64 in flight', 'calls/s', { least }),
        measure('rate256', 'Calls a second, 256 in flight', 'calls/s', { least }),
        measure('latency', 'One call after another, the median', 'µs', { most: latency }),
      )
    } finally {
      for (const party of parties.values()) party.stop()
    }
  }
  return measures
}
