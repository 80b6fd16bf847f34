// What `npm run bench:peers` may be told.
import { parseArgs } from 'node:util'

import { contenderNames, contenders } from './contenders.mjs'

/** @typedef {import('./contenders.mjs').ContenderName} ContenderName */

/**
 * @param {string} option
 * @param {string | undefined} list
 * @param {readonly string[]} known
 */
function chosenOf(option, list, known) {
  if (list === undefined) return [...known]
  const chosen = list.split(',')
  const strange = chosen.filter((name) => !known.includes(name))
  if (strange.length > 0)
    throw new TypeError(`--${option} does not know ${strange.join(', ')}. There are: ${known.join(', ')}`)
  return chosen
}

/**
 * @param {readonly string[]} rows that there are
 * @param {string[]} [args]
 * @throws {TypeError} for what there is not
 */
export function optionsOf(rows, args = process.argv.slice(2)) {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      page: { type: 'boolean', default: false },
      only: { type: 'string' },
      peers: { type: 'string' },
    },
  })
  if (values.write && (values.only !== undefined || values.peers !== undefined))
    throw new TypeError('--write keeps one run of everything: leave --only and --peers out')
  const peers = contenderNames.filter((name) => contenders[name].kind === 'peer')
  const asked = new Set(chosenOf('peers', values.peers, peers))
  return {
    quick: values.quick,
    write: values.write,
    page: values.page,
    rows: chosenOf('only', values.only, rows),
    // Those that all are held against, and the SDK, are always there.
    names: contenderNames.filter((name) => contenders[name].kind !== 'peer' || asked.has(name)),
    command: ['npm run bench:peers', ...(args.length > 0 ? ['--', ...args] : [])].join(' '),
  }
}
