import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join as joinPath } from 'node:path'
import { limits, newOpid } from '@guestool/core'
import { frame, readFrame } from '@guestool/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { tokens, type HostOptions, type Tokens } from './index.js'
import { cleanups, cleanUp, dial, join, listening } from './sockets.test.kit.js'

let file: string
let keys: Tokens

beforeEach(async () => {
  const folder = await mkdtemp(joinPath(tmpdir(), 'guestool-'))
  cleanups.push(() => rm(folder, { recursive: true }))
  file = joinPath(folder, 'tokens.json')
  keys = tokens(file)
  // So that there is a file, whatever becomes of codes.
  await keys.add({ role: 'guest', id: 'alpha' })
})
afterEach(cleanUp)

type Line = Awaited<ReturnType<typeof join>>
type Content = Record<string, unknown> & { token: string; code?: string }

/** Asks by revision 2; resolves with the content of the next frame. */
async function ask(line: Line, opnm: string, params: object = {}): Promise<Content> {
  const opid = newOpid()
  line.socket.send(frame(opid, opnm, params))
  const answer = readFrame(await line.next())
  expect(answer.opid).toBe(opid)
  return answer.opct as Content
}
const signIn = (line: Line) => ask(line, '/action/sign_in')
const withToken = (url: string, token: string) => `${url}?token=${token}`

async function hosting(options?: HostOptions) {
  return listening({ authenticate: keys.authenticate, ...options })
}

test('a code is changed for a token, with which the page connects again', async () => {
  const { url, errors } = await hosting()
  const code = await keys.code({ guests: 'a*', admin: true })
  const { token, expires_ts } = await signIn(await join(withToken(`${url}/guests`, code)))
  expect(Number(expires_ts) * 1000).toBe((await keys.list()).at(-1)?.expiresAt)
  const line = await join(withToken(`${url}/guests`, token))
  expect(await ask(line, '/info/hub')).toMatchObject({
    access: { guests: 'a*', actions: false, admin: true },
  })
  expect(await signIn(line)).toMatchObject({
    code: 'forbidden',
    error: expect.stringMatching(/^this console is signed in already/),
  })
  // The code is over.
  expect(await dial(withToken(`${url}/guests`, code)).closed).toMatchObject({
    code: 4401,
    reason: expect.stringMatching(/one-time code was used.*get a new link/),
  })
  expect(errors).toEqual([])
})

test('a code that is brought by several sockets at once signs one in', async () => {
  const { url } = await hosting()
  const code = await keys.code()
  const lines = await Promise.all([1, 2, 3].map(() => join(withToken(`${url}/guests`, code))))
  const answers = await Promise.all([...lines, ...lines.slice(0, 1)].map((line) => signInLater(line)))
  expect(answers.filter(({ token }) => token !== undefined)).toHaveLength(1)
  const refused = answers.filter(({ token }) => token === undefined)
  const problem = { code: 'forbidden', error: expect.stringMatching(/new link$/) }
  expect(refused).toEqual(refused.map(() => problem))
  expect((await keys.list()).filter(({ role }) => role !== 'guest')).toMatchObject([{ role: 'console' }])
})

/** By an opid of its own, among others of the same socket. */
async function signInLater(line: Line): Promise<Content> {
  const opid = newOpid()
  const answered = new Promise<Content>((resolve) => {
    line.socket.on('message', (data: Buffer) => {
      const answer = readFrame(data.toString('utf8'))
      if (answer.opid === opid) resolve(answer.opct as Content)
    })
  })
  line.socket.send(frame(opid, '/action/sign_in', {}))
  return answered
}

test('a console with a code can do nothing else, and hears of nobody', async () => {
  const { url, host } = await hosting()
  const guest = await keys.add({ role: 'guest', id: 'beta' })
  const code = await keys.code({ actions: true, admin: true })
  const line = await join(withToken(`${url}/guests`, code))
  const ofOne = await join(withToken(`${url}/guests/beta`, code))
  await join(withToken(`${url}/join/beta`, guest))
  expect(host.guests).toHaveLength(1)
  const refused = {
    code: 'forbidden',
    error: expect.stringContaining('ask for that, and connect with the token'),
  }
  for (const opnm of [
    '/info/guests',
    '/info/hub',
    '/info/sign_in',
    '/info/contract',
    '/action/subscribe',
    '/action/add_guest',
    '/action/nothing',
    '/guests/beta/info/time',
    '/guests/beta/action/sign_in',
    '/guests/nobody/info/time',
  ]) {
    expect(await ask(line, opnm, { guest: 'beta' })).toEqual(refused)
  }
  for (const opnm of ['/info/time', '/action/matcher/list', '/action/sign_in'])
    expect(await ask(ofOne, opnm)).toEqual(refused)
  // All that came was answers; and the code is still good.
  expect(await signIn(line)).toMatchObject({ token: expect.any(String) })
  expect([...line.texts, ...ofOne.texts]).toEqual([])
})

test('a code is no guest’s', async () => {
  const { url } = await hosting()
  const code = await keys.code()
  expect(await dial(withToken(`${url}/join/alpha`, code)).closed).toMatchObject({ code: 4403 })
})

test('who guesses codes is locked out', async () => {
  const { url } = await hosting()
  const code = await keys.code()
  for (let tries = 0; tries < 10; tries++) {
    const guess = `guestool_code_0000000${tries}.${'A'.repeat(43)}`
    expect(await dial(withToken(`${url}/guests`, guess)).closed).toMatchObject({ code: 4401 })
  }
  expect(await dial(withToken(`${url}/guests`, code)).closed).toMatchObject({ code: 4429 })
})

test('a file that breaks meanwhile: the host hears why, the console only that it failed', async () => {
  const { url, errors } = await hosting()
  const line = await join(withToken(`${url}/guests`, await keys.code()))
  await writeFile(file, '{')
  const { code, error } = await signIn(line)
  expect(code).toBe('failed')
  expect(error).not.toContain(file)
  expect(errors.map(String)).toEqual([expect.stringContaining(`cannot read the tokens in ${file}`)])
})

test('an authenticator of one’s own may have codes, too; what is none is refused', async () => {
  let verdict: object = { signIn: () => ({ token: 'mine' }) }
  const { url, errors } = await listening({ authenticate: () => ({ role: 'console', ...verdict }) })
  expect(await signIn(await join(`${url}/guests`))).toEqual({ token: 'mine', expires_ts: null })
  verdict = { signIn: 'mine' }
  expect(await dial(`${url}/guests`).closed).toMatchObject({ code: 1011 })
  expect(errors.map(String)).toEqual([expect.stringContaining('"signIn" that is no function')])
})

test('who has a code does not keep others from the file by asking a thousand times at once', async () => {
  const asked: (() => void)[] = []
  const signedIn = () => new Promise<{ token: string }>((done) => asked.push(() => done({ token: 'mine' })))
  const { url } = await listening({ authenticate: () => ({ role: 'console', signIn: signedIn }) })
  const line = await join(`${url}/guests`)
  for (let i = 0; i < 1_000; i++) line.socket.send(frame(newOpid(), '/action/sign_in', {}))
  for (let i = limits.reservedPending; i < 1_000; i++)
    expect(readFrame(await line.next()).opct).toMatchObject({ code: 'busy' })
  expect(asked).toHaveLength(limits.reservedPending)
  asked[0]!()
  expect(readFrame(await line.next()).opct).toMatchObject({ token: 'mine' })
})
