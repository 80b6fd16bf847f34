import picocolors from 'picocolors'
import { readOptions } from './options.js'
import { startParties, type Parties } from './parties.js'
import { Readings } from './readings.js'
import { report } from './report.js'
import { lineScreen, liveScreen } from './screen.js'
import { frame, line, type Sight } from './view.js'

const { stdout } = process
const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const
const options = readOptions(process.argv)
// `isTTY` is undefined in a pipe, and undefined would mean the default, which is colours wherever CI is set.
const paint = picocolors.createColors(stdout.isTTY ? picocolors.isColorSupported : false)

// Whoever reads along may stop: `node dist/main.js | head -3`.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})
const interrupted = new Promise<'SIGINT' | 'SIGTERM'>((resolve) => {
  let stopping = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // Whoever presses Ctrl-C again does not want to wait for goodbyes.
      if (stopping) process.exit(exitCodes[signal])
      stopping = true
      resolve(signal)
    })
  }
})

try {
  const parties = await startParties(options)
  try {
    await (options.once ? printReport(parties) : watch(parties))
  } finally {
    await parties.close()
  }
} catch (error) {
  console.error(explain(error))
  process.exitCode = 1
}

async function printReport({ console: client }: Parties): Promise<void> {
  const outcome = await Promise.race([report(client, paint), interrupted])
  if (typeof outcome === 'string') process.exitCode = exitCodes[outcome]
  else {
    stdout.write(`${outcome.text}\n`)
    if (!outcome.complete) process.exitCode = 1
  }
}

/** Shows the machine until Ctrl-C, which is how a view is meant to end: exit code 0. */
async function watch({ console: client, guest, address }: Parties): Promise<void> {
  const readings = new Readings(client)
  const sight = (): Sight => ({
    latest: readings.latest,
    problems: readings.problems,
    disks: readings.disks,
    networks: readings.networks,
    heardAt: readings.heardAt,
    now: Date.now(),
    address,
    console: client.counts,
    guest: guest.counts,
  })
  const inPlace = stdout.isTTY && process.env['TERM'] !== 'dumb'
  const screen = inPlace
    ? liveScreen(stdout, () => frame(sight(), stdout, paint))
    : lineScreen(stdout, () => line(sight()))
  if (inPlace) screen.show()
  else stdout.write(`Host, guest and console run; ask the guest at ${address}; Ctrl-C stops\n`)
  const timer = setInterval(screen.show, 1_000)
  await interrupted
  clearInterval(timer)
  screen.done()
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  if (cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE')
    return `Port ${options.port} is taken, perhaps by another monitor. Choose another one with --port, or let the system choose with --port 0.`
  return error.message
}
