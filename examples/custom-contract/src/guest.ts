import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { createGuest } from '@guestool/guest'
import { systemInfo } from '@guestool/guest/node'

import { contract, type Level } from './contract.js'

const order: readonly Level[] = ['debug', 'info', 'error']
let from: Level = 'info'

/** Milliseconds from one look at the event loop to the next. */
const resolution = 10

const guest = createGuest(process.argv[2] ?? 'ws://127.0.0.1:37103/join/service', {
  contract,
  info: {
    ...systemInfo(),
    python_version: 'unsupported',
    async event_loop({ seconds }, { signal }) {
      const delay = monitorEventLoopDelay({ resolution })
      delay.enable()
      await sleep(seconds * 1000, undefined, { signal })
      delay.disable()
      return { mean_ms: late(delay.mean), max_ms: late(delay.max) }
    },
  },
  action: {
    // A bot runtime has matchers; this service has none, and says so.
    'matcher/list': 'unsupported',
    'matcher/info': 'unsupported',
    'matcher/hack': 'unsupported',
    'matcher/remove': 'unsupported',
    'log/level': ({ level }) => {
      const before = from
      from = level
      log('debug', `the level was ${before} and is ${level}`)
      return { before }
    },
  },
})
guest.on('state', (state) => console.log(`guest: ${state}`))
guest.on('error', (error) => console.error(error))

function log(level: Level, text: string): void {
  if (order.indexOf(level) < order.indexOf(from)) return
  console.log(`${level}: ${text}`)
  guest.emit('log', { level, text })
}

/** Milliseconds. The histogram has nanoseconds, and counts the time between two looks as well. */
function late(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e6 - resolution)
}
