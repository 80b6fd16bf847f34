import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join as joinPath } from 'node:path'
import { promisify } from 'node:util'
import { newOpid } from '@guestool/core'
import { frame, readFrame, VirtualClock } from '@guestool/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createHost, tokens, type Authenticate, type HostOptions, type Tokens } from './index.js'
import { cleanups, cleanUp, dial, join, joined, listening, page } from './sockets.test.kit.js'
import { time } from './stage.test.kit.js'

// Every refusal over real sockets, by each way in which a token travels.

let folder: string
let keys: Tokens
let clock: VirtualClock
/** Tokens by what they are for. */
let made: Record<'alpha' | 'beta' | 'reader' | 'expired', string>

beforeEach(async () => {
  folder = await mkdtemp(joinPath(tmpdir(), 'guestool-'))
  cleanups.push(() => rm(folder, { recursive: true }))
  clock = new VirtualClock()
  keys = tokens(joinPath(folder, 'tokens.json'), { clock })
  made = {
    alpha: await keys.add({ role: 'guest', id: 'alpha' }),
    beta: await keys.add({ role: 'guest', id: 'beta' }),
    reader: await keys.add({ role: 'console' }),
    expired: await keys.add({ role: 'guest', id: 'alpha', expiresIn: 1 }),
  }
  await clock.advance(1)
})

afterEach(cleanUp)

/** Options and query by which a token travels. */
interface Carried {
  readonly headers?: Record<string, string>
  readonly protocols?: string[]
  readonly query?: string
}

const ways: [string, (token: string) => Carried][] = [
  ['Bearer', (token) => ({ headers: { authorization: `Bearer ${token}` } })],
  [
    'Basic',
    (token) => ({ headers: { authorization: `Basic ${Buffer.from(`alpha:${token}`).toString('base64')}` } }),
  ],
  [
    'a subprotocol',
    (token) => ({ protocols: ['guestool', `bearer.${Buffer.from(token).toString('base64url')}`] }),
  ],
  ['the query', (token) => ({ query: `?token=${token}` })],
]

const hub = (options: HostOptions = {}) => listening({ authenticate: keys.authenticate, ...options })

/** Dials, and expects to be closed, as everybody at `/join` and every console of an allowed page is. */
async function refused(url: string, { query = '', headers = {}, protocols = [] }: Carried = {}) {
  const line = dial(`${url}${query}`, { headers, protocols })
  const upgraded = line.opened.then(() => true)
  const { code, reason, status } = await line.closed
  expect(status).toBeUndefined()
  expect(await upgraded).toBe(true)
  expect(line.texts).toEqual([])
  expect(reason.length).toBeGreaterThan(20)
  for (const token of Object.values(made)) expect(reason).not.toContain(token.slice(-43))
  return { code, reason }
}

const notValid = { code: 4401, reason: 'this token is not valid, or was revoked; get a new one and send it' }
const tooMany = {
  code: 4429,
  reason: expect.stringMatching(/^too many failed attempts from this address; wait/),
}
const wrong = `guestool_00000000.${'A'.repeat(43)}`

test.each(['/join/alpha', '/', '/guests/alpha', '/guests'])('no token at %s: 4401', async (path) => {
  const { url, errors } = await hub()
  expect(await refused(url + path)).toEqual({
    code: 4401,
    reason: 'no token came with this connection; get one and send it',
  })
  expect(errors).toEqual([])
})

describe.each(ways)('by %s', (_, carry) => {
  test('a guest comes in, at its own path and without one', async () => {
    const { url, host, errors } = await hub()
    for (const path of ['/join/alpha', '/']) {
      const { query = '', ...options } = carry(made.alpha)
      const line = dial(`${url}${path}${query}`, options)
      await line.opened
      expect(line.socket.protocol).toBe(options.protocols === undefined ? '' : 'guestool')
      const guest = joined(host)
      line.socket.send(frame(newOpid(), '/hello', {}))
      await line.next()
      expect((await guest).id).toBe('alpha')
      line.socket.close(1000)
      await line.closed
    }
    expect(errors).toEqual([])
  })

  test('a console comes in', async () => {
    const { url } = await hub()
    const { query = '', ...options } = carry(made.reader)
    const line = dial(`${url}/guests${query}`, options)
    await line.opened
    line.socket.send(frame(newOpid(), '/hello', {}))
    expect(await line.next()).toContain('/hello')
  })

  test.each<[string, () => string, string, unknown]>([
    ['a wrong token', () => wrong, '/join/alpha', notValid],
    ['a wrong token of a console', () => wrong, '/guests', notValid],
    [
      'an expired token',
      () => made.expired,
      '/join/alpha',
      {
        code: 4401,
        reason: expect.stringMatching(/^this token expired on \d{4}-\d\d-\d\d; get a new one and send it$/),
      },
    ],
    [
      'a guest’s token on the console entrance',
      () => made.alpha,
      '/guests/alpha',
      { code: 4403, reason: 'this token is not for a console; get one that is' },
    ],
    [
      'a console’s token on the guest entrance',
      () => made.reader,
      '/join/alpha',
      { code: 4403, reason: 'this token is not for a guest; get one that is' },
    ],
    [
      'a guest that claims another id',
      () => made.beta,
      '/join/alpha',
      { code: 4403, reason: 'this token is for guest beta alone; join under that id' },
    ],
  ])('%s', async (__, token, path, expected) => {
    const { url, host, errors } = await hub()
    expect(await refused(url + path, carry(token()))).toEqual(expected)
    expect(errors).toEqual([])
    expect(host.guests).toEqual([])
  })

  test('the 11th failed attempt is closed before anybody looks, even with a right token', async () => {
    const asked: (string | undefined)[] = []
    const { url, errors } = await hub({
      clock,
      authenticate: (visitor) => {
        asked.push(visitor.token)
        return keys.authenticate(visitor)
      },
    })
    for (let failed = 0; failed < 10; failed++)
      expect(await refused(`${url}/join/alpha`, carry(wrong))).toEqual(notValid)
    expect(await refused(`${url}/join/alpha`, carry(made.alpha))).toEqual(tooMany)
    expect(await refused(`${url}/guests`, carry(made.reader))).toEqual(tooMany)
    expect(asked).toEqual(Array.from({ length: 10 }, () => wrong))
    await clock.advance(6_000)
    const { query = '', ...options } = carry(made.alpha)
    await dial(`${url}/join/alpha${query}`, options).opened
    expect(await refused(`${url}/join/alpha`, carry(wrong))).toEqual(notValid)
    expect(await refused(`${url}/join/alpha`, carry(made.alpha))).toEqual(tooMany)
    expect(errors).toEqual([])
  })

  test('a foreign and a null Origin do not connect, whatever the token', async () => {
    const { url, errors } = await hub({ origins: ['https://console.example'] })
    for (const origin of ['https://evil.example', 'null']) {
      const { headers, ...others } = carry(made.alpha)
      expect(await refused(`${url}/join/alpha`, { ...others, headers: { ...headers, origin } })).toEqual({
        code: 4403,
        reason: 'this Origin may not connect; the host\'s option "origins" can allow it',
      })
      const { query = '', ...options } = carry(made.reader)
      const page403 = dial(`${url}/guests${query}`, { ...options, origin })
      expect(await page403.closed).toMatchObject({ code: 1006, status: 403 })
    }
    const { query = '', ...options } = carry(made.reader)
    await dial(`${url}/guests${query}`, { ...options, origin: 'https://console.example' }).opened
    expect(errors).toEqual([])
  })

  test('a broken file of tokens: the host hears of it without the token, and guests come again', async () => {
    const missing = tokens(joinPath(folder, 'nowhere.json'))
    const { url, errors } = await hub({ authenticate: missing.authenticate })
    expect(await refused(`${url}/join/alpha`, carry(made.alpha))).toEqual({
      code: 1011,
      reason: 'this host cannot authenticate now; try again later',
    })
    expect(errors.map(String)).toEqual([expect.stringContaining('nowhere.json')])
    expect(JSON.stringify(errors, Object.getOwnPropertyNames(errors[0]))).not.toContain(made.alpha.slice(-43))
  })
})

test('a token that cannot be read hides a good one behind it', async () => {
  const { url } = await hub()
  const headers = { authorization: 'Bearer a b' }
  expect(await refused(`${url}/join/alpha`, { headers, query: `?token=${made.alpha}` })).toMatchObject({
    code: 4401,
  })
})

test('without authenticate, no Origin is allowed, and no foreign or null one', async () => {
  const { url } = await listening()
  await dial(`${url}/guests`).opened
  await dial(`${url}/guests`, { origin: url.replace('ws', 'http') }).opened
  for (const origin of ['https://evil.example', 'null']) {
    expect(await dial(`${url}/guests`, { origin }).closed).toMatchObject({ status: 403 })
    expect(await refused(`${url}/join/alpha`, { headers: { origin } })).toMatchObject({ code: 4403 })
  }
})

test.each<[string, () => HostOptions]>([
  ['without authenticate', () => ({})],
  ['with a list of names', () => ({ authenticate: keys.authenticate, hosts: ['hub.example'] })],
])('%s, a foreign Host does not connect', async (_, options) => {
  const { url } = await listening(options())
  const headers = { host: 'evil.example', authorization: `Bearer ${made.alpha}` }
  expect(await refused(`${url}/join/alpha`, { headers })).toEqual({
    code: 4403,
    reason: expect.stringContaining('"hosts"'),
  })
  expect(await dial(`${url}/guests`, { headers }).closed).toMatchObject({ status: 403 })
})

test('a list of names lets its own in, this machine’s, and that of the public URL', async () => {
  const { port } = await hub({ hosts: ['hub.example'], publicUrl: 'https://outside.example' })
  for (const host of ['hub.example:8080', 'localhost', 'outside.example']) {
    const headers = { host, authorization: `Bearer ${made.reader}` }
    await dial(`ws://127.0.0.1:${port}/guests`, { headers }).opened
  }
})

const by = (address: string) => ({ 'x-forwarded-for': address })

test('a forged X-Forwarded-For helps nobody', async () => {
  const { url } = await hub()
  for (let failed = 0; failed < 10; failed++) {
    const headers = { 'x-forwarded-for': `192.0.2.${failed}` }
    expect(await refused(`${url}/join/alpha`, { headers })).toMatchObject({ code: 4401 })
  }
  const headers = { 'x-forwarded-for': '198.51.100.1', authorization: `Bearer ${made.alpha}` }
  expect(await refused(`${url}/join/alpha`, { headers })).toEqual(tooMany)
})

test('behind a trusted proxy only the attacker is locked out, whatever it forges', async () => {
  const { url, host } = await hub({ trustProxy: 'loopback' })
  for (let failed = 0; failed < 10; failed++) {
    // The proxy adds the address that it sees on the right.
    const headers = by(`10.0.0.${failed}, 127.0.0.1, 203.0.113.9`)
    expect(await refused(`${url}/join/alpha`, { headers })).toMatchObject({ code: 4401 })
  }
  const authorization = `Bearer ${made.alpha}`
  const attacker = { ...by('198.51.100.1, 203.0.113.9'), authorization }
  expect(await refused(`${url}/join/alpha`, { headers: attacker })).toEqual(tooMany)
  const guest = joined(host)
  const line = dial(`${url}/join/alpha`, { headers: { ...by('<garbage>, 198.51.100.1'), authorization } })
  await line.opened
  line.socket.send(frame(newOpid(), '/hello', {}))
  expect((await guest).address).toBe('198.51.100.1')
})

test('connections are counted by the address that a trusted proxy saw', async () => {
  const { url } = await hub({ trustProxy: 'loopback', connectionsPerAddress: 1 })
  const authorization = `Bearer ${made.reader}`
  await dial(`${url}/guests`, { headers: { ...by('192.0.2.1'), authorization } }).opened
  await dial(`${url}/guests`, { headers: { ...by('192.0.2.2'), authorization } }).opened
  expect(
    await dial(`${url}/guests`, { headers: { ...by('192.0.2.1'), authorization } }).closed,
  ).toMatchObject({ code: 4429 })
})

test('a host without authenticate refuses whoever comes through a proxy that it was not told of', async () => {
  const { url } = await listening()
  for (const name of ['x-forwarded-for', 'forwarded']) {
    for (const path of ['/join/alpha', '/guests'])
      expect(await refused(url + path, { headers: { [name]: '127.0.0.1' } })).toMatchObject({ code: 4401 })
  }
  await join(`${url}/join/alpha`)
})

test('a host without authenticate refuses who comes from elsewhere through a proxy', async () => {
  const { url } = await listening({ trustProxy: 'loopback' })
  for (const forwarded of ['192.0.2.7', '127.0.0.1, 192.0.2.7', 'garbage']) {
    expect(await refused(`${url}/join/alpha`, { headers: { 'x-forwarded-for': forwarded } })).toEqual({
      code: 4401,
      reason: 'this host has no "authenticate": it takes its own machine only, and nobody through a proxy',
    })
  }
  await join(`${url}/join/alpha`)
})

test('below a base path, at a public URL', async () => {
  const { url, host, port } = await hub({ basePath: '/guestool/', publicUrl: 'https://hub.example/tools/' })
  expect(url).toBe('wss://hub.example/tools')
  const here = `ws://127.0.0.1:${port}`
  const headers = { authorization: `Bearer ${made.alpha}`, origin: 'https://hub.example' }
  await dial(`${here}/guestool/join/alpha`, { headers }).opened
  const without = { headers: { authorization: `Bearer ${made.alpha}` } }
  expect(await refused(`${here}/join/alpha`, without)).toMatchObject({ code: 4404 })
  for (const path of ['/guestool', '/guestool/']) {
    const { response, text } = await page(port, path)
    expect(response.statusCode).toBe(200)
    expect(text).toContain('/guestool/join/{id}')
  }
  expect((await page(port, '/')).response.statusCode).toBe(426)
  expect(host.counts.turnedAway).toBe(1)
})

test('without a public URL, listen says the base path', async () => {
  const { url, port } = await listening({ basePath: '/guestool' })
  expect(url).toBe(`ws://127.0.0.1:${port}/guestool`)
  await join(`${url}/join/alpha`)
})

test.each<[string, HostOptions, RegExp]>([
  ['publicUrl', { publicUrl: 'example.com', authenticate: () => undefined }, /publicUrl is no URL/],
  [
    'publicUrl without authenticate',
    { publicUrl: 'https://example.com' },
    /give createHost an "authenticate"/,
  ],
  ['basePath', { basePath: 'guestool' }, /basePath "guestool"/],
  ['hosts', { hosts: ['https://hub.example'] }, /is no name of a host/],
  ['origins', { origins: ['hub.example'] }, /is not an origin/],
  ['trustProxy', { trustProxy: 'nginx' }, /trustProxy is "nginx"/],
  // As it is from JavaScript: the keys themselves in place of what they have for it.
  [
    'authenticate',
    { authenticate: { authenticate: tokens('none.json').authenticate } as unknown as Authenticate },
    /has no function guests; give it a function, or tokens\(file\)/,
  ],
])('a slip in %s shows at once', (_, options, problem) => {
  expect(() => createHost(options)).toThrow(problem)
})

test('over TLS: wss from a guest through the host to a console, tokens and all', async () => {
  const [key, cert] = [joinPath(folder, 'key.pem'), joinPath(folder, 'cert.pem')]
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  const making = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  await promisify(execFile)('openssl', ['req', '-x509', ...making, '-keyout', key, '-out', cert, ...subject])
  const ca = await readFile(cert)
  const server = createServer({ key: await readFile(key), cert: ca })
  const host = createHost({ authenticate: keys.authenticate })
  cleanups.push(
    () => server.close(),
    () => host.close(),
  )
  host.attach(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `wss://localhost:${(server.address() as AddressInfo).port}`
  const distrusting = dial(`${url}/guests`)
  expect(await distrusting.closed).toMatchObject({ code: 1006 })
  const refusedLine = dial(`${url}/join/alpha`, { ca, headers: { authorization: `Bearer ${wrong}` } })
  expect(await refusedLine.closed).toMatchObject(notValid)
  const carried = (token: string) => ({ ca, headers: { authorization: `Bearer ${token}` } })
  const guest = dial(`${url}/join/alpha`, carried(made.alpha))
  const asking = dial(`${url}/guests/alpha`, carried(made.reader))
  for (const line of [guest, asking]) {
    await line.opened
    line.socket.send(frame(newOpid(), '/hello', {}))
    await line.next()
  }
  asking.socket.send(frame(newOpid(), '/info', { info: 'time' }))
  const { opid, opct } = readFrame(await guest.next())
  expect(opct).toEqual({ info: 'time' })
  guest.socket.send(frame(String(opid), '/info', time))
  expect(readFrame(await asking.next()).opct).toEqual(time)
})
