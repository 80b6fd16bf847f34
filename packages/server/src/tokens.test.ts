import { mkdtemp, readdir, readFile, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isGuestoolError } from '@guestool/core'
import { VirtualClock } from '@guestool/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Visitor } from './authentication.js'
import { tokens, type NewToken, type Tokens } from './tokens.js'

const day = 24 * 60 * 60_000

let folder: string
let file: string
let clock: VirtualClock
let keys: Tokens

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'guestool-'))
  file = join(folder, 'tokens.json')
  clock = new VirtualClock()
  keys = tokens(file, { clock })
})

afterEach(async () => {
  expect((await readdir(folder)).filter((name) => name.endsWith('.lock'))).toEqual([])
  await rm(folder, { recursive: true })
})

const visitor = (token: string | undefined): Visitor => ({
  role: 'guest',
  id: undefined,
  token,
  path: '/',
  query: '',
  headers: {},
  address: undefined,
})
const who = async (token: string | undefined, by = keys) => {
  const verdict = await by.authenticate(visitor(token))
  if (verdict === undefined || !('stillValid' in verdict)) return verdict
  const { stillValid, ...principal } = verdict
  expect(await stillValid?.()).toBe(true)
  return principal
}
const nameOf = (token: string) => token.slice('guestool_'.length, token.indexOf('.'))
const over = {
  code: 4401,
  reason: 'this one-time code was used, has expired, or is not known to this host; get a new link',
}
const invalid = { code: 4401, reason: 'this token is not valid, or was revoked; get a new one and send it' }

/** The message of what is thrown. */
async function problemOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(isGuestoolError(error) && error.code).toBe('failed')
  return String(error)
}

test('a token says who somebody is', async () => {
  const alpha = await keys.add({ role: 'guest', id: 'alpha' })
  const reader = await keys.add({ role: 'console' })
  const actor = await keys.add({ role: 'console', guests: 'team-*,beta', actions: true })
  const admin = await keys.add({ role: 'console', admin: true })
  expect(await who(alpha)).toEqual({ role: 'guest', id: 'alpha' })
  expect(await who(reader)).toEqual({ role: 'console', guests: '*', actions: false, admin: false })
  const acts = { role: 'console', guests: 'team-*,beta', actions: true, admin: false }
  expect(await who(actor)).toEqual(acts)
  expect(await who(admin)).toEqual({ role: 'console', guests: '*', actions: false, admin: true })
})

test('a token is 256 random bits behind the name of its key, and needs no escape in a URL', async () => {
  const token = await keys.add({ role: 'guest', id: 'alpha' })
  expect(token).toMatch(/^guestool_[0-9a-z]{8}\.[A-Za-z0-9_-]{43}$/)
  expect(encodeURIComponent(token)).toBe(token)
  expect(new URL(`ws://alpha:${token}@host/join/alpha`).password).toBe(token)
  const other = await keys.add({ role: 'guest', id: 'alpha' })
  expect(nameOf(other)).not.toBe(nameOf(token))
})

test('the file is its owner’s alone, and has no token in it', async () => {
  const token = await keys.add({ role: 'guest', id: 'alpha' })
  const newer = await keys.rotate(nameOf(token))
  const { mode } = await stat(file)
  expect(mode & 0o777).toBe(0o600)
  const text = await readFile(file, 'utf8')
  expect(text).toContain(nameOf(token))
  for (const each of [token, newer]) expect(text).not.toContain(each.slice(each.indexOf('.') + 1))
})

test('no token, a wrong one, another key’s and what is none', async () => {
  const alpha = await keys.add({ role: 'guest', id: 'alpha' })
  const beta = await keys.add({ role: 'guest', id: 'beta' })
  expect(await who(undefined)).toEqual({ code: 4401, reason: expect.stringMatching(/^no token came/) })
  const secret = alpha.slice(alpha.indexOf('.'))
  const wrong = [
    `guestool_${nameOf(beta)}${secret}`,
    `guestool_00000000${secret}`,
    `guestool_${nameOf(alpha)}.${'A'.repeat(43)}`,
    `${alpha}A`,
    alpha.slice(0, -1),
    alpha.toUpperCase(),
    nameOf(alpha),
    'x',
    '__proto__',
  ]
  for (const each of wrong) expect(await who(each)).toEqual(invalid)
})

test('a console’s token expires after 30 days, a guest’s does not', async () => {
  const alpha = await keys.add({ role: 'guest', id: 'alpha' })
  const reader = await keys.add({ role: 'console' })
  await clock.advance(30 * day - 1)
  expect(await who(reader)).toMatchObject({ role: 'console' })
  await clock.advance(1)
  const expired = new Date(clock.wall()).toISOString().slice(0, 10)
  expect(await who(reader)).toEqual({
    code: 4401,
    reason: `this token expired on ${expired}; get a new one and send it`,
  })
  await clock.advance(3650 * day)
  expect(await who(alpha)).toMatchObject({ role: 'guest' })
})

test('a token lasts as long as it was made for', async () => {
  const short = await keys.add({ role: 'guest', id: 'alpha', expiresIn: 1000 })
  const lasting = await keys.add({ role: 'console', expiresIn: Infinity })
  await clock.advance(999)
  expect(await who(short)).toMatchObject({ role: 'guest' })
  await clock.advance(1)
  expect(await who(short)).toMatchObject({ code: 4401 })
  await clock.advance(3650 * day)
  expect(await who(lasting)).toMatchObject({ role: 'console' })
})

test('the list has everything but secrets', async () => {
  expect(await keys.list()).toEqual([])
  const alpha = await keys.add({ role: 'guest', id: 'alpha' })
  await clock.advance(5)
  const reader = await keys.add({ role: 'console', guests: 'team-*' })
  const createdAt = clock.wall()
  expect(await keys.list()).toEqual([
    { key: nameOf(alpha), role: 'guest', id: 'alpha', createdAt: createdAt - 5, expiresAt: undefined },
    {
      key: nameOf(reader),
      role: 'console',
      guests: 'team-*',
      actions: false,
      admin: false,
      createdAt,
      expiresAt: createdAt + 30 * day,
    },
  ])
})

test('a key that was made before there were admins is no admin’s', async () => {
  const token = await keys.add({ role: 'console', admin: true })
  const { keys: kept } = JSON.parse(await readFile(file, 'utf8')) as { keys: { admin?: boolean }[] }
  delete kept[0]!.admin
  await writeFile(file, JSON.stringify({ version: 1, keys: kept }))
  expect(await who(token)).toMatchObject({ role: 'console', admin: false })
})

test('a key that is revoked lets nobody in', async () => {
  const alpha = await keys.add({ role: 'guest', id: 'alpha' })
  const beta = await keys.add({ role: 'guest', id: 'beta' })
  await keys.revoke(nameOf(alpha))
  expect(await who(alpha)).toEqual(invalid)
  expect(await who(beta)).toMatchObject({ id: 'beta' })
  expect((await keys.list()).map(({ key }) => key)).toEqual([nameOf(beta)])
})

test('both tokens are good while a key is rotated', async () => {
  const old = await keys.add({ role: 'console', guests: 'a*', actions: true })
  await clock.advance(day)
  const fresh = await keys.rotate(nameOf(old), { overlap: 60_000 })
  expect(nameOf(fresh)).toBe(nameOf(old))
  await clock.advance(59_999)
  const principal = { role: 'console', guests: 'a*', actions: true, admin: false }
  expect(await who(old)).toEqual(principal)
  expect(await who(fresh)).toEqual(principal)
  await clock.advance(1)
  expect(await who(old)).toMatchObject({ code: 4401 })
  // The new one has the lifetime of the old one, from now on.
  await clock.advance(30 * day - 60_001)
  expect(await who(fresh)).toEqual(principal)
  await clock.advance(1)
  expect(await who(fresh)).toMatchObject({ code: 4401 })
  // Also of a key that has expired.
  expect(await who(await keys.rotate(nameOf(old)))).toEqual(principal)
})

test('an overlap lasts a day, does not make a token last longer, and can be nothing', async () => {
  const alpha = await keys.add({ role: 'guest', id: 'alpha' })
  const second = await keys.rotate(nameOf(alpha))
  await clock.advance(day - 1)
  expect(await who(alpha)).toMatchObject({ id: 'alpha' })
  const third = await keys.rotate(nameOf(alpha), { overlap: 0 })
  for (const each of [alpha, second]) expect(await who(each)).toEqual(invalid)
  expect(await who(third)).toMatchObject({ id: 'alpha' })
  const short = await keys.add({ role: 'console', expiresIn: 1000 })
  await keys.rotate(nameOf(short), { overlap: day })
  await clock.advance(1000)
  expect(await who(short)).toMatchObject({ code: 4401 })
})

test.each<[string, unknown]>([
  ['an id', { role: 'guest', id: '../x' }],
  ['an id at all', { role: 'guest' }],
  ['a pattern', { role: 'console', guests: 'a b' }],
  ['a boolean', { role: 'console', actions: 1 }],
  ['a boolean for admins, too', { role: 'console', admin: 'yes' }],
  ['a role', { role: 'admin' }],
  ['a time', { role: 'console', expiresIn: 0 }],
  ['a time that is one', { role: 'guest', id: 'a', expiresIn: NaN }],
])('what is added needs %s', async (_, wanted) => {
  await expect(keys.add(wanted as NewToken)).rejects.toThrow(TypeError)
  expect(await readdir(folder)).toEqual([])
})

test('an overlap is no negative time', async () => {
  const alpha = await keys.add({ role: 'guest', id: 'alpha' })
  await expect(keys.rotate(nameOf(alpha), { overlap: -1 })).rejects.toThrow(/0 or more/)
})

test('a key that is not there is said to be, and a token in its place is not repeated', async () => {
  const token = await keys.add({ role: 'guest', id: 'alpha' })
  const before = await readFile(file, 'utf8')
  for (const change of [keys.revoke('00000000'), keys.rotate('00000000')])
    expect(await problemOf(change)).toContain(`there is no key 00000000 in ${file}`)
  for (const change of [keys.revoke(token), keys.rotate(token)]) {
    const problem = await problemOf(change)
    expect(problem).toContain('give the name of one, not its token')
    expect(problem).not.toContain(token.slice(-43))
  }
  expect(await readFile(file, 'utf8')).toBe(before)
})

test('a host sees what another process changes', async () => {
  const other = tokens(file, { clock })
  const alpha = await other.add({ role: 'guest', id: 'alpha' })
  expect(await who(alpha)).toMatchObject({ id: 'alpha' })
  const fresh = await other.rotate(nameOf(alpha), { overlap: 0 })
  expect(await who(alpha)).toEqual(invalid)
  expect(await who(fresh)).toMatchObject({ id: 'alpha' })
  await other.revoke(nameOf(alpha))
  expect(await who(fresh)).toEqual(invalid)
})

test('a host sees a file of the same size and time that is another', async () => {
  const alpha = await keys.add({ role: 'guest', id: 'alpha' })
  const theirs = join(folder, 'theirs.json')
  const fresh = await tokens(theirs, { clock }).add({ role: 'guest', id: 'alpha' })
  expect(await who(alpha)).toMatchObject({ id: 'alpha' })
  const { atime, mtime } = await stat(file)
  await utimes(theirs, atime, mtime)
  await rename(theirs, file)
  expect(await who(alpha)).toEqual(invalid)
  expect(await who(fresh)).toMatchObject({ id: 'alpha' })
})

test('writers do not lose each other’s changes', async () => {
  const writers = Array.from({ length: 4 }, () => tokens(file))
  const made = await Promise.all(
    writers.flatMap((writer, n) =>
      Array.from({ length: 5 }, (_, i) => writer.add({ role: 'guest', id: `guest-${n}-${i}` })),
    ),
  )
  expect(await keys.list()).toHaveLength(20)
  for (const token of made) expect(await who(token)).toMatchObject({ role: 'guest' })
})

test('a file that another process keeps is waited for, then said to be kept', async () => {
  const alpha = await keys.add({ role: 'guest', id: 'alpha' })
  await writeFile(`${file}.lock`, '')
  const waiting = tokens(file).add({ role: 'guest', id: 'beta' })
  await rm(`${file}.lock`)
  expect(await who(await waiting)).toMatchObject({ id: 'beta' })
  await writeFile(`${file}.lock`, '')
  const change = { over: false }
  const problem = problemOf(keys.revoke(nameOf(alpha)).finally(() => (change.over = true)))
  while (!change.over) {
    await clock.advance(100)
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(await problem).toContain(`remove ${file}.lock`)
  // It was not ours to remove.
  await rm(`${file}.lock`)
  expect(await who(alpha)).toMatchObject({ id: 'alpha' })
})

/** What a console with a code does to sign in. */
async function signIn(code: string, by = keys) {
  const verdict = await by.authenticate(visitor(code))
  if (verdict === undefined || !('signIn' in verdict) || verdict.signIn === undefined)
    throw new Error(`not let in: ${JSON.stringify(verdict)}`)
  return { again: verdict.signIn, ...(await verdict.signIn()) }
}

test('a code is changed once for a token of 30 days with the same rights', async () => {
  const rights = { guests: 'team-*', actions: true, admin: true }
  const code = await keys.code(rights)
  expect(encodeURIComponent(code)).toBe(code)
  const { key } = (await keys.list())[0]!
  const createdAt = clock.wall()
  expect(await keys.list()).toEqual([
    { key, role: 'code', ...rights, createdAt, expiresAt: createdAt + 600_000 },
  ])
  expect(await readFile(file, 'utf8')).not.toContain(code.slice(-43))
  await clock.advance(599_999)
  const { token, expiresAt, again } = await signIn(code)
  expect(expiresAt).toBe(clock.wall() + 30 * day)
  expect(await who(token)).toEqual({ role: 'console', ...rights })
  expect(await who(code)).toEqual(over)
  await expect(again()).rejects.toMatchObject({ code: 'forbidden', message: over.reason })
  expect(await keys.list()).toMatchObject([{ key: nameOf(token), role: 'console', ...rights }])
})

test('a code that is not told otherwise only reads', async () => {
  const { token } = await signIn(await keys.code())
  expect(await who(token)).toEqual({ role: 'console', guests: '*', actions: false, admin: false })
})

test('of many who bring the same code at once, to several processes, one signs in', async () => {
  const code = await keys.code()
  const hosts = [tokens(file), tokens(file), keys]
  const tries = await Promise.allSettled(hosts.flatMap((host) => [signIn(code, host), signIn(code, host)]))
  const failed = tries.filter(({ status }) => status === 'rejected')
  expect(failed).toHaveLength(5)
  expect(await keys.list()).toMatchObject([{ role: 'console' }])
})

test('a code that expired is over, also for who brought it before, and the next change sweeps it away', async () => {
  const code = await keys.code({ expiresIn: 1000 })
  const verdict = await keys.authenticate(visitor(code))
  await clock.advance(1000)
  expect(await who(code)).toEqual(over)
  if (verdict === undefined || !('signIn' in verdict)) throw new Error('not let in')
  await expect(verdict.signIn?.()).rejects.toMatchObject({ code: 'forbidden' })
  expect(await verdict.stillValid?.()).toBe(false)
  expect(await keys.list()).toMatchObject([{ role: 'code' }])
  await keys.addGuest('alpha')
  expect(await keys.list()).toMatchObject([{ role: 'guest' }])
})

test('the key of a console stays in the list for 30 days after it expired, a guest’s for good', async () => {
  const roles = async () => (await keys.list()).map(({ role, key }) => `${role} ${key}`)
  const old = await keys.add({ role: 'console', expiresIn: 60_000 })
  const guest = await keys.add({ role: 'guest', id: 'alpha', expiresIn: 60_000 })
  const rotated = await keys.add({ role: 'console', expiresIn: 60_000 })
  await clock.advance(30 * day + 59_999)
  await keys.rotate(nameOf(rotated))
  const others = [`guest ${nameOf(guest)}`, `console ${nameOf(rotated)}`]
  expect(await roles()).toEqual([`console ${nameOf(old)}`, ...others])
  await clock.advance(1)
  const fresh = await keys.add({ role: 'console' })
  expect(await roles()).toEqual([...others, `console ${nameOf(fresh)}`])
})

test('a code is no token and a token no code, whatever stands before it', async () => {
  const code = await keys.code({ admin: true })
  const token = await keys.add({ role: 'console' })
  expect(await who(code.replace('code_', ''))).toEqual(invalid)
  expect(await who(token.replace('guestool_', 'guestool_code_'))).toEqual(over)
  expect(await who(`${code.slice(0, -1)}${code.endsWith('A') ? 'B' : 'A'}`)).toEqual(over)
  expect(await who(`guestool_code_00000000.${'A'.repeat(43)}`)).toEqual(over)
  const { key } = (await keys.list())[0]!
  await expect(keys.rotate(key)).rejects.toThrow(/make a new code/)
  await keys.revoke(key)
  expect(await who(code)).toEqual(over)
})

test.each<[string, object]>([
  ['a pattern', { guests: 'a b' }],
  ['booleans', { admin: 1 }],
  ['a time', { expiresIn: 0 }],
  ['an end', { expiresIn: Infinity }],
])('a code needs %s', async (_, wanted) => {
  await expect(keys.code(wanted)).rejects.toThrow(TypeError)
  expect(await readdir(folder)).toEqual([])
})

test('as long as there is no file nobody gets in, and the host hears why', async () => {
  const token = `guestool_00000000.${'A'.repeat(43)}`
  expect(await problemOf(who(token))).toContain(`there are no tokens in ${file}`)
  expect(await readdir(folder)).toEqual([])
})

const secrets = [{ sha256: 'A'.repeat(43), createdAt: 0 }]
const guest = { key: '00000000', role: 'guest', id: 'alpha', secrets }

test.each<[string, string, RegExp]>([
  ['empty', '', /it is no JSON/],
  ['half a file', '{"version": 1, "keys": [{"key": "sec', /it is no JSON$/],
  ['another version', '{"version": 2, "keys": []}', /at version/],
  ['another thing', '[]', /at the top/],
  ['an id that is none', JSON.stringify({ version: 1, keys: [{ ...guest, id: '../x' }] }), /at keys\.0\.id/],
  [
    'a key without secrets',
    JSON.stringify({ version: 1, keys: [{ ...guest, secrets: [] }] }),
    /at keys\.0\.secrets/,
  ],
  [
    'a pattern that is none',
    JSON.stringify({
      version: 1,
      keys: [{ key: '00000000', role: 'console', guests: '', actions: false, secrets }],
    }),
    /at keys\.0\.guests/,
  ],
  ['what a newer version knows', JSON.stringify({ version: 1, keys: [{ ...guest, ip: 'x' }] }), /at keys\.0/],
  ['two keys of one name', JSON.stringify({ version: 1, keys: [guest, guest] }), /the same name/],
])('a broken file (%s) lets nobody in and is left as it is', async (_, text, why) => {
  const token = await keys.add({ role: 'guest', id: 'alpha' })
  expect(await who(token)).toMatchObject({ id: 'alpha' })
  await writeFile(file, text)
  const attempts = [
    () => who(token),
    () => keys.list(),
    () => keys.add({ role: 'guest', id: 'b' }),
    () => keys.revoke(nameOf(token)),
  ]
  for (const attempt of attempts) {
    const problem = await problemOf(attempt())
    expect(problem).toMatch(why)
    expect(problem).toContain(`cannot read the tokens in ${file}`)
    expect(problem).not.toContain(token.slice(-43))
  }
  expect(await readFile(file, 'utf8')).toBe(text)
})

test('a file that cannot be read, or not be written, is said to be', async () => {
  expect(await problemOf(tokens(folder).list())).toMatch(/cannot read the tokens in .*EISDIR/)
  const nowhere = tokens(join(folder, 'none', 'tokens.json'))
  expect(await problemOf(nowhere.add({ role: 'console' }))).toMatch(/cannot write the tokens in .*ENOENT/)
})

test('a link to the file stays one', async () => {
  const alpha = await keys.add({ role: 'guest', id: 'alpha' })
  const link = join(folder, 'link.json')
  await symlink(file, link)
  const beta = await tokens(link, { clock }).add({ role: 'guest', id: 'beta' })
  for (const each of [alpha, beta]) expect(await who(each)).toMatchObject({ role: 'guest' })
})
