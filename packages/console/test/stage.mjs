// A real host with the console on it and guests in one process, to look at and to test with:
// `node packages/console/test/stage.mjs [GUESTS] [--tokens]` prints where it is.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { consolePage } from '@guestool/console'
import { createGuest } from '@guestool/guest'
import { systemInfo } from '@guestool/guest/node'
import { createHost, tokens } from '@guestool/server'

import { madeUp } from './made-up.mjs'

/**
 * @typedef {import('@guestool/guest').Guest} Guest
 * @typedef {import('@guestool/guest').GuestOptions['info']} Infos
 */

/**
 * @param {object} [options]
 * @param {number} [options.guests] scripted ones, `bot-001` and so on
 * @param {boolean} [options.real] one more, `this-machine`, with what this machine says
 * @param {boolean} [options.tokens] the host asks who comes
 * @param {number} [options.port]
 * @param {import('@guestool/core').Clock} [options.clock] of the host
 */
export async function startStage({ guests = 0, real = false, tokens: asks = false, port = 0, clock } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'guestool-console-'))
  const keys = tokens(join(folder, 'tokens.json'))
  /** @type {Map<string, Guest>} */
  const here = new Map()

  const open = async (/** @type {number} */ at) => {
    const host = createHost({
      page: consolePage(),
      connectionsPerAddress: 4_096,
      ...(asks && { authenticate: keys }),
      ...(clock && { clock }),
    })
    const { port: bound } = await host.listen(at)
    return { host, port: bound }
  }
  let now = await open(port)
  const stage = {
    /** Where the page is. */
    url: `http://127.0.0.1:${now.port}/`,
    keys,
    guests: here,
    get host() {
      return now.host
    },
    /** A guest comes, with infos of its own in place of the made-up ones. */
    async add(/** @type {string} */ id, /** @type {Partial<Infos>} */ info = {}) {
      const token = asks ? await keys.add({ role: 'guest', id }) : undefined
      const guest = createGuest(`ws://127.0.0.1:${now.port}/join/${id}`, {
        info: { ...madeUp(id), ...info },
        action: 'unsupported',
        token,
        backoff: { base: 100, cap: 500 },
      })
      for (let n = 0; n <= id.length % 3; n++) guest.bots.connected(`${10_000 + here.size * 7 + n}`)
      here.set(id, guest)
      await joined(guest)
      return guest
    },
    /** A guest leaves for good. */
    async remove(/** @type {string} */ id) {
      await here.get(id)?.close()
      here.delete(id)
    },
    /** The host stops, until `start`. */
    stop: () => now.host.close(),
    /** The host is back on its port. */
    async start() {
      now = await open(now.port)
    },
    async close() {
      await Promise.all([...here.values()].map((guest) => guest.close()))
      await now.host.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
  if (real) await stage.add('this-machine', systemInfo())
  for (let n = 1; n <= guests; n++) await stage.add(`bot-${String(n).padStart(3, '0')}`)
  return stage
}

/** @param {Guest} guest @returns {Promise<void>} */
function joined(guest) {
  return new Promise((resolve, reject) => {
    if (guest.state === 'open') return resolve()
    const stop = guest.on('state', (state) => {
      stop()
      if (state === 'open') resolve()
      else reject(new Error(`a guest of the stage is ${state}`))
    })
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const guests = process.argv.slice(2).find((each) => !each.startsWith('--')) ?? '12'
  const asks = process.argv.includes('--tokens')
  const stage = await startStage({ guests: Number(guests), real: true, tokens: asks })
  console.log(stage.url)
  if (asks) console.log(await stage.keys.add({ role: 'console', actions: true }))
}
