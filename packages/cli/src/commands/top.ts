import type { Hub } from '@guestool/client'
import { Argument, type Command } from 'commander'
import { completedBy, guestIds } from '../completion.js'
import { withHost } from '../connection.js'
import { guestId } from '../guest-choice.js'
import { interrupted } from '../interrupt.js'
import { isTerminal, paint, print, printJson } from '../output.js'
import { settingsOf, type Settings } from '../settings.js'
import { Dashboard } from '../top/dashboard.js'
import { Terminal } from '../top/terminal.js'

export function top(program: Command): void {
  program
    .command('top')
    .description(
      'watch all guests, those that are not well first, or one of them; where there is no terminal, once',
    )
    .addArgument(completedBy(new Argument('[guest]', 'look at this one at first'), guestIds))
    .addHelpText(
      'after',
      '\nKeys: up and down choose, enter looks at a guest, esc goes back, s changes the order, q quits',
    )
    .action(async (named: string | undefined, _flags: object, command: Command) => {
      const settings = settingsOf(command)
      await withHost(settings, async ({ hub, target }) => {
        const given = named ?? target.guest
        const id = given === undefined ? undefined : guestId(given)
        const inPlace = isTerminal(process.stdout) && process.stdin.isTTY
        if (inPlace && !settings.json) await live(hub, target.name, id)
        else await once(hub, target.name, id, settings)
      })
    })
}

/** Until somebody quits, which is how a view is meant to end: exit code 0. */
async function live(hub: Hub, host: string, id: string | undefined): Promise<void> {
  const left = new AbortController()
  const quit = (): void => left.abort()
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
  try {
    if (id !== undefined) dashboard.open(id)
    changed()
    const following = dashboard.fleet.follow()
    await Promise.race([aborted(left.signal), interrupted(), following])
  } finally {
    clearInterval(ticking)
    clearImmediate(drawing)
    dashboard.stop()
    terminal.close()
  }
}

/** A report, for pipes and files. */
async function once(hub: Hub, host: string, id: string | undefined, { json }: Settings): Promise<void> {
  const complete = new AbortController()
  const changed = (): void => {
    if (dashboard.readings?.complete === true) complete.abort()
  }
  const dashboard = new Dashboard({ hub, host, paint, changed, quit: () => undefined })
  try {
    await dashboard.fleet.refresh()
    const { guests, problem } = dashboard.fleet
    if (problem !== undefined) throw new Error(problem)
    if (id === undefined) {
      const size = { columns: 120, rows: guests.length + 2 }
      await dashboard.look(size)
      if (json) printJson(dashboard.fleet.guests)
      else print(dashboard.fleetReport(size).join('\n'))
      return
    }
    dashboard.open(id)
    await aborted(complete.signal)
    if (json) printJson(dashboard.readings?.latest)
    else print(dashboard.guestLines({ columns: 120, rows: 40 }).join('\n'))
  } finally {
    dashboard.stop()
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve())
  })
}
