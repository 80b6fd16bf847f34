// One end of a socket, in a process of its own.
import { createHook } from 'node:async_hooks'
import { writeFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import { setImmediate, setTimeout as pause } from 'node:timers/promises'

import { rss } from './rss.mjs'
import { quantile } from './table.mjs'
import { variants } from './variants.mjs'
import { obey } from './worker.mjs'

const [, , name = ''] = process.argv
if (!Object.hasOwn(variants, name)) throw new Error(`there is no variant ${name}`)
/** @type {import('./variants.mjs').Variant} */
const variant = await variants[/** @type {import('./variants.mjs').VariantName} */ (name)]()

/** @type {Promise<import('./variants.mjs').Ask>} */
let asking
/** Those that are kept, so that their connections are. @type {import('./variants.mjs').Ask[]} */
const asks = []

/**
 * @template {keyof import('./variants.mjs').Variant} Part
 * @param {Part} part
 * @returns {NonNullable<import('./variants.mjs').Variant[Part]>}
 */
function has(part) {
  const found = variant[part]
  if (found === undefined) throw new Error(`${name} has no ${part}`)
  return found
}

const inspector = new Session()

/** Microseconds of processor time so far, of all threads of this process. */
function cpuTime() {
  const { user, system } = process.cpuUsage()
  return user + system
}

/** Collects all garbage, once calls are on their way. */
async function collect() {
  await pause(20)
  globalThis.gc?.()
}

obey({
  acceptToAnswer: (options) => has('acceptToAnswer')(options),
  async acceptToAsk() {
    const { port, ask } = await has('acceptToAsk')()
    asking = ask
    return port
  },
  acceptToForward: () => has('acceptToForward')(),
  dialToAnswer: (port) => has('dialToAnswer')(port),
  async dialToAsk(port) {
    asking = has('dialToAsk')(port)
    await asking
  },

  cpuTime,

  collect,

  async startProfile() {
    inspector.connect()
    await inspector.post('Profiler.enable')
    await inspector.post('Profiler.setSamplingInterval', { interval: 200 })
    await inspector.post('Profiler.start')
  },

  async stopProfile(file) {
    const { profile } = await inspector.post('Profiler.stop')
    inspector.disconnect()
    writeFileSync(file, JSON.stringify(profile))
  },
  /** Connects so many times, and asks once on each. */
  async askOnce({ port, times }) {
    for (let left = times; left > 0; left -= 50)
      await Promise.all(
        Array.from({ length: Math.min(left, 50) }, async () => {
          const ask = await has('dialToAsk')(port)
          await ask()
          asks.push(ask)
        }),
      )
  },

  rss,

  /** Makes so many calls, with so many of them on their way at any time. */
  async load({ calls, inFlight, collect: collects = false }) {
    const ask = await asking
    let left = calls
    const oneAfterAnother = async () => {
      while (left-- > 0) await ask()
    }
    if (collects) void collect()
    const cpuBefore = cpuTime()
    const before = performance.now()
    await Promise.all(Array.from({ length: inFlight }, oneAfterAnother))
    return { seconds: (performance.now() - before) / 1000, cpu: cpuTime() - cpuBefore }
  },

  /** Makes so many calls one after another; returns the median in microseconds. */
  async sequence({ calls }) {
    const ask = await asking
    /** @type {number[]} */
    const times = []
    for (let i = 0; i < calls; i++) {
      const before = performance.now()
      await ask()
      times.push(performance.now() - before)
    }
    return quantile(times) * 1000
  },

  /** Makes calls that nobody answers; returns bytes of heap and timers for each. */
  async pending({ calls }) {
    const ask = await asking
    const before = await settledHeap()
    for (let i = 0; i < calls; i++) void ask()
    const bytes = ((await settledHeap()) - before) / calls
    return { bytes, timers: ((await timersOf(ask)) / some) * calls }
  },
})

/** Calls of which timers are counted: to count costs memory. */
const some = 1_000

/**
 * How many timers so many calls make on their way. Those that let the process end are counted, too.
 *
 * @param {import('./variants.mjs').Ask} ask
 */
async function timersOf(ask) {
  let made = 0
  const hook = createHook({
    init(_id, type) {
      if (type === 'Timeout') made++
    },
  }).enable()
  for (let i = 0; i < some; i++) void ask()
  // Some begin to wait once the request was written.
  for (let turn = 0; turn < 100; turn++) await setImmediate()
  hook.disable()
  return made
}

/** Bytes of heap in use, once nothing is written any more. */
async function settledHeap() {
  let used = Infinity
  for (;;) {
    await pause(100)
    globalThis.gc?.()
    const { heapUsed } = process.memoryUsage()
    if (heapUsed > used * 0.999) return heapUsed
    used = heapUsed
  }
}
