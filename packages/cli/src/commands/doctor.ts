import { createHub } from '@guestool/client'
import { defaultPort } from '@guestool/core'
import { Argument, InvalidArgumentError, type Command } from 'commander'
import { completedBy, guestIds } from '../completion.js'
import { targetOf, withHost } from '../connection.js'
import type { Chart } from '../doctor/finding.js'
import { reportJson, reportText } from '../doctor/report.js'
import { openContract, visitThroughHub } from '../doctor/through-hub.js'
import { visit } from '../doctor/visit.js'
import { WaitingRoom } from '../doctor/waiting-room.js'
import { exitCodes, Problem } from '../failure.js'
import { chooseGuest } from '../guest-choice.js'
import { note, paint, paintError, print, printJson, table } from '../output.js'
import { settingsOf, type Settings } from '../settings.js'

interface DoctorFlags {
  readonly listen?: number | true
  readonly address: string
  readonly late?: boolean
  readonly harm?: boolean
}

export function doctor(program: Command): void {
  program
    .command('doctor')
    .description('ask a guest everything, and report what is not as the protocol says')
    .addArgument(
      completedBy(
        new Argument('[guest]', 'a guest of the host, by its id or its URL: ws://HOST/guests/ID'),
        guestIds,
      ),
    )
    .option(
      '--listen [port]',
      'be the host yourself, and wait for the guest to dial: more can be tried',
      toPort,
    )
    .option('--address <ip>', 'with --listen: where; 0.0.0.0 is everywhere', '127.0.0.1')
    .option('--late', 'with --listen: see also what it does after a minute')
    .option('--harm', 'with --listen: try also what may end it; it may have to be restarted')
    .addHelpText(
      'after',
      '\nExit code: 0 when it works with hosts, quirks or not; 1 when something that people ask for does not come.',
    )
    .action(async (guest: string | undefined, flags: DoctorFlags, command: Command) => {
      const settings = settingsOf(command)
      if (flags.listen !== undefined) {
        if (guest !== undefined)
          throw new Problem('usage', 'with --listen the guest dials the doctor: name no guest')
        return report(await listened(flags), 'the guest that dialled', settings)
      }
      if (flags.late === true || flags.harm === true)
        throw new Problem(
          'usage',
          '--late and --harm need --listen: a host passes on only what is well-formed',
        )
      const [chart, id] = await visited(guest, settings)
      report(chart, id, settings)
    })
}

async function visited(guest: string | undefined, settings: Settings): Promise<[Chart, string]> {
  const byUrl = guest?.includes('/') === true
  const where = byUrl ? { ...settings, url: guest } : settings
  const target = await targetOf(where)
  if (byUrl && target.guest === undefined)
    throw new Problem('usage', `${target.name} is no guest; write ws://HOST/guests/ID, or the id alone`)
  // A host that is not there is told at once, and by its own words.
  const id = await withHost(where, ({ hub }) => chooseGuest(hub, target.guest ?? guest))
  const hub = createHub(target.url, { token: target.token, contract: openContract })
  try {
    const { chart } = await visitThroughHub(hub, id, undefined, tell)
    return [chart, id]
  } finally {
    await hub.close()
  }
}

/** Milliseconds that somebody has to start, or restart, a guest. */
const patience = 300_000
/** Milliseconds after which a guest that dials again would have. This SDK's takes five seconds at most at first. */
const redial = 12_000

async function listened({ listen, address, late, harm }: DoctorFlags): Promise<Chart> {
  const room = await WaitingRoom.open(typeof listen === 'number' ? listen : 0, address)
  try {
    const name = address === '0.0.0.0' || address === '::' ? 'ADDRESS' : address
    const url = `ws://${name}:${room.port}/join/doctor`
    note(
      `The doctor waits for a guest at ${paintError.bold(url)}. For the public Python guest, in the bot's .env:`,
    )
    note(`GUEST_CONNECTION_HOSTURL=${url}`)
    if (name === 'ADDRESS')
      note('(ADDRESS is an address of this machine; whoever reaches it may be seen by the doctor)')
    if (harm === true) {
      note(
        paintError.yellow(
          'What is tried last may end the guest: its bot may have to be restarted, more than once.',
        ),
      )
    }
    const wire = await room.next(patience)
    if (wire === undefined) throw new Problem('guestAway', 'no guest dialled within 5 minutes')
    return await visit(wire, {
      late: late ?? false,
      harm: harm ?? false,
      next: (restarted) => room.next(restarted ? patience : redial),
      told: (what) =>
        what === 'restart'
          ? note(paintError.yellow('It did not come back: restart the guest now (Ctrl-C ends the visit)'))
          : tell(what),
    })
  } finally {
    await room.close()
  }
}

function tell(what: string): void {
  note(paintError.dim(`… ${what}`))
}

function report(chart: Chart, who: string, { json }: Settings): void {
  if (json) printJson(reportJson(chart, who))
  else print(reportText(chart, who, table, paint))
  if (chart.verdict === 'faults') process.exitCode = exitCodes.failed
}

function toPort(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new InvalidArgumentError(`A port is a whole number from 0 to 65535, such as ${defaultPort}.`)
}
