import { defaultPort } from '@guestool/core'
import type { Command } from 'commander'
import { guestId } from '../guest-choice.js'
import type { HostFlags } from '../run-host.js'
import { settingsOf, toPort } from '../settings.js'

export function host(program: Command): void {
  program
    .command('host')
    .description('run a host, with its page for browsers, until Ctrl-C')
    .option('-p, --port <number>', 'listen on this port; 0 picks a free one', toPort, defaultPort)
    .option('--address <ip>', 'listen on this address; 0.0.0.0 is every one of this machine', '127.0.0.1')
    .option(
      '--public-url <url>',
      'where the outside reaches it, behind a proxy: https://example.com/guestool',
    )
    .option('--base-path <path>', 'the path below which everything is')
    .option(
      '--trust-proxy <proxy>',
      'believe the X-Forwarded-For of this proxy: loopback, an address, a subnet',
      collect,
    )
    .option('--origin <origin>', 'let web pages of this origin connect, too', collect)
    .option('--no-console', 'serve no page')
    .option('--guest [id]', 'this machine joins as a guest, too', guestId)
    .action(async (flags: HostFlags, command: Command) => {
      // Loaded where it is needed: most commands, and completion, begin sooner without it.
      const { runHost } = await import('../run-host.js')
      await runHost(flags, settingsOf(command))
    })
}

function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value]
}
