import type { Hub } from '@guestool/client'
import { Problem } from '../failure.js'
import { hint } from '../hint.js'
import { interrupted } from '../interrupt.js'
import { paint, print, printJson } from '../output.js'
import { Dashboard } from './dashboard.js'
import { Terminal } from './terminal.js'

/** Until somebody quits, which is how a view is meant to end: exit code 0. */
export async function live(hub: Hub, host: string, id: string | undefined): Promise<void> {
  const quitting = new AbortController()
  const quit = (): void => quitting.abort()
  let drawing: NodeJS.Immediate | undefined
  // However much changes in a turn, it is drawn once.
  const changed = (): void => {
    drawing ??= setImmediate(() => {
      drawing = undefined
      terminal.draw(dashboard.lines(terminal.size))
    })
  }
  const dashboard = new Dashboard({ hub, host, paint, changed, quit })
  const terminal = new Terminal(process.stdin, process.stdout, (key) => dashboard.key(key), changed)
  // Times go on although nothing is new.
  const ticking = setInterval(changed, 1_000)
  const left = Promise.race([aborted(quitting.signal), interrupted()])
  try {
    // Which revision a guest speaks says how it is asked.
    await dashboard.fleet.refresh()
    if (id !== undefined) open(dashboard, id)
    const following = dashboard.fleet.follow()
    await Promise.race([left, following])
  } finally {
    clearInterval(ticking)
    clearImmediate(drawing)
    dashboard.stop()
    terminal.close()
  }
}

/** A report, for pipes and files. */
export async function once(hub: Hub, host: string, id: string | undefined, json: boolean): Promise<void> {
  const complete = new AbortController()
  const changed = (): void => {
    if (dashboard.readings?.complete === true) complete.abort()
  }
  const dashboard = new Dashboard({ hub, host, paint, changed, quit: () => undefined })
  try {
    await dashboard.fleet.refresh()
    const { guests, failure } = dashboard.fleet
    if (failure !== undefined) throw failure
    if (id === undefined) {
      const size = { columns: 120, rows: guests.length + 2 }
      await dashboard.look(size)
      if (json) printJson(dashboard.fleet.guests)
      else print(dashboard.fleetReport(size).join('\n'))
      return
    }
    open(dashboard, id)
    await aborted(complete.signal)
    if (json) printJson(dashboard.readings?.latest)
    else print(dashboard.guestLines({ columns: 120, rows: 40 }).join('\n'))
  } finally {
    dashboard.stop()
  }
}

/** A guest that is gone may come back; one that was never heard of is a slip of the hand. */
function open(dashboard: Dashboard, id: string): void {
  const { guests, failure } = dashboard.fleet
  if (failure === undefined && !guests.some((guest) => guest.id === id))
    throw new Problem(
      'guestAway',
      `this host knows no guest ${id}\nSee which guests there are: ${hint('guests')}`,
    )
  dashboard.open(id)
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve())
  })
}
