import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join as joinPath } from 'node:path'
import { newOpid } from '@guestool/core'
import { frame, readFrame } from '@guestool/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { tokens, type NewToken, type Tokens } from './index.js'
import { cleanups, cleanUp, dial, listening } from './sockets.test.kit.js'

// Who is in, with a token, and tries to do or to see what it may not: over real sockets, with frames of its own making.

let file: string
let keys: Tokens
let hub: Awaited<ReturnType<typeof listening>>

beforeEach(async () => {
  const folder = await mkdtemp(joinPath(tmpdir(), 'guestool-'))
  cleanups.push(() => rm(folder, { recursive: true }))
  file = joinPath(folder, 'tokens.json')
  keys = tokens(file)
  hub = await listening({ authenticate: keys.authenticate })
})

afterEach(async () => {
  await cleanUp()
  expect(hub.errors).toEqual([])
})

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })

/** Somebody who is let in at a path by a token of its own. */
async function enter(path: string, wanted: NewToken, revision: 1 | 2 = 2) {
  const line = dial(hub.url + path, bearer(await keys.add(wanted)))
  await line.opened
  line.socket.send(frame(newOpid(), revision === 1 ? '/hello' : '/greet/hello', {}))
  await line.next()
  const send = (opnm: string, opct: object = {}): string => {
    const opid = newOpid()
    line.socket.send(frame(opid, opnm, opct))
    return opid
  }
  const said: ReturnType<typeof readFrame>[] = []
  /** The answer; what else comes is kept in `said`. */
  const ask = async (opnm: string, opct: object = {}) => {
    const opid = send(opnm, opct)
    for (;;) {
      const answer = readFrame(await line.next())
      if (answer.opid === opid) return { opnm: answer.opnm, opct: answer.opct }
      said.push(answer)
    }
  }
  return { ...line, send, ask, said }
}

const joinAs = (id: string, revision?: 1 | 2) => enter(`/join/${id}`, { role: 'guest', id }, revision)

describe.each([1, 2] as const)('a console of revision %i', (revision) => {
  const request = (kind: string, name: string): [string, object] =>
    revision === 1 ? [`/${kind}`, { [kind]: name }] : [`/${kind}/${name}`, {}]

  test('asks a guest outside its pattern: it is told what it is told of one that is absent', async () => {
    const alpha = await joinAs('alpha')
    const wanted = { role: 'console', guests: 'beta,gam*', actions: true } as const
    const [console, one, none] = [
      await enter('/guests', wanted, revision),
      await enter('/guests/alpha', wanted, revision),
      await enter('/guests/absent', wanted, revision),
    ]
    const told = async (asker: typeof console, id: string, prefix: string, kind: string, name: string) => {
      const [opnm, opct] = request(kind, name)
      return JSON.stringify(await asker.ask(prefix + opnm, opct)).replaceAll(id, '{id}')
    }
    for (const [kind, name] of [
      ['info', 'time'],
      ['info', 'mine'],
      ['info', '../mine'],
      ['action', 'matcher/list'],
    ] as const) {
      const answer = await told(console, 'alpha', '/guests/alpha', kind, name)
      expect(answer).toContain('"code":"gone"')
      expect(answer).toBe(await told(console, 'absent', '/guests/absent', kind, name))
      expect(await told(one, 'alpha', '', kind, name)).toBe(await told(none, 'absent', '', kind, name))
    }
    expect(alpha.texts).toEqual([])
  })

  test('that may only read asks for an action, plainly and by detours: no guest hears of it', async () => {
    const guests = [await joinAs('alpha', 2), await joinAs('beta', 1)]
    const console = await enter('/guests', { role: 'console' }, revision)
    for (const id of ['alpha', 'beta', 'absent']) {
      const [opnm, opct] = request('action', 'matcher/list')
      expect(await console.ask(`/guests/${id}${opnm}`, opct)).toMatchObject({ opct: { code: 'forbidden' } })
    }
    for (const name of [
      '../action/matcher/list',
      './x',
      'x/../../action/y',
      '/action/x',
      'x//y',
      '',
      '%2e%2e/x',
    ]) {
      const [opnm, opct] = request('info', name)
      for (const id of ['alpha', 'beta']) {
        const { opct: refusal } = await console.ask(`/guests/${id}${opnm}`, opct)
        expect(refusal).toMatchObject({ code: 'unknown_operation' })
      }
    }
    expect(guests.flatMap(({ texts }) => texts)).toEqual([])
  })
})

test('a console of one guest reaches no other by an address', async () => {
  const guests = [await joinAs('alpha'), await joinAs('beta')]
  const console = await enter('/guests/alpha', { role: 'console', actions: true })
  for (const opnm of [
    '/guests/beta/info/time',
    '/guests/alpha/info/time',
    '/guests/beta/action/matcher/list',
  ])
    expect(await console.ask(opnm)).toMatchObject({ opct: { code: 'unknown_operation' } })
  expect(guests.flatMap(({ texts }) => texts)).toEqual([])
})

test('an address is that of one guest, as it stands', async () => {
  const alpha = await joinAs('alpha')
  const console = await enter('/guests', { role: 'console', actions: true })
  for (const opnm of ['/guests/%61lpha/info/time', '/guests/../guests/alpha/info/time', '/guests//info/time'])
    expect(await console.ask(opnm)).toMatchObject({ opnm: '/event/reject', opct: { code: 'malformed' } })
  for (const opnm of [
    '/Guests/alpha/info/time',
    '/guests/alpha/guests/alpha/info/time',
    '/guests/alpha',
    '/guests/alpha/greet/hello',
    '/guests/alpha/event/x',
  ])
    expect(await console.ask(opnm)).toMatchObject({ opct: { code: 'unknown_operation' } })
  expect(alpha.texts).toEqual([])
})

test('a guest speaks for no other, and asks nobody', async () => {
  const [alpha, beta, proto] = [await joinAs('alpha'), await joinAs('beta'), await joinAs('__proto__', 1)]
  const [all, some] = [
    await enter('/guests', { role: 'console' }),
    await enter('/guests', { role: 'console', guests: 'beta' }),
  ]
  for (const console of [all, some]) await console.ask('/action/subscribe', { guests: '*' })
  for (const opnm of [
    '/guests/beta/event/x',
    '/guests/beta/info/time',
    '/event/report/info',
    '/event/a/../../../beta/event/x',
    '/event/',
    '/info/guests',
    '/action/subscribe',
  ])
    alpha.send(opnm, { id: 'beta' })
  for (const event of ['report/info', 'report', '../x', '']) proto.send('/event', { event, code: 'gone' })
  // What looks like the hub's own is the guest's, by its address.
  alpha.send('/event/guest_joined', { id: 'evil' })
  proto.send('/event', { event: 'guest_left', id: 'beta' })
  // Answered when all before it was read.
  for (const guest of [alpha, proto]) guest.send(guest === proto ? '/hello' : '/greet/hello')
  await proto.next()
  for (let heard = ''; !heard.includes('/greet/hello');) heard = await alpha.next()
  await Promise.all([all.ask('/info/hub'), some.ask('/info/hub')])
  expect(all.said).toMatchObject([
    { opnm: '/guests/alpha/event/guest_joined', opct: { id: 'evil' } },
    { opnm: '/guests/__proto__/event/guest_left', opct: { id: 'beta' } },
  ])
  expect(some.said).toEqual([])
  expect(beta.texts).toEqual([])
  expect(hub.host.guests.map(({ id }) => id)).toEqual(['alpha', 'beta', '__proto__'])
})

test('a file of tokens that breaks lets nobody in; who is in stays', async () => {
  const console = await enter('/guests', { role: 'console' })
  const token = await keys.add({ role: 'console' })
  await writeFile(file, '{"version":1,"keys":[')
  expect(await dial(`${hub.url}/guests`, bearer(token)).closed).toMatchObject({ code: 1011 })
  expect(String(hub.errors.splice(0))).toMatch(/^GuestoolError: cannot read the tokens in .* it is no JSON$/)
  expect(await console.ask('/info/hub')).toMatchObject({ opct: { consoles: 1 } })
})
