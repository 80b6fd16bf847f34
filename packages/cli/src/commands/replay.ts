import { isGuestoolError } from '@guestool/client'
import { publicUrl } from '@guestool/core'
import { Argument, Option, type Command } from 'commander'
import { completedBy, files } from '../completion.js'
import { targetOf } from '../connection.js'
import { below, guestId } from '../guest-choice.js'
import { interrupted } from '../interrupt.js'
import { note, paintError, printJsonLine } from '../output.js'
import { loadRecording, replay as replayRecording } from '../replay/replay.js'
import { settingsOf } from '../settings.js'
import { plural, printable } from '../text.js'

interface ReplayFlags {
  readonly id?: string
  readonly guest?: string
  readonly revision?: '1' | '2'
  readonly timing?: boolean
}

export function replay(program: Command): void {
  program
    .command('replay')
    .description('be a guest that answers as a recording does, until Ctrl-C')
    .addArgument(completedBy(new Argument('<file>', 'what guestool record made, or the console page'), files))
    .argument('[url]', 'the host to join; with its token, if it wants one: ws://ID:TOKEN@HOST')
    .option('--id <name>', 'join as this guest (default: replay)')
    .option('--guest <id>', 'which guest of the recording, if it has several')
    .addOption(
      new Option('--revision <number>', 'of the protocol (default: that of the recording)').choices([
        '1',
        '2',
      ]),
    )
    .option('--timing', 'answer as slowly as it did, and send its events again')
    .action(async (file: string, given: string | undefined, flags: ReplayFlags, command: Command) => {
      const settings = settingsOf(command)
      const answers = loadRecording(file, flags.guest)
      const url = await joinUrl(given, flags.id, () => targetOf(settings))
      // A console's token, which a saved host has, is none of a guest.
      const { token } = settings
      const { timing } = flags
      const revision = flags.revision === undefined ? undefined : flags.revision === '1' ? 1 : 2
      const running = replayRecording(answers, {
        url,
        token,
        revision,
        timing,
        told: ({ kind, name }, known) => {
          if (settings.json) printJsonLine({ kind, name, known })
          else
            note(
              `${known ? paintError.green('✓') : paintError.yellow('-')} ${kind} ${printable(name)}${known ? '' : ' is not in the recording'}`,
            )
        },
      })
      const [what, where] = [plural(answers.replies, 'answer'), printable(publicUrl(url))]
      note(`${what} to ${plural(answers.operations.size, 'operation')}; joining ${where}; Ctrl-C stops`)
      running.on('error', (error) => note(printable(String(error instanceof Error ? error.message : error))))
      const closed = new Promise<void>((resolve, reject) => {
        let problem: unknown
        running.on('error', (error) => (problem = error))
        running.on('state', (state) => {
          if (state === 'open') note(`joined ${where}`)
          if (state !== 'closed') return
          if (isGuestoolError(problem)) reject(problem)
          else resolve()
        })
      })
      try {
        await Promise.race([interrupted(), closed])
      } finally {
        await running.close()
      }
    })
}

/** Where to join: what is given may be the host, or the whole address. */
async function joinUrl(
  given: string | undefined,
  id: string | undefined,
  target: () => Promise<{ url: string }>,
): Promise<string> {
  const host = given ?? (await target()).url
  if (/\/join\/[^/?#]+$/.test(host)) return id === undefined ? host : host.replace(/[^/]+$/, guestId(id))
  return below(host.replace(/\/join\/*$/, ''), `/join/${guestId(id ?? 'replay')}`)
}
