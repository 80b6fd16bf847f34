import { chmodSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { bin } from './cli.test.kit.js'
import { folder, guesting, hosting } from './hosts.test.kit.js'
import { Terminal, tmux } from './terminal.test.kit.js'

// oxlint-disable-next-line no-control-regex
const green = /alpha +\u001b\[32malive/

// Programs start slowly on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

/** bash in a real terminal, with `guestool` on its path and a host with one guest. */
async function bash(): Promise<Terminal> {
  const place = await hosting()
  await guesting(place, 'alpha')
  const programs = folder()
  writeFileSync(join(programs, 'guestool'), `#!/bin/sh\nexec '${process.execPath}' '${bin}' "$@"\n`)
  chmodSync(join(programs, 'guestool'), 0o755)
  const terminal = new Terminal(
    ['--norc', '--noprofile', '-i'],
    {
      PS1: '> ',
      PATH: [programs, process.env['PATH']].join(delimiter),
      GUESTOOL_URL: place.url,
      HOME: folder(),
    },
    ['bash'],
  )
  await terminal.sees(/^>$/m)
  return terminal
}

/** Presses Tab until this is on the screen: on a busy machine a completion gives up, and a person presses again. */
async function completes(terminal: Terminal, pattern: RegExp): Promise<void> {
  await vi.waitFor(
    () => {
      if (!pattern.test(terminal.screen)) terminal.press('Tab')
      return vi.waitFor(() => expect(terminal.screen).toMatch(pattern), { timeout: 3_000 })
    },
    { timeout: 30_000 },
  )
}

test.runIf(tmux)('bash completes commands, infos, params and guests', async () => {
  const terminal = await bash()
  terminal.type('source <(guestool completion bash); clear; echo ready')
  terminal.press('Enter')
  await terminal.sees(/^ready$/m)
  terminal.type('guestool inf')
  await completes(terminal, /^> guestool info$/m)
  terminal.type('c')
  await completes(terminal, /^> guestool info cpu$/m)
  terminal.type('--smp')
  await completes(terminal, /^> guestool info cpu --smptime$/m)
  terminal.type('0.5 --guest=a')
  await completes(terminal, /^> guestool info cpu --smptime 0\.5 --guest=alpha$/m)
  terminal.press('Enter')
  await terminal.sees(/^cpu_percent +12\.5 %$/m)
  // What is typed before the prompt is back stands on the screen twice.
  await terminal.sees(/^> ?$/m)
  terminal.type('guestool info all')
  await completes(terminal, /^> guestool info all_$/m)
  // bash lists them at the second one.
  terminal.press('Tab')
  await completes(terminal, /^all_disk_io +all_network_io +all_partitions/m)
})

test.runIf(tmux)('watch updates in place, and Ctrl-C leaves the terminal as it was', async () => {
  const terminal = await bash()
  terminal.type('clear; guestool watch memory --every 0.1')
  terminal.press('Enter')
  await terminal.sees(/^memory of alpha {2}\d\d:\d\d:\d\d\nmem\.total +400\.0 B$/m)
  const [, first = ''] = await terminal.sees(/of alpha {2}(\S+)/)
  await vi.waitFor(() => expect(terminal.screen).toMatch(new RegExp(`of alpha {2}(?!${first})`)), {
    timeout: 20_000,
  })
  expect(terminal.screen.match(/memory of alpha/g)).toHaveLength(1)
  terminal.press('C-c')
  terminal.type('echo "it ended with $?"')
  terminal.press('Enter')
  await terminal.sees(/^it ended with 130$/m)
  expect(terminal.is('cursor_flag')).toBe('1')
})

test.runIf(tmux)('colours and a mistake, as a person sees them', async () => {
  const terminal = await bash()
  terminal.type('clear; guestool guests; guestool gusts; NO_COLOR=1 guestool guests')
  terminal.press('Enter')
  await terminal.sees(/Did you mean guests\?[^]*alpha +alive/)
  const coloured = terminal.coloured
  expect(coloured).toMatch(green)
  expect(coloured.slice(coloured.indexOf('Did you mean'))).toMatch(/alpha +alive/)
})
