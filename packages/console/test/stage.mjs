// A real host with the console on it and guests, to look at and to test with:
// `node packages/console/test/stage.mjs [GUESTS] [--tokens]` prints where it is.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { consolePage } from '@guestool/console'
import { createGuest } from '@guestool/guest'
import { systemInfo } from '@guestool/guest/node'
import { createHost, tokens } from '@guestool/server'

import { madeUp } from './made-up.mjs'

const script = fileURLToPath(new URL('real-guest.mjs', import.meta.url))

/**
 * @typedef {import('@guestool/guest').Guest} Guest
 * @typedef {import('node:child_process').ChildProcess} ChildProcess
 * @typedef {import('@guestool/guest').GuestOptions['info']} Infos
 */

/**
 * @param {object} [options]
 * @param {number} [options.guests] scripted ones, `bot-001` and so on
 * @param {boolean} [options.real] one more, `this-machine`, with what this machine says
 * @param {boolean} [options.tokens] the host asks who comes
 * @param {number} [options.port]
 * @param {import('@guestool/core').Clock} [options.clock] of the host
 * @param {string} [options.basePath] below which the page and the host are
 * @param {Omit<import('@guestool/server').HostOptions, 'authenticate' | 'page' | 'basePath' | 'clock'>} [options.host]
 * @param {import('@guestool/server').ListenOptions} [options.listen]
 */
export async function startStage({
  guests = 0,
  real = false,
  tokens: asks = false,
  port = 0,
  clock,
  basePath = '/',
  host: options = {},
  listen = {},
} = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'guestool-console-'))
  const prefix = basePath.replace(/\/+$/, '')
  /** @type {Map<string, Guest>} */
  const here = new Map()
  /** @type {Map<string, ChildProcess>} */
  const processes = new Map()

  const open = async (/** @type {number} */ at) => {
    const keys = tokens(join(folder, 'tokens.json'), clock && { clock })
    const host = createHost({
      connectionsPerAddress: 4_096,
      ...options,
      page: consolePage({ basePath }),
      basePath,
      ...(clock && { clock }),
      ...(asks && { authenticate: keys }),
    })
    const { port: bound } = await host.listen(at, listen)
    return { host, keys, port: bound }
  }
  let now = await open(port)
  /** A guest that comes again has the token that it had. @type {Map<string, Promise<string>>} */
  const given = new Map()
  const tokenOf = async (/** @type {string} */ id) => {
    if (!asks) return undefined
    const token = given.get(id) ?? now.keys.add({ role: 'guest', id })
    given.set(id, token)
    return token
  }
  const stage = {
    /** Where the page is. */
    url: `http://127.0.0.1:${now.port}${prefix}/`,
    port: now.port,
    guests: here,
    processes,
    get keys() {
      return now.keys
    },
    get host() {
      return now.host
    },
    /** Where a person signs in who may do everything; good once. */
    async link() {
      return `${stage.url}#code=${await now.keys.code({ actions: true, admin: true })}`
    },
    /** A guest comes, with infos of its own in place of the made-up ones. */
    async add(/** @type {string} */ id, /** @type {Partial<Infos>} */ info = {}) {
      const guest = createGuest(`ws://127.0.0.1:${now.port}${prefix}/join/${id}`, {
        info: { ...madeUp(id), ...info },
        action: 'unsupported',
        token: await tokenOf(id),
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
    /** A guest comes that is a process of its own, with what this machine says. */
    async spawn(/** @type {string} */ id) {
      const token = await tokenOf(id)
      const url = new URL(`ws://127.0.0.1:${now.port}${prefix}/join/${id}`)
      if (token !== undefined) Object.assign(url, { username: id, password: token })
      // Not with the options of a test runner, which has its own idea of where packages are.
      const child = fork(script, [url.href], { execArgv: [], env: { PATH: process.env['PATH'] } })
      processes.set(id, child)
      const [state] = await Promise.race([once(child, 'message'), once(child, 'exit')])
      if (state !== 'open') throw new Error(`guest ${id} is ${state}`)
      return child
    },
    /** The host stops, until `start`. */
    stop: () => now.host.close(),
    /** Another host is there, on the same port and with the same tokens. */
    async start() {
      now = await open(now.port)
    },
    async close() {
      for (const child of processes.values()) child.kill('SIGKILL')
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
  console.log(asks ? await stage.link() : stage.url)
}
