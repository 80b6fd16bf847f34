// Who hands events on, or the source with all consoles.
import { setTimeout as pause } from 'node:timers/promises'

import { obey } from '../worker.mjs'
import { fanOuts } from './fan-outs.mjs'

const fanOut = fanOuts[/** @type {import('./fan-outs.mjs').FanOutName} */ (process.argv[2])]

// So many events are on their way at once.
const ahead = 8

let heard = 0
let consoles = 0
/** @type {() => void} */
let send = () => {}
/** @type {() => void} */
let wake = () => {}

function cpuTime() {
  const { user, system } = process.cpuUsage()
  return user + system
}

obey({
  accept: () => fanOut.accept(),
  async dial({ port, consoles: count }) {
    consoles = count
    send = await fanOut.dial(port, consoles, () => {
      heard++
      if (heard % consoles === 0) wake()
    })
    // What was subscribed to is known by that it comes, to all of them; and nothing of it may come later.
    for (;;) {
      heard = 0
      send()
      await pause(200)
      if (heard === consoles) break
      await pause(1_000)
    }
  },
  /** Sends so many events, and waits until each console has heard each of them. */
  async send({ events }) {
    heard = 0
    const before = { time: performance.now(), cpu: cpuTime() }
    await new Promise((resolve) => {
      let sent = 0
      wake = () => {
        while (sent < events && sent - Math.floor(heard / consoles) < ahead) {
          sent++
          send()
        }
        if (heard === events * consoles) resolve(undefined)
      }
      wake()
    })
    return { seconds: (performance.now() - before.time) / 1000, cpu: cpuTime() - before.cpu }
  },
  cpuTime,
})
