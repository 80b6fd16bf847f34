import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { guestool } from '@guestool/core'
import { expect, test, vi } from 'vitest'
import { folder, guesting, hosting, steady } from '../hosts.test.kit.js'
import { piped, Terminal, tmux } from '../terminal.test.kit.js'
import { completionsOf } from './completions.js'

vi.setConfig({ testTimeout: 60_000 })

async function place() {
  const here = await hosting()
  await guesting(here, 'alpha')
  return here
}

test('a line in a pipe is awaited, and its result written', async () => {
  const { url } = await place()
  const ran = await piped(['repl', '--url', url], "await client.info('bots')\n")
  expect(ran).toEqual({ code: 0, out: "[ '10001', '机器人' ]\n", err: '' })
})

test('each line of a script waits for the one before; statements may span lines', async () => {
  const { url } = await place()
  const input = [
    "const bots = await guest.info('bots')",
    'function twice(n) {',
    '  return n * 2',
    '}',
    'twice(bots.length)',
    "hub.guest('alpha').id",
    '(await hub.guests()).length',
    '.exit',
    "'never'",
  ].join('\n')
  expect(await piped(['repl', '--url', url], input)).toEqual({
    code: 0,
    out: "4\n'alpha'\n1\n",
    err: '',
  })
})

test('what fails is told, does not end it, and is known by the exit code', async () => {
  const { url } = await place()
  const input = [
    "await client.info('nope')",
    "void Promise.reject(new Error('stray'))",
    'nobody',
    "await client.info('processes')",
  ].join('\n')
  const { code, out } = await piped(['repl', '--url', url, '--guest', 'alpha'], input)
  expect(code).toBe(1)
  expect(out).toContain('GuestoolError [unknown_operation]: there is no info "nope" in the contract')
  expect(out).toContain('Error: stray')
  expect(out).toContain('ReferenceError: nobody is not defined')
  // A hostile name is shown, and nothing else.
  expect(out).toContain(String.raw`name: 'init\x1B[2J\ud83d'`)
  expect(out).not.toContain('\u001b')
})

test('what an error says does nothing to a terminal', async () => {
  const here = await hosting()
  await guesting(here, 'alpha', {
    info: { ...steady, bots: () => Promise.reject(new Error('no\u001b[2J\u0007')) },
  })
  const { out } = await piped(['repl', '--url', here.url], "await client.info('bots')\n")
  expect(out).toContain('no\u{fffd}[2J\u{fffd}')
})

test('nor does a text that is logged, which comes before the result of its line', async () => {
  const { url } = await place()
  const input =
    "const [{ name }] = await client.info('processes')\nconsole.log(name); console.error('b'); 1\n"
  const { out } = await piped(['repl', '--url', url], input)
  expect(out).toBe('init\u{fffd}[2J\u{fffd}\nb\n1\n')
})

test('names of infos, actions, events and guests are completed where they are called for', async () => {
  const hub = { guests: () => Promise.resolve([{ id: 'alpha' }, { id: 'beta' }] as never) }
  const found = async (line: string) => (await completionsOf(line, hub, guestool))?.[0]
  expect(await found("await client.info('")).toEqual([...guestool.info.keys()].toSorted())
  expect(await found('client.info("sys')).toEqual(['system_platform'])
  expect(await found("for await (const x of guest.watch('me")).toEqual(['memory'])
  expect(await found("hub.guest('")).toEqual(['alpha', 'beta'])
  expect(await found("hub.guest('alpha').info('cp")).toEqual(['cpu'])
  expect(await found("hub.fleet.info('cp")).toEqual(['cpu'])
  expect(await found("hub.info('vi")).toEqual(['vitals'])
  expect(await found("client.action('matcher/h")).toEqual(['matcher/hack'])
  expect(await found("hub.onEvent('guest_l")).toEqual(['guest_left'])
  expect(await found('client.in')).toBeUndefined()
  expect(await found("'info('")).toBeUndefined()
})

test.runIf(tmux)('in a terminal: completion, colours, history, and a clean end', async () => {
  const { url } = await place()
  const data = folder()
  const terminal = new Terminal(['repl', '--url', url, '--data', data])
  await terminal.sees(/^client is guest alpha, hub is its host[^]*^alpha>$/m)
  terminal.type("await client.info('sys")
  terminal.press('Tab')
  await terminal.sees(/info\('system_platform$/m)
  terminal.type("')")
  terminal.press('Enter')
  await terminal.sees(/release: '1',/)
  terminal.type("hub.guest('")
  terminal.press('Tab')
  await terminal.sees(/hub\.guest\('alpha$/m)
  terminal.type("').id")
  terminal.press('Enter')
  await terminal.sees(/^'alpha'$/m)
  terminal.type("client.info('nope').length; void Promise.reject(new Error('stray'))")
  terminal.press('Enter')
  await terminal.sees(/Error: stray/)
  terminal.type('"still " + "here"')
  terminal.press('Enter')
  await terminal.sees(/^'still here'$/m)
  terminal.type('.exit')
  terminal.press('Enter')
  expect(await terminal.end()).toBe(0)
  const history = join(data, 'repl-history')
  expect(readFileSync(history, 'utf8')).toContain("hub.guest('alpha').id")
  expect(statSync(history).mode & 0o77).toBe(0)
})
