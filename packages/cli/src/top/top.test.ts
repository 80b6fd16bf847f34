import { expect, test, vi } from 'vitest'
import { guesting, hosting, steady } from '../hosts.test.kit.js'
import { piped, Terminal, tmux } from '../terminal.test.kit.js'

vi.setConfig({ testTimeout: 60_000 })

const hostile = {
  ...steady,
  processes: () => [
    {
      pid: 7,
      name: '\u001b]0;owned\u0007\u001b[2J\u009b31m',
      age: 1,
      cpu_stdperc: 5,
      cpu_normalized: 1,
      mem: 1,
    },
  ],
}

async function place() {
  const here = await hosting()
  await guesting(here, 'alpha', { info: hostile })
  const beta = await guesting(here, 'beta')
  return { ...here, beta }
}

test('without a terminal it is a report, and ends', async () => {
  const { url } = await place()
  const fleet = await piped(['top', '--url', url])
  expect(fleet).toMatchObject({ code: 0, err: '' })
  expect(fleet.out).toMatch(
    /^2 guests: all well .*\nguest +state[^\n]*\nalpha +alive[^\n]*\nbeta +alive[^\n]*\n$/,
  )
  const guest = await piped(['top', 'alpha', '--url', url])
  expect(guest).toMatchObject({ code: 0, err: '' })
  expect(guest.out).toMatch(/^cpu +█+░+ +12\.5 % +2 cores, 2401 MHz$/m)
  // oxlint-disable-next-line no-control-regex
  expect(guest.out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
  const json = await piped(['top', 'alpha', '--json', '--url', url])
  expect(JSON.parse(json.out)).toMatchObject({ cpu: { cpu_percent: 12.5 }, processes: [{ pid: 7 }] })
})

test('a name that is none, and a host that is not there, are said', async () => {
  const { url, host } = await place()
  expect(await piped(['top', 'a b', '--url', url])).toMatchObject({
    code: 2,
    err: expect.stringContaining('"a b" is not the id of a guest'),
  })
  expect(await piped(['top', 'alhpa', '--url', url])).toMatchObject({
    code: 5,
    err: expect.stringContaining('this host knows no guest alhpa'),
  })
  await host.close()
  const gone = await piped(['top', '--url', url])
  expect(gone.code).toBe(3)
  expect(gone.err).toMatch(/^error: /)
})

test.runIf(tmux)('in a terminal: keys, sizes, and everything as it was afterwards', async () => {
  const { url, beta } = await place()
  const terminal = new Terminal(['top', '--url', url])
  await terminal.sees(/^› alpha +alive[^]*^ {2}beta +alive[^]*^↑↓ choose/m)
  expect([terminal.is('alternate_on'), terminal.is('cursor_flag')]).toEqual(['1', '0'])
  terminal.press('Down')
  await terminal.sees(/^› beta/m)
  terminal.press('Up', 'Enter')
  await terminal.sees(/^cpu +█+░+ +12\.5 %[^]*^ +7 +5\.0 % .* \ufffd\]0;owned\ufffd\ufffd\[2J\ufffd31m$/m)
  expect(terminal.is('pane_title')).not.toContain('owned')
  terminal.resize(40, 12)
  await terminal.sees(/^alpha {2}\d\d:[^]*^cpu[^]*^↑↓ next guest/m)
  for (const line of terminal.screen.split('\n')) expect(line.length).toBeLessThanOrEqual(40)
  terminal.resize(90, 26)
  terminal.press('Escape')
  await terminal.sees(/^2 guests: all well/)
  await beta.close()
  await terminal.sees(/^2 guests: 1 gone[^]*^ {2}beta +gone[^]*^› alpha/m)
  terminal.press('s')
  await terminal.sees(/s by name/)
  terminal.press('q')
  expect(await terminal.end()).toBe(0)
  expect([terminal.is('alternate_on'), terminal.is('cursor_flag')]).toEqual(['0', '1'])
  expect(terminal.screen).not.toContain('alpha')
})

test.runIf(tmux)('Ctrl-C leaves the terminal as it was, too', async () => {
  const { url } = await place()
  const terminal = new Terminal(['top', 'alpha', '--url', url], { NO_COLOR: '1' })
  await terminal.sees(/12\.5 %/)
  terminal.press('C-c')
  expect(await terminal.end()).toBe(0)
  expect([terminal.is('alternate_on'), terminal.is('cursor_flag')]).toEqual(['0', '1'])
})

test.runIf(tmux)('an error that nobody expected is told on the screen that was there before', async () => {
  const { url } = await place()
  const crash = 'process.stdin.on("data",(text)=>{if(String(text)==="!")throw/**/Error("crashed")})'
  const terminal = new Terminal(['top', '--url', url], {
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(crash)}`,
  })
  await terminal.sees(/^› alpha/m)
  terminal.type('!')
  expect(await terminal.end()).toBe(1)
  expect([terminal.is('alternate_on'), terminal.is('cursor_flag')]).toEqual(['0', '1'])
  expect(terminal.screen).toContain('Error: crashed')
})
