import { createHub } from '@guestool/client'
import { targetOf, withHost } from '../connection.js'
import { settingLine } from '../dotenv.js'
import { exitCodes, Problem } from '../failure.js'
import { chooseGuest } from '../guest-choice.js'
import { interrupted } from '../interrupt.js'
import { note, paint, paintError, print, printJson, table } from '../output.js'
import type { Settings } from '../settings.js'
import type { Chart } from './finding.js'
import { reportJson, reportText } from './report.js'
import { openContract, visitThroughHub } from './through-hub.js'
import { visit } from './visit.js'
import { WaitingRoom } from './waiting-room.js'

/** How the doctor listens. */
export interface ListenFlags {
  readonly listen?: number | true
  readonly address: string
  readonly late?: boolean
  readonly harm?: boolean
}

/** Sees a guest at its host. */
export async function visited(guest: string | undefined, settings: Settings): Promise<[Chart, string]> {
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

/** Sees a guest that dials the doctor. */
export async function listened({ listen, address, late, harm }: ListenFlags): Promise<Chart> {
  const room = await WaitingRoom.open(typeof listen === 'number' ? listen : 0, address)
  try {
    const name = address === '0.0.0.0' || address === '::' ? 'ADDRESS' : address
    const url = `ws://${name}:${room.port}/join/doctor`
    note(
      `The doctor waits for a guest at ${paintError.bold(url)}. For the public Python guest, in the bot's .env:`,
    )
    note(settingLine(url))
    if (name === 'ADDRESS')
      note('(ADDRESS is an address of this machine; whoever reaches it may be seen by the doctor)')
    if (harm === true) {
      note(
        paintError.yellow(
          'What is tried last may end the guest: its bot may have to be restarted, more than once.',
        ),
      )
    }
    // Ctrl-C ends a wait, so that there is a report of what was seen so far.
    const stop = new AbortController()
    void interrupted().then(() => stop.abort())
    const wire = await room.next(patience, stop.signal)
    if (wire === undefined) {
      throw new Problem(
        'guestAway',
        stop.signal.aborted ? 'no guest has dialled' : 'no guest dialled within 5 minutes',
      )
    }
    return await visit(wire, {
      late: late ?? false,
      harm: harm ?? false,
      next: (restarted) => room.next(restarted ? patience : redial, stop.signal),
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

/** Prints the report, and sets the exit code. */
export function report(chart: Chart, who: string, { json }: Settings): void {
  if (json) printJson(reportJson(chart, who))
  else print(reportText(chart, who, table, paint))
  if (chart.verdict === 'faults') process.exitCode = exitCodes.failed
}
