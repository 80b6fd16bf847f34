import { publicUrl } from '@guestool/core'
import { Argument, Option, type Command } from 'commander'
import { completedBy, files } from '../completion.js'
import { checked, placeOf, stay } from '../guest-place.js'
import { note, paintError, printJsonLine } from '../output.js'
import type { ReplayOptions } from '../replay/replay.js'
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
    .argument('[url]', 'the host to join; the token, if it wants one, is that of GUESTOOL_TOKEN')
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
      const { loadRecording, replay: replayRecording } = await import('../replay/replay.js')
      const answers = loadRecording(file, flags.guest)
      const { url, token } = await placeOf(given, flags.id, 'replay', settings)
      const { timing } = flags
      const revision = flags.revision === undefined ? undefined : flags.revision === '1' ? 1 : 2
      const replaying: ReplayOptions = {
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
      }
      const running = await checked(() => replayRecording(answers, replaying))
      note(`${plural(answers.replies, 'answer')} to ${plural(answers.operations.size, 'operation')}`)
      await stay(running, printable(publicUrl(url)))
    })
}
