import { isGuestoolError } from '@guestool/client'
import { textOf } from '@guestool/core'
import { Argument, Option, type Command } from 'commander'
import { completedBy, files, guestIds } from '../completion.js'
import { withHost, targetOf } from '../connection.js'
import { below, chooseGuest } from '../guest-choice.js'
import { interrupted } from '../interrupt.js'
import { note, paintError, printJson } from '../output.js'
import { learn } from '../learn.js'
import type { Answer } from '../record/record.js'
import { settingsOf, toSeconds } from '../settings.js'
import { bytes, plural, printable } from '../text.js'

interface RecordFlags {
  readonly guest?: string
  readonly every?: number
  readonly duration?: number
  readonly force?: boolean
}

export function record(program: Command): void {
  program
    .command('record')
    .description('ask a guest for everything, and keep the frames that pass in a file')
    .addArgument(
      completedBy(new Argument('<file>', 'where they are kept: lines of JSON, for guestool replay'), files),
    )
    .addOption(
      completedBy(new Option('--guest <id>', 'which guest (needed where there are several)'), guestIds),
    )
    .option('--every <seconds>', 'ask again and again, until Ctrl-C or --duration', toSeconds)
    .option('--duration <seconds>', 'with --every: begin no new round after this time', toSeconds)
    .option('--force', 'replace the file if it is there')
    .action(async (file: string, flags: RecordFlags, command: Command) => {
      const settings = settingsOf(command)
      const { url, token, guest: named } = await targetOf(settings)
      const { id, contract } = await withHost(settings, async (host) => {
        await learn(host)
        return { id: await chooseGuest(host.hub, flags.guest ?? named), contract: host.contract }
      })
      const stop = new AbortController()
      if (flags.every !== undefined) void interrupted().then(() => stop.abort())
      const { timeout } = settings
      const { record: recordGuest } = await import('../record/record.js')
      const recorded = await recordGuest({
        ...flags,
        url: below(url, `/guests/${id}`),
        token,
        file,
        contract,
        signal: stop.signal,
        told: (answer) => note(line(answer)),
        ...(timeout !== undefined && { timeout }),
      })
      const { frames, bytes: size, answered, problems } = recorded
      if (settings.json) {
        const failed = Object.fromEntries([...problems].map(([info, problem]) => [info, codeOf(problem)]))
        return printJson({ guest: id, file, frames, bytes: size, answered: [...answered], failed })
      }
      note(
        `${plural(answered.size, 'info')} of ${printable(id)} in ${plural(frames, 'frame')}, ${bytes(size)}: ${file}`,
      )
    })
}

function line({ info, ms, problem }: Answer): string {
  if (problem === undefined)
    return `${paintError.green('✓')} ${info} ${paintError.dim(`${Math.round(ms)} ms`)}`
  return `${paintError.yellow('-')} ${info} ${codeOf(problem)}`
}

function codeOf(problem: unknown): string {
  return isGuestoolError(problem) ? problem.code : printable(textOf(problem))
}
