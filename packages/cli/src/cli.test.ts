import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { guestool as protocol } from '@guestool/core'
import { expect, onTestFinished, test, vi } from 'vitest'
import { findTool } from '../../../.ci/terminal.mjs'
import { environment, guestool, shell, start } from './cli.test.kit.js'
import { guesting, hosting, steady } from './hosts.test.kit.js'
import { createProgram } from './program.js'

// Programs start slowly on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

// oxlint-disable-next-line no-control-regex
const control = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/

/** A host with one guest that never changes, and the environment that means it. */
async function hosted() {
  const place = await hosting()
  await guesting(place, 'alpha')
  return { ...place, env: environment({ GUESTOOL_URL: place.url }) }
}

test('an info: a view for people, JSON for programs, and params as they are typed', async () => {
  const { env } = await hosted()
  const view = await guestool(['info', 'cpu', '0.5'], env)
  expect(view).toMatchObject({ code: 0, err: '' })
  expect(view.out).toMatch(/^cpu_percent +12\.5 %$/m)
  expect(view.out).toMatch(/^cpu_ncores\.physical +-$/m)

  const partitions = await guestool(['--json', 'info', 'all_partitions', '--physical_only', 'false'], env)
  expect(JSON.parse(partitions.out)).toMatchObject([{ mountpoint: '/proc' }])
  const whole = await guestool(['info', 'all_partitions', '{"physical_only": true}', '--json'], env)
  expect(JSON.parse(whole.out)).toMatchObject([{ mountpoint: '/' }])
})

test.runIf(findTool('jq'))('an info in a pipe, as docs/cli.md has it', async () => {
  const { env } = await hosted()
  const piped = await shell('guestool info cpu --smptime 0.5 --json | jq .cpu_percent', env)
  expect(piped).toMatchObject({ code: 0, out: '12.5\n', err: '' })
})

test('guests, those that are not well first', async () => {
  const place = await hosted()
  const beta = await guesting(place, 'beta')
  await beta.close()
  const { out } = await guestool(['guests'], place.env)
  expect(out).toMatch(/^guest +state +since +address +answers in\nbeta +gone .*\nalpha +alive .*\n$/)
  const all: { id: string }[] = JSON.parse((await guestool(['guests', '--json'], place.env)).out)
  expect(all.map(({ id }) => id)).toEqual(['beta', 'alpha'])
})

test('which guest: the one of the URL, the one that is named; otherwise it asks', async () => {
  const place = await hosted()
  await guesting(place, 'beta', { info: { ...steady, bots: () => ['7'] } })
  const ask = (...args: string[]) => guestool(['info', 'bots', '--json', ...args], place.env)
  const unclear = await ask()
  expect(unclear).toMatchObject({ code: 2, out: '' })
  expect(unclear.err).toBe('error: there are several guests: choose one with --guest: alpha, beta\n')
  expect(JSON.parse((await ask('--guest', 'beta')).out)).toEqual(['7'])
  expect(JSON.parse((await ask('--url', `${place.url}/guests/beta`)).out)).toEqual(['7'])
})

test.each<[what: string, args: string[], code: number, err: RegExp]>([
  ['an unknown command', ['gusts'], 2, /unknown command 'gusts'\n\(Did you mean guests\?\)/],
  ['an unknown option', ['guests', '--jsn'], 2, /unknown option '--jsn'/],
  ['an info that is not in the contract', ['info', 'gpu'], 2, /no info "gpu"; it has: python_version, cpu,/],
  ['a param of another type', ['info', 'cpu', 'much'], 2, /smptime: It must be a number\./],
  ['a param that is too small', ['info', 'cpu', '--smptime=-1'], 2, /smptime: must be at least 0/],
  ['a param that is missing', ['action', 'matcher/info'], 2, /matcher\/info needs --id/],
  ['a time that is none', ['guests', '--timeout', 'x'], 2, /It must be seconds/],
  ['a guest that is not there', ['info', 'bots', '--guest', 'nobody'], 5, /nobody[^]*guestool guests/],
  ['what cannot be the id of a guest', ['info', 'bots', '--guest', 'a b'], 2, /not the id of a guest/],
  ['what a guest does not have', ['info', 'python_version'], 6, /does not have it/],
  ['a saved host that is none', ['--context', 'nowhere', 'guests'], 2, /no saved host "nowhere"/],
])('%s ends with its own code, and says so on standard error alone', async (_what, args, code, err) => {
  const { env } = await hosted()
  const ended = await guestool(args, env)
  expect(ended).toMatchObject({ code, out: '' })
  expect(ended.err).toMatch(/^error: /)
  expect(ended.err).toMatch(err)
  expect(ended.err).not.toMatch(/\n {4}at /)
  expect(ended.err).not.toMatch(control)
})

test('a host that is not there is said at once, with what to do', async () => {
  const ended = await guestool(['guests', '--url', 'ws://127.0.0.1:1'])
  expect(ended).toMatchObject({ code: 3, out: '' })
  expect(ended.err).toMatch(
    /^error: no connection to ws:\/\/127\.0\.0\.1:1\/guests .*is the host running there\?\n/,
  )
  const nonsense = await guestool(['guests', '--url', 'nonsense'])
  expect(nonsense).toMatchObject({ code: 2 })
})

test('a host that says nothing is given up after --timeout', async () => {
  const silent = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1')
  await new Promise((resolve) => silent.once('listening', resolve))
  onTestFinished(() => void silent.close())
  const { port } = silent.address() as { port: number }
  const ended = await guestool(['guests', '--url', `ws://127.0.0.1:${port}`, '--timeout', '0.2'])
  expect(ended).toMatchObject({ code: 3, out: '' })
  expect(ended.err).toMatch(/did not answer within 0\.2 s\nIs the host running there\?/)
})

test('--verbose and DEBUG say where an error came from', async () => {
  for (const [args, env] of [
    [['--verbose'], {}],
    [[], { DEBUG: '1' }],
  ] as const) {
    const { err } = await guestool(['guests', '--url', 'ws://127.0.0.1:1', ...args], environment(env))
    expect(err).toMatch(/\n {4}at /)
  }
})

test('what guests call themselves does nothing to a terminal, nor to who reads JSON', async () => {
  const place = await hosting()
  const hostile = '\u001b[2J\u009b31m\u0007\r\n\u202e\ud83d<img onerror=x>'
  await guesting(place, 'alpha', {
    info: {
      ...steady,
      processes: () => [{ pid: 1, name: hostile, age: 1, cpu_stdperc: 0, cpu_normalized: 0, mem: 0 }],
    },
  })
  const env = environment({ GUESTOOL_URL: place.url })
  const { out } = await guestool(['info', 'processes'], env)
  expect(out).toContain('<img onerror=x>')
  expect(out).not.toMatch(control)
  expect(out).not.toContain('\u202e')
  const json = await guestool(['info', 'processes', '--json'], env)
  expect(json.out).not.toMatch(control)
  expect(JSON.parse(json.out)).toMatchObject([{ name: hostile }])
})

test('colours only where somebody sees them, unless told otherwise', async () => {
  const { env } = await hosted()
  const coloured = async (more: NodeJS.ProcessEnv) => {
    const { out } = await start(['guests'], { ...env, ...more }).ended
    return control.test(out)
  }
  expect(await coloured({})).toBe(false)
  expect(await coloured({ CI: 'true' })).toBe(false)
  expect(await coloured({ FORCE_COLOR: '1' })).toBe(true)
  expect(await coloured({ FORCE_COLOR: '0' })).toBe(false)
  expect(await coloured({ FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(false)
})

test('whoever reads its output may stop reading', async () => {
  const { env } = await hosted()
  const first = await shell('guestool watch bots --every 0.01 | head -n 1', env)
  expect(first).toMatchObject({ code: 0, err: '' })
  expect(first.out).toMatch(/^\d\d:\d\d:\d\d {2}10001 \| 机器人\n$/)
})

test('watch: a line for each sample, JSON lines for programs, until Ctrl-C', async () => {
  const { env } = await hosted()
  const lines = start(['watch', 'memory', '--every', '0.05', '--json'], env)
  await lines.sees(/\n.*\n/)
  lines.signal('SIGINT')
  const ended = await lines.ended
  expect(ended).toMatchObject({ code: 130, signal: null, err: '' })
  for (const line of ended.out.trimEnd().split('\n'))
    expect(JSON.parse(line)).toEqual(await (steady.memory as () => unknown)())
})

test('events: who joins and leaves, and what guests tell', async () => {
  const place = await hosted()
  const events = start(['events', '--json'], place.env)
  await events.sees(/Ctrl-C stops/)
  const beta = await guesting(place, 'beta')
  await events.sees(/"guest_joined"/)
  await beta.close()
  await events.sees(/"guest_left"/)
  events.signal('SIGINT')
  const { code, out } = await events.ended
  expect(code).toBe(130)
  const told = out
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line))
  expect(told).toMatchObject([
    { guest: 'beta', event: 'guest_joined' },
    { guest: 'beta', event: 'guest_left' },
  ])
})

test('saved hosts: with their token, by name', async () => {
  const { url } = await hosted()
  const env = environment()
  const run = (...args: string[]) => guestool(args, env)
  expect(await run('context', 'add', 'team', url, '--token', 'secret')).toMatchObject({ code: 0 })
  expect((await run('context', 'list')).out).toMatch(/^ +name +url +token\n\* +team +ws:\/\/\S+ +yes\n$/)
  expect((await run('context', 'list', '--json')).out).not.toContain('secret')
  expect((await run('guests')).out).toMatch(/alpha/)
  expect(await run('context', 'use', 'other')).toMatchObject({ code: 2 })
  expect(await run('context', 'remove', 'team')).toMatchObject({ code: 0 })
  expect(await run('context', 'add', 'a b', url)).toMatchObject({ code: 2 })
  expect(await run('context', 'add', 'a', `${url}/join/alpha`)).toMatchObject({ code: 2 })
})

test('check prints everything of this machine', async () => {
  const { code, out, err } = await guestool(['check', '--revision', '2'])
  expect({ code, err }).toEqual({ code: 0, err: '' })
  const headings = out.split('\n').filter((line) => /^\w/.test(line))
  expect(headings).toEqual([...protocol.info.keys()])
  expect(out).toMatch(/^ {2}cpu_percent +[\d.]+ %$/m)
})

test('every command says what it does', async () => {
  const { out } = await guestool(['--help'])
  const program = createProgram()
  for (const command of program.commands) {
    expect(out).toMatch(new RegExp(`^  ${command.name()} `, 'm'))
    expect(command.description()).toMatch(/^\w/)
    expect(command.helpInformation()).not.toMatch(/undefined|display help/)
  }
  expect(await guestool(['help', 'info', 'cpu'])).toMatchObject({ code: 0, err: '' })
  const none = await guestool([])
  expect(none).toMatchObject({ code: 2, out: '' })
  expect(none.err).toBe(out)
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  const { version } = JSON.parse(manifest) as { version: string }
  expect((await guestool(['--version'])).out).toBe(`${version}\n`)
})
