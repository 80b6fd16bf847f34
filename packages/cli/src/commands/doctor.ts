import { Argument, type Command } from 'commander'
import { completedBy, guestIds } from '../completion.js'
import type { ListenFlags } from '../doctor/doctor.js'
import { Problem } from '../failure.js'
import { settingsOf, toPort } from '../settings.js'

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
    .action(async (guest: string | undefined, flags: ListenFlags, command: Command) => {
      const settings = settingsOf(command)
      const { listened, report, visited } = await import('../doctor/doctor.js')
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
