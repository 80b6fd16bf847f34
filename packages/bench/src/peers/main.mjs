// npm run bench:peers: what a call of the SDK costs against the least that a WebSocket call can cost, and against other
// libraries that call over WebSockets, in one run.
//
//   --quick            says less, and sooner
//   --only ROW[,ROW]   some rows: calls, pending, idle, hub, fan-out, crowd, bundle
//   --peers A[,B]      some of the other libraries
//   --write            keeps the result: results.json, the tables and the charts of docs/performance.md
//   --page             measures nothing, and makes that page anew of the results that were kept
import { measureBundles } from './bundle-row.mjs'
import { measureCalls } from './calls-row.mjs'
import { measureCrowd } from './crowd-row.mjs'
import { measureFanOut } from './fan-out-row.mjs'
import { measureHub } from './hub-row.mjs'
import { measureIdles, measurePendings } from './memory-row.mjs'
import { optionsOf } from './options.mjs'
import { print } from './print.mjs'
import { readResults, thisMachine, versions, writeResults } from './results.mjs'

/** @typedef {import('./contenders.mjs').ContenderName} ContenderName */
/** @typedef {import('./measure.mjs').Measure} Measure */

/** @type {Record<string, (names: ContenderName[], quick: boolean) => Promise<Measure[]>>} */
const rows = {
  calls: (names, quick) =>
    measureCalls(names, quick ? { rounds: 3, seconds: 0.2 } : { rounds: 13, seconds: 0.35 }),
  pending: (names, quick) => measurePendings(names, { calls: quick ? 20_000 : 100_000 }),
  idle: (names, quick) => measureIdles(names, { connections: quick ? 1_000 : 2_000 }),
  hub: (_, quick) => measureHub(quick ? { rounds: 5, calls: 5_000 } : { rounds: 15, calls: 20_000 }),
  'fan-out': (_, quick) => measureFanOut(quick ? { rounds: 3, events: 100 } : { rounds: 11, events: 500 }),
  crowd: (_, quick) =>
    measureCrowd(
      quick ? { guests: 1_000, settle: 5, seconds: 5 } : { guests: 10_000, settle: 40, seconds: 60 },
    ),
  bundle: (names) => measureBundles(names),
}

function options() {
  try {
    return optionsOf(Object.keys(rows))
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    console.error(error.message)
    return process.exit(2)
  }
}

const { quick, write, page, rows: chosen, names, command } = options()
if (page) {
  await makePage()
  process.exit()
}
const started = performance.now()
const machine = thisMachine()
console.log(`Node ${machine.node}, ${machine.cores} × ${machine.processor}`)
/** @type {Measure[]} */
const measures = []
for (const [name, measure] of Object.entries(rows)) {
  if (!chosen.includes(name)) continue
  const from = performance.now()
  const measured = await measure(names, quick)
  measured.forEach(print)
  measures.push(...measured)
  console.log(`\n${name}: ${Math.round((performance.now() - from) / 1000)} s`)
}
const seconds = Math.round((performance.now() - started) / 1000)
console.log(`\nall: ${seconds} s`)

if (write) {
  const date = new Date().toISOString().slice(0, 10)
  const minutes = Math.ceil(seconds / 60)
  writeResults({ date, command, minutes, machine, versions: versions(), measures })
  await makePage()
}

/** Drawing takes code that measuring does not need, and that is loaded after it. */
async function makePage() {
  const { writePage } = await import('./page.mjs')
  writePage(readResults())
}
