// A host that thousands of guests join and say nothing to; or such guests, many in one process.
import { createGuest } from '@guestool/guest'
import { createHost } from '@guestool/server'

import { dial, listen } from '../bare.mjs'
import { cpu } from '../payload.mjs'
import { unsupported } from '../unsupported.mjs'
import { obey } from '../worker.mjs'

const [, , kind = ''] = process.argv

// What a host that keeps a history asks for once a minute.
const amount = { total: 8e9, available: 4e9, used: 4e9, percent: 50 }
const info = {
  ...unsupported,
  cpu: () => cpu,
  memory: () => ({ mem: amount, swap: amount }),
  bots: () => [],
  recv_events: () => ({}),
  apicall: () => ({}),
}

/** As the documentation of `ws` has it: who has not answered the last ping is dropped. */
async function listenBare() {
  const { server, port } = await listen()
  /** @type {WeakSet<object>} */
  const alive = new WeakSet()
  server.on('connection', (socket) => {
    alive.add(socket)
    socket.on('pong', () => alive.add(socket))
  })
  setInterval(() => {
    for (const socket of server.clients) {
      if (!alive.delete(socket)) socket.terminate()
      else socket.ping()
    }
  }, 30_000)
  return port
}

/** @param {string} address */
function joinAs(address) {
  const guest = createGuest(address, { info, action: 'unsupported' })
  return new Promise((resolve) => {
    guest.on('state', (state) => {
      if (state === 'open') resolve(undefined)
    })
  })
}

/** @type {() => number} */
let connected = () => 0

obey({
  async listen() {
    if (kind === 'ws') return listenBare()
    const host = createHost({ history: kind === 'sdk with history', connectionsPerAddress: Infinity })
    connected = () => host.counts.guests
    return (await host.listen(0)).port
  },
  async join({ port, from, guests }) {
    for (let i = 0; i < guests; i += 50) {
      const names = Array.from({ length: Math.min(50, guests - i) }, (_, j) => `/join/idle-${from + i + j}`)
      await Promise.all(
        names.map((path) => (kind === 'ws' ? dial(port, path) : joinAs(`ws://127.0.0.1:${port}${path}`))),
      )
    }
  },
  /** Guests that are here, microseconds of processor time so far, and megabytes of resident memory. */
  cost() {
    const { user, system } = process.cpuUsage()
    return { guests: connected(), cpu: user + system, rss: process.memoryUsage.rss() / 1e6 }
  },
})
