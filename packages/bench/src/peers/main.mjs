// npm run bench:peers: what a call of the SDK costs against the least that a WebSocket call can cost, and against other
// libraries that call over WebSockets, in one run. `--only ROW[,ROW]` measures some rows, `--quick` says less and sooner.
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'

import { measureHub } from './hub-row.mjs'
import { print } from './print.mjs'

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } },
})

/** @typedef {import('./measure.mjs').Measure} Measure */

const { quick } = values

/** @type {Record<string, () => Promise<Measure[]>>} */
const rows = {
  hub: () => measureHub(quick ? { rounds: 5, calls: 5_000 } : { rounds: 15, calls: 20_000 }),
}

const chosen = values.only?.split(',') ?? Object.keys(rows)
const strange = chosen.filter((name) => !Object.hasOwn(rows, name))
if (strange.length > 0) {
  console.error(`There is no row ${strange.join(', ')}. There are: ${Object.keys(rows).join(', ')}`)
  process.exit(2)
}

const started = performance.now()
console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`)
for (const [name, measure] of Object.entries(rows)) {
  if (!chosen.includes(name)) continue
  for (const measured of await measure()) print(measured)
}
console.log(`\n${Math.round((performance.now() - started) / 1000)} s`)
