// What a call costs that waits, and a connection on which nothing happens.
import { measureIdle, measurePending } from '../memory.mjs'
import { Worker } from '../worker.mjs'
import { rounded } from './measure.mjs'

/**
 * @typedef {import('./contenders.mjs').ContenderName} ContenderName
 * @typedef {import('./measure.mjs').Measure} Measure
 */

/** A peer that says nothing is enough for these; the others need a silent one of their own. */
const plain = new Set(['floor', 'one-write', 'sdk'])

/**
 * @param {readonly ContenderName[]} names
 * @param {{ calls: number }} amount
 * @returns {Promise<Measure[]>}
 */
export async function measurePendings(names, { calls }) {
  const bytes = []
  const timers = []
  for (const name of names) {
    const silence = plain.has(name) ? 'plain' : 'own'
    let some = calls
    // On a busy machine the slowest see their first calls expire before the last one is sent, and end of it.
    const got = await measurePending(name, some, silence).catch(() => {
      some = calls / 10
      return measurePending(name, some, silence)
    })
    bytes.push({ name, value: Math.round(got.bytes) })
    timers.push({ name, value: rounded(got.timers / some) })
  }
  return [
    {
      id: 'pending-bytes',
      title: `Heap per call that waits, of ${calls} of them`,
      unit: 'B',
      better: 'less',
      entries: bytes,
      targets: [{ name: 'sdk', of: 'value', most: 500 }],
    },
    {
      id: 'pending-timers',
      title: `Timers per call that waits, of ${calls} of them`,
      unit: 'timers',
      better: 'less',
      entries: timers,
      targets: [{ name: 'sdk', of: 'value', most: 0.001 }],
    },
  ]
}

/**
 * Resident memory of who answers, per connection that asked once and is silent since.
 *
 * @param {ContenderName} name
 * @param {number} connections
 */
async function measureConnections(name, connections) {
  const answerer = new Worker('end.mjs', { args: [name] })
  const askers = new Worker('end.mjs', { args: [name] })
  try {
    const port = await answerer.tell('acceptToAnswer')
    // As many first: the youngest part of a heap grows with the first few thousand, by as much as all of them need.
    await askers.tell('askOnce', { port, times: connections })
    const before = await answerer.tell('rss')
    await askers.tell('askOnce', { port, times: connections })
    return ((await answerer.tell('rss')) - before) / connections
  } finally {
    answerer.stop()
    askers.stop()
  }
}

/**
 * @param {readonly ContenderName[]} names
 * @param {{ connections: number }} amount
 * @returns {Promise<Measure[]>}
 */
export async function measureIdles(names, { connections }) {
  const entries = []
  for (const name of names) {
    // A host has guests, which say hello; a floor has a text from each.
    const kibibytes =
      name === 'sdk' || name === 'floor'
        ? await measureIdle(name, connections)
        : await measureConnections(name, connections)
    entries.push({ name, value: rounded(kibibytes) })
  }
  return [
    {
      id: 'idle',
      title: `Resident memory per idle connection, of ${connections} of them`,
      unit: 'KiB',
      better: 'less',
      entries,
      targets: [{ name: 'sdk', of: 'value', most: 10 }],
    },
  ]
}
