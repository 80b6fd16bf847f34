// The last whole run, kept in a file, and what was the machine.
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'

import { contenders } from './contenders.mjs'

/**
 * @typedef {object} Results
 * @property {string} date a day
 * @property {string} command
 * @property {number} minutes that it took
 * @property {{ processor: string, cores: number, memory: string, system: string, node: string, load: number }} machine
 *   `load`: how many processes wanted a core in the minute before
 * @property {Record<string, string>} versions of the libraries, by their names
 * @property {import('./measure.mjs').Measure[]} measures
 */

const file = new URL('../../results.json', import.meta.url)

/** @returns {Results} */
export const readResults = () => JSON.parse(readFileSync(file, 'utf8'))

/** @param {Results} results */
export const writeResults = (results) => writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`)

/** @returns {Results['machine']} */
export function thisMachine() {
  const processors = cpus()
  return {
    processor: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${process.platform} ${process.arch}`,
    node: process.version,
    load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
  }
}

/** Exact ones, of package.json; that of `ws` is what was installed. @returns {Results['versions']} */
export function versions() {
  const { devDependencies } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  const installed = new URL('../../node_modules/ws/package.json', import.meta.url)
  const ws = JSON.parse(readFileSync(installed, 'utf8')).version
  return Object.fromEntries(
    Object.values(contenders).flatMap(({ library }) =>
      library === undefined ? [] : [[library, library === 'ws' ? ws : devDependencies[library]]],
    ),
  )
}
