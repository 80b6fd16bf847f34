import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join as joinPath } from 'node:path'
import { createHub, isGuestoolError, type Hub } from '@guestool/client'
import { createGuest, type Guest } from '@guestool/guest'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  createHost,
  tokens,
  type Authenticator,
  type ConsolePrincipal,
  type HostOptions,
  type Tokens,
} from './index.js'
import { cleanups, cleanUp, dial, listening } from './sockets.test.kit.js'
import { fixedInfos } from './stage.test.kit.js'

let file: string
let keys: Tokens

beforeEach(async () => {
  const folder = await mkdtemp(joinPath(tmpdir(), 'guestool-'))
  cleanups.push(() => rm(folder, { recursive: true }))
  file = joinPath(folder, 'tokens.json')
  keys = tokens(file)
})
afterEach(cleanUp)

/** A console of the whole hub. */
async function consoleOf(url: string, rights?: Omit<ConsolePrincipal, 'role'>): Promise<Hub> {
  const token = rights && (await keys.add({ role: 'console', ...rights }))
  const hub = createHub(url, token === undefined ? {} : { token })
  hub.on('error', () => undefined)
  cleanups.push(() => hub.close())
  return hub
}

function joining(url: string, token?: string): Guest {
  const guest = createGuest(url, {
    info: fixedInfos,
    action: 'unsupported',
    ...(token === undefined ? {} : { token }),
  })
  guest.on('error', () => undefined)
  cleanups.push(() => guest.close())
  return guest
}

const hosting = (options?: HostOptions) => listening({ authenticate: keys, ...options })
const states = async (hub: Hub) => (await hub.guests()).map(({ id, state }) => `${id} ${state}`)
const remove = (hub: Hub, guest: string) => hub.action('remove_guest', guest)

/** The code and the text with which a call fails. */
async function failureOf(call: Promise<unknown>): Promise<[string, string]> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!isGuestoolError(error)) throw new Error(`it did not fail as it should: ${String(error)}`)
  return [error.code, error.message]
}
const failsWith = (code: string, text: RegExp) => [code, expect.stringMatching(text)]

test('an admin adds a guest, whose token is kept before it is told; it joins, and is removed', async () => {
  const { url, host, errors } = await hosting()
  const hub = await consoleOf(url, { admin: true })
  const { token } = await hub.action('add_guest', { guest: 'alpha' })
  expect(await keys.guests()).toEqual([{ id: 'alpha', since: expect.any(Number) }])
  expect(await readFile(file, 'utf8')).not.toContain(String(token).slice(-43))
  expect(await states(hub)).toEqual(['alpha gone'])

  const guest = joining(`${url}/join/alpha`, String(token))
  await expect.poll(() => states(hub)).toEqual(['alpha alive'])
  const left = new Promise<string>((resolve) => hub.onEvent('guest_left', ({ reason }) => resolve(reason)))
  expect(await remove(hub, 'alpha')).toBeNull()
  expect(await left).toMatch(/^this guest was removed; .*\(4403\)$/)
  expect(await states(hub)).toEqual([])
  expect(host.guests).toEqual([])
  await expect.poll(() => guest.state).toBe('closed')
  expect(await dial(`${url}/join/alpha?token=${token}`).closed).toMatchObject({ code: 4401 })
  expect(await failureOf(remove(hub, 'alpha'))).toEqual(
    failsWith('failed', /there is no guest alpha to remove/),
  )
  expect(errors).toEqual([])
})

test('a guest that has a token is not given another, unless that is to end the one it has', async () => {
  const { url } = await hosting()
  const hub = await consoleOf(url, { admin: true })
  const { token: first } = await hub.action('add_guest', { guest: 'alpha' })
  const guest = joining(`${url}/join/alpha`, String(first))
  await expect.poll(() => states(hub)).toEqual(['alpha alive'])
  const again = failureOf(hub.action('add_guest', { guest: 'alpha' }))
  expect(await again).toEqual(failsWith('failed', /guest alpha has a token already; replace it/))
  expect(guest.state).toBe('open')

  const { token: second } = await hub.action('add_guest', { guest: 'alpha', replace: true })
  expect(await dial(`${url}/join/alpha?token=${first}`).closed).toMatchObject({ code: 4401 })
  // The one that has the old token does not keep the new one out.
  await expect.poll(() => guest.state).toBe('closed')
  joining(`${url}/join/alpha`, String(second))
  await expect.poll(() => states(hub)).toEqual(['alpha alive'])
  expect(await keys.list()).toHaveLength(2)
})

test('of many who add the same guest at once, one gets a token', async () => {
  const { url } = await hosting()
  const hubs = await Promise.all([1, 2, 3].map(() => consoleOf(url, { admin: true })))
  const added = await Promise.allSettled(
    hubs.flatMap((hub) => [hub, hub]).map((hub) => hub.action('add_guest', { guest: 'alpha' })),
  )
  expect(added.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect((await keys.list()).filter(({ role }) => role === 'guest')).toHaveLength(1)
})

test('who is no admin may not, also not with actions; it does not learn which guests there are', async () => {
  const { url } = await hosting()
  await keys.addGuest('alpha')
  const hub = await consoleOf(url, { actions: true })
  const refused = failsWith('forbidden', /this console is no admin/)
  for (const guest of ['alpha', 'beta', '../x']) {
    expect(await failureOf(hub.action('add_guest', { guest, replace: true }))).toEqual(refused)
    expect(await failureOf(remove(hub, guest))).toEqual(refused)
  }
  expect(await failureOf(hub.info('addresses'))).toEqual(refused)
  expect((await keys.guests()).map(({ id }) => id)).toEqual(['alpha'])
})

test('an admin of some guests is none of the others, which are not there for it', async () => {
  const { url } = await hosting()
  await keys.addGuest('alpha')
  await keys.addGuest('team-a')
  const hub = await consoleOf(url, { guests: 'team-*', admin: true })
  expect(await states(hub)).toEqual(['team-a gone'])
  const refused = failsWith('forbidden', /may only add guests that fit team-\*/)
  for (const guest of ['alpha', 'nobody'])
    expect(await failureOf(hub.action('add_guest', { guest, replace: true }))).toEqual(refused)
  for (const guest of ['alpha', 'nobody'])
    expect(await failureOf(remove(hub, guest))).toEqual(failsWith('failed', /^there is no guest|no guest/))
  await remove(hub, 'team-a')
  expect((await keys.guests()).map(({ id }) => id)).toEqual(['alpha'])
})

test.each([
  '',
  '.',
  '..',
  'a/b',
  '../x',
  'a b',
  'ä',
  'a%20b',
  '__proto__ ',
  'x'.repeat(65),
  '\u0000',
  'a\nb',
])('%j is no id, neither with tokens nor without', async (guest) => {
  const [open, kept] = [await listening(), await hosting()]
  for (const hub of [await consoleOf(open.url), await consoleOf(kept.url, { admin: true })]) {
    const refused = failsWith('invalid_params', /an id is 1 to 64 letters/)
    expect(await failureOf(hub.action('add_guest', { guest }))).toEqual(refused)
    expect(await failureOf(remove(hub, guest))).toEqual(refused)
  }
})

test.each(['__proto__', 'constructor', '-', '_', 'A.b-c_9', 'x'.repeat(64)])('%j is one', async (guest) => {
  const { url } = await hosting()
  const hub = await consoleOf(url, { admin: true })
  await hub.action('add_guest', { guest })
  expect(await states(hub)).toEqual([`${guest} gone`])
  await remove(hub, guest)
  expect(await states(hub)).toEqual([])
})

test('while the file is broken nothing is added, removed or lost, and the error says so', async () => {
  const { url, errors } = await hosting()
  const hub = await consoleOf(url, { admin: true })
  const { token } = await hub.action('add_guest', { guest: 'alpha' })
  joining(`${url}/join/alpha`, String(token))
  await expect.poll(() => states(hub)).toEqual(['alpha alive'])
  const good = await readFile(file, 'utf8')
  await writeFile(file, good.slice(0, 40))
  const broken = failsWith('failed', /cannot read the tokens in .*: it is no JSON/)
  expect(await failureOf(hub.action('add_guest', { guest: 'beta' }))).toEqual(broken)
  expect(await failureOf(remove(hub, 'alpha'))).toEqual(broken)
  // Whoever is known stays known, and the host hears once why nobody new is.
  for (let times = 0; times < 3; times++) expect(await states(hub)).toEqual(['alpha alive'])
  expect(errors.map(String)).toEqual([expect.stringContaining('it is no JSON')])
  expect(await readFile(file, 'utf8')).toBe(good.slice(0, 40))
  await writeFile(file, good)
  await hub.action('add_guest', { guest: 'beta' })
  expect(await states(hub)).toEqual(['alpha alive', 'beta gone'])
})

test('a host that knows who comes by a function adds nobody', async () => {
  const { url } = await listening({ authenticate: keys.authenticate })
  const hub = await consoleOf(url, { admin: true })
  const refused = failsWith('unsupported', /lets guests in by a function of its own; .*tokens\(file\) itself/)
  expect(await failureOf(hub.action('add_guest', { guest: 'alpha' }))).toEqual(refused)
  expect(await failureOf(remove(hub, 'alpha'))).toEqual(refused)
})

test('a host that authenticates nobody has no tokens, but guests to send away', async () => {
  const { url, host } = await listening()
  const hub = await consoleOf(url)
  expect(await hub.info('hub')).toMatchObject({ access: { admin: true } })
  expect(await hub.action('add_guest', { guest: 'alpha' })).toEqual({ token: null })
  const [alpha, beta] = [joining(`${url}/join/alpha`), joining(`${url}/join/beta`)]
  await expect.poll(() => states(hub)).toEqual(['alpha alive', 'beta alive'])
  await beta.close()
  await expect.poll(() => states(hub)).toEqual(['alpha alive', 'beta gone'])
  await remove(hub, 'alpha')
  await remove(hub, 'beta')
  expect(await states(hub)).toEqual([])
  expect(host.guests).toEqual([])
  await expect.poll(() => alpha.state).toBe('closed')
})

test('guests that have a token and did not come since the host started are gone, not unknown', async () => {
  const token = await keys.addGuest('alpha')
  await keys.addGuest('team-a')
  await keys.add({ role: 'guest', id: 'over', expiresIn: 1 })
  await expect.poll(async () => (await keys.guests()).length).toBe(2)
  const started = Date.now()
  const { url } = await hosting()
  const hub = await consoleOf(url, {})
  const [alpha] = await hub.guests()
  expect(alpha).toMatchObject({ id: 'alpha', revision: 0, state: 'gone', connected_ts: null, address: null })
  expect(alpha!.state_ts * 1000).toBeGreaterThanOrEqual(started)
  expect(await hub.info('hub')).toMatchObject({ guests: { alive: 0, unresponsive: 0, gone: 2 } })
  const gone = { ok: false, error: { code: 'gone' } }
  expect(await hub.fleet.info('memory')).toMatchObject([
    { guest: 'alpha', ...gone },
    { guest: 'team-a', ...gone },
  ])
  // One that is added later is missing since then.
  await keys.addGuest('late')
  const late = (await hub.guests()).find(({ id }) => id === 'late')
  expect(late!.state_ts).toBeGreaterThanOrEqual(alpha!.state_ts)

  // Consoles of some see those of them; and who came and left has its own times.
  const some = await consoleOf(url, { guests: 'a*' })
  expect(await states(some)).toEqual(['alpha gone'])
  const guest = joining(`${url}/join/alpha`, token)
  await expect.poll(() => states(some)).toEqual(['alpha alive'])
  await guest.close()
  await expect.poll(() => states(some)).toEqual(['alpha gone'])
  const [left] = await some.guests()
  expect(left).toMatchObject({ revision: 1, connected_ts: expect.any(Number), address: '127.0.0.1' })
  // Another process takes its key away.
  await tokens(file).removeGuest('alpha')
  expect(await states(some)).toEqual([])
  expect(await failureOf(some.info('history', { guest: 'alpha' }))).toEqual(
    failsWith('unsupported', /history/),
  )
})

test('the history of a guest is there as long as it is told of', async () => {
  const { url } = await hosting({ history: true })
  const hub = await consoleOf(url, {})
  const guest = joining(`${url}/join/alpha`, await keys.addGuest('alpha'))
  await expect.poll(() => states(hub)).toEqual(['alpha alive'])
  await guest.close()
  await expect.poll(() => states(hub)).toEqual(['alpha gone'])
  expect(await hub.info('history', { guest: 'alpha' })).toMatchObject({ cpu_percent: [] })
  await tokens(file).removeGuest('alpha')
  expect(await failureOf(hub.info('history', { guest: 'alpha' }))).toEqual(
    failsWith('gone', /guest alpha is not connected/),
  )
})

test('of many who want to know which guests there are, all hear of the last change, and few questions are asked', async () => {
  const known: string[] = []
  const asked: (() => void)[] = []
  const book: Authenticator = {
    authenticate: () => ({ role: 'console' }),
    guests: () =>
      new Promise((resolve) => {
        const guests = known.map((id) => ({ id, since: 0 }))
        asked.push(() => resolve(guests))
      }),
    addGuest: () => Promise.reject(new Error('not here')),
    removeGuest: () => Promise.resolve(false),
  }
  const { url } = await listening({ authenticate: book })
  const hub = await consoleOf(url)
  const ids = async () => (await hub.info('guests')).map(({ id }) => id)
  const early = ids()
  await expect.poll(() => asked.length).toBe(1)
  known.push('alpha')
  const late = Promise.all(Array.from({ length: 20 }, () => ids()))
  // Answered after those.
  await hub.info('contract')
  expect(asked).toHaveLength(1)
  asked[0]!()
  expect(await early).toEqual([])
  await expect.poll(() => asked.length).toBe(2)
  asked[1]!()
  expect(await late).toEqual(Array.from({ length: 20 }, () => ['alpha']))
  expect(asked).toHaveLength(2)
  const last = ids()
  await expect.poll(() => asked.length).toBe(3)
  asked[2]!()
  expect(await last).toEqual(['alpha'])
})

test('an authenticator of one’s own knows who may join, whatever it is', async () => {
  class Book implements Authenticator {
    readonly #tokens = new Map<string, string>()
    authenticate: Authenticator['authenticate'] = ({ role, id, token }) => {
      if (role === 'console') return { role, admin: true }
      return id !== undefined && this.#tokens.get(id) === token ? { role, id } : undefined
    }
    guests() {
      return Promise.resolve(Array.from(this.#tokens.keys(), (id) => ({ id, since: 0 })))
    }
    addGuest(id: string) {
      this.#tokens.set(id, `secret-of-${id}`)
      return Promise.resolve(`secret-of-${id}`)
    }
    removeGuest(id: string) {
      return Promise.resolve(this.#tokens.delete(id))
    }
  }
  const { url } = await listening({ authenticate: new Book() })
  const hub = await consoleOf(url)
  expect(await hub.action('add_guest', { guest: 'alpha' })).toEqual({ token: 'secret-of-alpha' })
  expect(await states(hub)).toEqual(['alpha gone'])
  joining(`${url}/join/alpha`, 'secret-of-alpha')
  await expect.poll(() => states(hub)).toEqual(['alpha alive'])
  await remove(hub, 'alpha')
  expect(await states(hub)).toEqual([])
  for (const wrong of [null, 'keys', { authenticate: () => undefined }])
    expect(() => createHost({ authenticate: wrong as never })).toThrow(TypeError)
})
