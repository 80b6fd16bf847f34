import { Option, type Command } from 'commander'
import { completedBy, guestIds } from '../completion.js'
import { withHost, type Connected } from '../connection.js'
import { exitCodes, Problem } from '../failure.js'
import { chooseGuest } from '../guest-choice.js'
import { learn } from '../learn.js'
import { isTerminal, paint } from '../output.js'
import { settingsOf } from '../settings.js'

export function repl(program: Command): void {
  program
    .command('repl')
    .description("JavaScript with the host and a guest in it: await client.info('cpu', 0.5)")
    .addOption(completedBy(new Option('--guest <id>', 'the guest that client is'), guestIds))
    .addHelpText('after', '\nOr in a pipe: echo "await client.info(\'memory\')" | guestool repl')
    .action(async (flags: { guest?: string }, command: Command) => {
      const settings = settingsOf(command)
      const { runRepl } = await import('../repl/repl.js')
      const failed = await withHost(settings, async (host) => {
        await learn(host)
        const guest = await chosen(host, flags.guest)
        await settings.data.make()
        const { stdin: input, stdout: output } = process
        const terminal = input.isTTY && isTerminal(output)
        return runRepl({
          hub: host.hub,
          guest,
          contract: host.contract,
          input,
          output,
          terminal,
          colours: paint.isColorSupported,
          history: settings.data.file('repl-history'),
        })
      })
      // For a person each was told; a script wants to know.
      if (failed > 0 && !process.stdin.isTTY) process.exitCode = exitCodes.failed
    })
}

/** Without a guest there is still the hub. */
async function chosen({ hub, target }: Connected, named: string | undefined): Promise<string | undefined> {
  try {
    return await chooseGuest(hub, named ?? target.guest)
  } catch (error) {
    if (named !== undefined || !(error instanceof Problem)) throw error
    return undefined
  }
}
