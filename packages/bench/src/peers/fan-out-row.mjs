// What it costs to tell a hundred consoles of one event.
import { Worker, cores } from '../worker.mjs'
import { fanOuts } from './fan-outs.mjs'
import { entriesOf } from './measure.mjs'

const [first, second] = cores
const consoles = 100

/**
 * @param {{ rounds: number, events: number }} amount
 * @returns {Promise<import('./measure.mjs').Measure[]>}
 */
export async function measureFanOut({ rounds, events }) {
  const names = /** @type {import('./fan-outs.mjs').FanOutName[]} */ (Object.keys(fanOuts))
  const ends = names.map((name) => ({
    name,
    middle: new Worker('peers/fan-out-end.mjs', { args: [name], core: second }),
    outside: new Worker('peers/fan-out-end.mjs', { args: [name], core: first }),
  }))
  try {
    for (const { middle, outside } of ends) {
      await outside.tell('dial', { port: await middle.tell('accept'), consoles })
      await outside.tell('send', { events })
    }
    /** @type {Record<'rate' | 'all' | 'middle', Record<string, number>[]>} */
    const figures = { rate: [], all: [], middle: [] }
    for (let round = 0; round < rounds; round++) {
      const rates = Object.fromEntries(names.map((name) => [name, 0]))
      const alls = { ...rates }
      const middles = { ...rates }
      for (const { name, middle, outside } of round % 2 ? ends.toReversed() : ends) {
        const before = await middle.tell('cpuTime')
        const { seconds, cpu } = await outside.tell('send', { events })
        const spent = (await middle.tell('cpuTime')) - before
        rates[name] = events / seconds
        alls[name] = (cpu + spent) / (events * consoles)
        middles[name] = spent / (events * consoles)
      }
      figures.rate.push(rates)
      figures.all.push(alls)
      figures.middle.push(middles)
    }
    return [
      {
        id: 'fan-out-rate',
        title: `Events a second, each to ${consoles} consoles`,
        unit: 'events/s',
        better: 'more',
        entries: entriesOf(figures.rate, 'ws'),
        targets: [],
      },
      {
        id: 'fan-out-cpu',
        title: `CPU of all processes per event that a console heard, of ${consoles} consoles`,
        unit: 'µs',
        better: 'less',
        entries: entriesOf(figures.all, 'ws'),
        targets: [],
      },
      {
        id: 'fan-out-host',
        title: `CPU of the host alone per event that a console heard, of ${consoles} consoles`,
        unit: 'µs',
        better: 'less',
        entries: entriesOf(figures.middle, 'ws'),
        targets: [],
      },
    ]
  } finally {
    for (const { middle, outside } of ends) {
      middle.stop()
      outside.stop()
    }
  }
}
