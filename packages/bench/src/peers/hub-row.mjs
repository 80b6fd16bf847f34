// What a call costs that a host hands on, against one that goes straight to who answers.
import { Party } from '../party.mjs'
import { cores } from '../worker.mjs'
import { entriesOf } from './measure.mjs'

const [first, second] = cores

/** Console and guest share a core where the host has one of its own. @type {Record<string, (number | undefined)[]>} */
const places =
  second === undefined
    ? { unbound: [] }
    : {
        'all on one core': [first, first, first],
        'a core for what answers the console': [first, first, second],
      }

const inFlight = 64

/**
 * @param {{ rounds: number, calls: number }} amount
 * @returns {Promise<import('./measure.mjs').Measure[]>}
 */
export async function measureHub({ rounds, calls }) {
  const measures = []
  for (const [place, [consoleCore, guestCore, hostCore]] of Object.entries(places)) {
    const direct = new Party('sdk', { cores: [consoleCore, hostCore] })
    const hub = new Party('hub', { cores: [consoleCore, guestCore, hostCore], forwards: true })
    try {
      for (const party of [direct, hub]) await party.start({ calls, inFlight, sequential: 100 })
      const cpu = []
      const rate = []
      for (let i = 0; i < rounds; i++) {
        /** @type {Record<string, Awaited<ReturnType<Party['load']>>>} */
        const round = {}
        for (const name of i % 2 ? ['hub', 'direct'] : ['direct', 'hub'])
          round[name] = await (name === 'hub' ? hub : direct).load({ calls, inFlight })
        const { direct: straight, hub: handed } = round
        if (!straight || !handed) throw new Error('a round has both')
        const [console = 0, guest = 0, host = 0] = handed.parts
        cpu.push({
          'straight to who answers': straight.cpu,
          'through a hub': handed.cpu,
          'of it the console': console,
          'of it the host': host,
          'of it the guest': guest,
        })
        rate.push({ 'straight to who answers': straight.rate, 'through a hub': handed.rate })
      }
      /** @type {(kind: string, title: string, unit: string, rounds: Record<string, number>[]) => import('./measure.mjs').Measure} */
      const measure = (kind, title, unit, figures) => ({
        id: `hub-${kind}-${place.replaceAll(' ', '-')}`,
        title: `${title}, ${inFlight} in flight, ${place}`,
        unit,
        better: kind === 'cpu' ? 'less' : 'more',
        entries: entriesOf(figures, 'straight to who answers'),
        targets: kind === 'cpu' ? [{ name: 'through a hub', of: 'ratio', most: 1.7 }] : [],
      })
      measures.push(
        measure('cpu', 'CPU of all processes per call', 'µs', cpu),
        measure('rate', 'Calls a second', '', rate),
      )
    } finally {
      direct.stop()
      hub.stop()
    }
  }
  return measures
}
