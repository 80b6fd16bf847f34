// Processes that do what the bench tells them, each on the core that it is given.
import { fork, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The cores that processes can be bound to; none where that cannot be done. */
export const cores = findCores()

function findCores() {
  if (process.platform !== 'linux' || spawnSync('taskset', ['--version']).error !== undefined) return []
  const [, list = ''] = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  return list.split(',').flatMap((range) => {
    const [from = 0, to = from] = range.split('-').map(Number)
    return Array.from({ length: to - from + 1 }, (_, i) => from + i)
  })
}

/** @typedef {{ value?: any, error?: string }} Answer */

/** A process that runs a file of this folder, which calls {@link obey}. */
export class Worker {
  #child
  /** @type {((answer: Answer) => void) | undefined} */
  #answered

  /**
   * @param {string} file
   * @param {{ args?: string[], core?: number | undefined }} [options]
   */
  constructor(file, { args = [], core } = {}) {
    const path = fileURLToPath(new URL(file, import.meta.url))
    const node = [process.execPath, '--expose-gc']
    // `taskset` becomes Node, and keeps the channel to this process.
    const [execPath = '', ...execArgv] =
      core === undefined ? node : ['taskset', '--cpu-list', `${core}`, ...node]
    this.#child = fork(path, args, { execPath, execArgv })
    this.#child.on('message', (answer) => this.#answered?.(/** @type {Answer} */ (answer)))
    this.#child.on('exit', (code) => this.#answered?.({ error: `${file} ended with exit code ${code}` }))
  }

  /**
   * Gives an order, one at a time, and waits until it was done.
   *
   * @param {string} order
   * @param {unknown} [parameter]
   * @returns {Promise<any>} what it returned
   */
  tell(order, parameter) {
    return new Promise((resolve, reject) => {
      this.#answered = ({ value, error }) => (error === undefined ? resolve(value) : reject(new Error(error)))
      this.#child.send({ order, parameter })
    })
  }

  stop() {
    this.#answered = undefined
    this.#child.kill()
  }
}

/**
 * Does what the bench orders, in the process of a {@link Worker}.
 *
 * @param {Record<string, (parameter: any) => unknown>} orders
 */
export function obey(orders) {
  /** @param {{ order: string, parameter: unknown }} message */
  const answer = async ({ order, parameter }) => {
    try {
      process.send?.({ value: await orders[order]?.(parameter) })
    } catch (error) {
      process.send?.({ error: error instanceof Error ? error.stack : String(error) })
    }
  }
  process.on('message', (message) => void answer(/** @type {Parameters<typeof answer>[0]} */ (message)))
  process.on('disconnect', () => process.exit())
}
