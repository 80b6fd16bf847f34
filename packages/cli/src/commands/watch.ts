import type { Command } from 'commander'
import { textOf } from '@guestool/core'
import { exitCodeOf, interrupted } from '../interrupt.js'
import { addOperations, type Asked } from '../operations.js'
import { isTerminal, note, paint, print, printJsonLine } from '../output.js'
import { resultLine, resultView } from '../result-view.js'
import type { Screen } from '../screen.js'
import { toSeconds } from '../settings.js'
import { printable } from '../text.js'

export function watch(program: Command): void {
  const command = program
    .command('watch')
    .description('ask a guest for an info again and again: guestool watch memory')
    .option('--every <seconds>', 'from the start of one question to that of the next (default: 1)', toSeconds)
  addOperations(command, 'info', watchInfo)
}

async function watchInfo({ host, guest, name, params, settings, command }: Asked): Promise<void> {
  const { json, timeout } = settings
  const every = (command.parent?.opts<{ every?: number }>().every ?? 1) * 1_000
  const heading = `${name} of ${guest.id}`
  const view = json ? jsonLines : isTerminal(process.stdout) ? await inPlace(heading) : lines
  const samples = guest.watch(name, params, { every, ...(timeout !== undefined && { timeout }) })
  host.hub.on('error', (error) => view.failed(textOf(error)))
  const ended = interrupted().then((signal) => {
    process.exitCode = exitCodeOf(signal)
    return samples.return()
  })
  try {
    for await (const result of samples) view.show(result)
    await ended
  } finally {
    view.done?.()
  }
}

/** Where samples go. */
interface View {
  show(result: unknown): void
  failed(why: string): void
  done?(): void
}

const jsonLines: View = { show: printJsonLine, failed: (why) => note(printable(why)) }

const lines: View = {
  show: (result) => print(`${clock()}  ${resultLine(result)}`),
  failed: (why) => note(`${clock()}  ${printable(why)}`),
}

async function inPlace(heading: string): Promise<View> {
  const { liveScreen } = await import('../screen.js')
  const { stdout } = process
  let body = '…'
  let problem = ''
  let heardAt = ''
  const frame = (): string[] => {
    const head = `${paint.bold(heading)}  ${paint.dim(heardAt)}${problem === '' ? '' : `  ${paint.red(problem)}`}`
    return [head, ...body.split('\n')].slice(0, Math.max(1, stdout.rows - 1))
  }
  const screen: Screen = liveScreen(stdout, frame)
  screen.show()
  return {
    show(result) {
      body = resultView(result)
      problem = ''
      heardAt = clock()
      screen.show()
    },
    failed(why) {
      problem = printable(why)
      screen.show()
    },
    done: screen.done,
  }
}

function clock(): string {
  return new Date().toTimeString().slice(0, 8)
}
