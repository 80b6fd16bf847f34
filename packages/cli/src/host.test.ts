import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { createHub } from '@guestool/client'
import { expect, onTestFinished, test, vi } from 'vitest'
import { environment, guestool, start, startHost } from './cli.test.kit.js'
import { folder } from './hosts.test.kit.js'
import { thisMachine } from './this-machine.js'

// Programs start slowly on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

const folderOf = (env: NodeJS.ProcessEnv): string => env['GUESTOOL_DATA'] ?? ''
const lines = (text: string): { what: string; guest?: string; text?: string }[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

test('a host, its page, this machine as a guest, and an end by Ctrl-C', async () => {
  const env = environment()
  const { host, url, link } = await startHost(env, '--guest')
  await host.sees(/"joined"/)
  const asked = await guestool(['info', 'memory', '--json'], env)
  expect(JSON.parse(asked.out)).toMatchObject({ mem: { total: expect.any(Number) } })

  const page = await fetch(link)
  expect(page.status).toBe(200)
  expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'/)
  expect(await page.text()).toMatch(/<!doctype html>/i)

  const [, code] = /#code=(.+)$/.exec(link) ?? []
  const visitor = createHub(url, { token: code })
  onTestFinished(() => visitor.close())
  const { token } = await visitor.action('sign_in')
  const person = createHub(url, { token })
  onTestFinished(() => person.close())
  expect((await person.info('hub')).access).toEqual({ guests: '*', actions: true, admin: true })

  host.signal('SIGINT')
  const ended = await host.ended
  expect(ended).toMatchObject({ code: 0, signal: null, err: '' })
  expect(
    lines(ended.out)
      .map(({ what }) => what)
      .slice(0, 2),
  ).toEqual(['listening', 'joined'])
  expect(existsSync(join(folderOf(env), 'host.json'))).toBe(false)
  expect(await guestool(['guests'], env)).toMatchObject({ code: 3 })
})

test('its folder and files are for their owner alone, and hold the hashes of tokens only', async () => {
  const env = environment({ GUESTOOL_DATA: join(folder(), 'new') })
  const { link } = await startHost(env, '--guest')
  const path = folderOf(env)
  expect(statSync(path).mode & 0o777).toBe(0o700)
  for (const name of readdirSync(path)) expect(statSync(join(path, name)).mode & 0o777).toBe(0o600)
  const kept = readFileSync(join(path, 'tokens.json'), 'utf8')
  expect(kept).not.toContain(link.replace(/^.*\./, ''))
})

test('a second start makes no second token', async () => {
  const env = environment()
  const keys = async () => JSON.parse((await guestool(['token', 'list', '--json'], env)).out) as unknown[]
  const first = await startHost(env, '--guest', '--no-console')
  await first.host.sees(/"joined"/)
  const before = await keys()
  expect(before).toHaveLength(2)
  first.host.signal('SIGTERM')
  expect(await first.host.ended).toMatchObject({ code: 0 })
  const second = await startHost(env, '--guest', '--no-console')
  await second.host.sees(/"joined"/)
  expect(await keys()).toEqual(before)
})

test('one host on a data folder; one that was killed is no obstacle', async () => {
  const env = environment()
  const { host, url } = await startHost(env, '--no-console')
  const second = await guestool(['host', '--port', '0'], env)
  expect(second).toMatchObject({ code: 1, out: '' })
  expect(second.err).toMatch(
    /^error: a host runs on the data folder .* already: ws:\S+ \(process \d+\)\n.*--data/,
  )
  host.signal('SIGKILL')
  await host.ended
  expect(existsSync(join(folderOf(env), 'host.json'))).toBe(true)
  const third = await startHost(env, '--no-console')
  expect(third.url).not.toBe(url)
})

test('a taken port is said in one line, with what to do', async () => {
  const { url } = await startHost(environment(), '--no-console')
  const { port } = new URL(url)
  const other = await guestool(['host', '--port', port])
  expect(other).toMatchObject({ code: 1, out: '' })
  expect(other.err).toBe(
    `error: port ${port} is taken, perhaps by another host; choose another with --port, or let the system choose with --port 0\n`,
  )
})

test.each([
  ['tokens.json', '{"version": 1, "keys": [{"key": "secret'],
  ['contexts.json', '{"secret'],
  ['host.json', '{"secret": 1}'],
])('a broken %s is said, without what is in it', async (name, text) => {
  const env = environment()
  writeFileSync(join(folderOf(env), name), text, { mode: 0o600 })
  const ended = await guestool(['host', '--port', '0'], env)
  expect(ended).toMatchObject({ code: 1, out: '' })
  expect(ended.err).toContain(join(folderOf(env), name))
  expect(ended.err).not.toContain('secret')
  expect(readFileSync(join(folderOf(env), name), 'utf8')).toBe(text)
})

test.skipIf(process.getuid?.() === 0)('a data folder that cannot be written is said', async () => {
  const at = folder()
  chmodSync(at, 0o500)
  const ended = await guestool(['host', '--port', '0'], environment({ GUESTOOL_DATA: join(at, 'data') }))
  expect(ended).toMatchObject({ code: 1 })
  expect(ended.err).toMatch(/cannot make the data folder .*\n.*--data/)
})

test('for people: where, how to sign in, how to add a guest; and a warning on a network', async () => {
  const env = environment()
  const host = start(
    ['host', '--port', '0', '--address', '0.0.0.0', '--guest', 'beta', '--data', folderOf(env)],
    env,
  )
  await host.sees(/beta joined from 127\.0\.0\.1\n/)
  expect(host.out).toMatch(/^Host +ws:\/\/0\.0\.0\.0:\d+ /)
  // It can be opened on another machine, where this one has a network.
  const [, page = '', name] = /^Sign in +(http:\/\/([\d.]+):\d+\/)#code=guestool_code_\S+$/m.exec(host.out)!
  const mine = Object.values(networkInterfaces()).flatMap((all) => all ?? [])
  const outside = mine.filter(({ internal, family }) => !internal && family === 'IPv4')
  expect(outside.length === 0 ? ['127.0.0.1'] : outside.map(({ address }) => address)).toContain(name)
  expect((await fetch(page)).status).toBe(200)
  expect(host.out).toContain(`guestool --data ${folderOf(env)} login-link`)
  expect(host.out).toMatch(/^Guests +add one with: guestool .*add NAME$/m)
  expect(host.err).toMatch(/^warning: ws:\/\/ shows tokens/)
})

test('login-link: only while the host runs and has a page', async () => {
  const env = environment()
  expect(await guestool(['login-link'], env)).toMatchObject({ code: 3, out: '' })
  const { host, url } = await startHost(env, '--base-path', '/tool')
  const { code, out } = await guestool(['login-link', '--read-only', '--guests', 'team-*'], env)
  expect(code).toBe(0)
  expect(out).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/tool\/#code=\S+\n$/)
  expect((await fetch(out.trim())).status).toBe(200)
  const visitor = createHub(url, { token: out.trim().replace(/^.*#code=/, '') })
  onTestFinished(() => visitor.close())
  const { token } = await visitor.action('sign_in')
  const person = createHub(url, { token })
  onTestFinished(() => person.close())
  expect((await person.info('hub')).access).toEqual({ guests: 'team-*', actions: false, admin: false })
  host.signal('SIGINT')
  await host.ended
  await startHost(env, '--no-console')
  expect(await guestool(['login-link'], env)).toMatchObject({ code: 1, out: '' })
})

test('tokens: made, listed, changed and ended, and good for no more than they say', async () => {
  const env = environment()
  const { url } = await startHost(env, '--no-console', '--guest')
  const made = await guestool(['token', 'add', '--guests', 'nobody'], env)
  expect(made).toMatchObject({ code: 0, err: '' })
  const token = made.out.trim()
  const with_ = (value: string, ...args: string[]) =>
    guestool(args, environment({ GUESTOOL_URL: url, GUESTOOL_TOKEN: value }))
  expect(await with_(token, 'guests')).toMatchObject({ code: 0, out: '' })
  expect(await with_(token, 'remove', 'alpha')).toMatchObject({ code: 4, out: '' })

  const key = /^guestool_(\w+)\./.exec(token)?.[1] ?? ''
  expect((await guestool(['token', 'list'], env)).out).toMatch(
    new RegExp(`^${key} +console +nobody +ask +`, 'm'),
  )
  const rotated = await guestool(['token', 'rotate', key, '--overlap', '0'], env)
  expect(await with_(token, 'guests')).toMatchObject({ code: 4, err: expect.stringContaining('--token') })
  expect(await with_(rotated.out.trim(), 'guests')).toMatchObject({ code: 0 })
  expect(await guestool(['token', 'revoke', key], env)).toMatchObject({ code: 0 })
  expect(await with_(rotated.out.trim(), 'guests')).toMatchObject({ code: 4 })
  expect(await guestool(['token', 'revoke', key], env)).toMatchObject({ code: 1 })
  expect(await guestool(['token', 'add', '--guests', 'a,,b'], env)).toMatchObject({ code: 2 })
})

test('guest: this machine joins the host of its folder, and is told when it may not', async () => {
  const env = environment()
  const { host, url } = await startHost(env, '--no-console')
  const guest = start(['guest'], env)
  await guest.sees(/joined ws:/)
  expect((await guestool(['guests'], env)).out).toMatch(new RegExp(`^${thisMachine()} +alive`, 'm'))
  guest.signal('SIGINT')
  expect(await guest.ended).toMatchObject({ code: 0, out: '' })

  const stranger = await guestool(['guest', `${url}/join/stranger`])
  expect(stranger).toMatchObject({ code: 4, out: '' })
  expect(stranger.err).toMatch(/4401: .*\nGet a new line where the host runs: guestool add NAME --replace\n/)
  await host.sees(/"refused".*"stranger"/)
  expect(await guestool(['guest', 'nonsense'])).toMatchObject({ code: 2 })
})
