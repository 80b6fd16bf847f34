import { limits, newOpid, revision1, type HubShape } from '@guestool/core'
import { frame, readFrame, type Peer } from '@guestool/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Authenticate } from './authentication.js'
import type { HostOptions } from './host-options.js'
import { hello, hostStage } from './stage.test.kit.js'

type Entry = HubShape['info']['timeline']['result'][number]

let stage: ReturnType<typeof hostStage>

beforeEach(() => staged())

afterEach(async () => {
  expect(stage.errors).toEqual([])
  expect(await stage.leftovers()).toEqual([])
})

function staged(options: HostOptions = {}): void {
  stage = hostStage({ history: false, ...options })
}

async function hub(path = '/guests'): Promise<Peer> {
  const peer = stage.peer(path)
  await hello(peer)
  return peer
}

async function timeline(console: Peer, params: object = {}): Promise<Entry[]> {
  const opid = newOpid()
  const { opnm, opct } = revision1.request('info', 'timeline', params)
  console.send(frame(opid, opnm, opct))
  for (;;) {
    const reply = readFrame(await console.next('the timeline'))
    if (reply.opid === opid) return reply.opct as Entry[]
  }
}

/** Each entry in a line, the oldest first. */
async function story(console: Peer, params?: object): Promise<string[]> {
  const entries = await timeline(console, params)
  return entries
    .toReversed()
    .map(({ guest, what, code }) => [guest, what, ...(code === null ? [] : [code])].join(' '))
}

/** Comes to a path, says what it says, and takes what comes. */
async function attempt(path: string, says = '', about = {}): Promise<Peer> {
  const peer = stage.peer(path, about)
  await peer.ready
  if (says !== '') peer.send(says)
  await stage.clock.settle()
  return peer
}

const helloText = () => frame(newOpid(), '/hello', {})

async function readAll(console: Peer, params: { limit: number }): Promise<Entry[]> {
  const all: Entry[] = []
  for (;;) {
    const page = await timeline(console, { ...params, before: all.at(-1)?.ts })
    expect(page.length).toBeLessThanOrEqual(params.limit)
    if (page.length === 0) return all
    all.push(...page)
  }
}

/** A guest that joins and says so of itself when it is asked; undefined does not have it. */
async function visit(time: { nonebot: number; nonebot_ts: number } | undefined, ms = 0): Promise<Peer> {
  const peer = await stage.guest('alpha', 2)
  const question = readFrame(peer.waiting.shift() ?? '')
  expect(question.opnm).toBe('/info/time')
  if (ms > 0) await stage.clock.advance(ms)
  const error = { error: 'no clock', code: 'unsupported' }
  const said = time === undefined ? error : { system: 1, system_ts: 1, ...time }
  peer.send(frame(String(question.opid), '/event/report/info', said))
  await stage.clock.settle()
  return peer
}

async function leave(peer: Peer, ms = 0): Promise<void> {
  peer.close(1001)
  await stage.clock.advance(ms)
}

const up = (seconds: number, startedAt: number) => ({ nonebot: seconds, nonebot_ts: startedAt })

const second = async () => (await timeline(await hub()))[0]?.what

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })

/** A guest's token is its id; consoles say by the path what they may. */
const authenticate: Authenticate = ({ role, token, query }) => {
  if (role === 'guest') return token === undefined ? undefined : { role, id: token }
  const said = new URLSearchParams(query)
  return { role, guests: said.get('guests') ?? '*', admin: said.get('admin') === 'yes' }
}

describe('what happens to a guest is told, the newest first', () => {
  test('it joins, goes silent, lives again, leaves', async () => {
    const console = await hub()
    const alpha = await stage.guest('alpha')
    await stage.clock.advance(60_000)
    alpha.send(frame(newOpid(), '/event', { event: 'tick' }))
    await stage.clock.advance(1_000)
    alpha.close(1001, 'going home')
    await stage.clock.settle()
    const [left, alive, unresponsive, joined, ...others] = await timeline(console)
    expect(others).toEqual([])
    const told = { guest: 'alpha', reason: '', code: null, address: '127.0.0.1' }
    expect(joined).toEqual({ ...told, ts: 1_700_000_000, what: 'joined' })
    expect(unresponsive).toMatchObject({ ...told, what: 'unresponsive' })
    expect(alive).toEqual({ ...told, ts: 1_700_000_060, what: 'alive' })
    expect(left).toEqual({ ...told, ts: 1_700_000_061, what: 'left', reason: 'going home', code: 1001 })
  })

  test('why it is gone, where it did not say', async () => {
    const console = await hub()
    const alpha = await stage.guest('alpha')
    alpha.close(1000)
    await stage.guest('beta')
    stage.pair.dialler.terminate()
    await stage.clock.settle()
    expect((await timeline(console)).filter(({ what }) => what === 'left')).toMatchObject([
      { guest: 'beta', reason: 'the connection was lost', code: 1006 },
      { guest: 'alpha', reason: 'it closed', code: 1000 },
    ])
  })

  test('for a day', async () => {
    const console = await hub()
    const alpha = await stage.guest('alpha')
    alpha.close(1000)
    await stage.clock.advance(limits.rememberedFor)
    expect(await story(console)).toEqual(['alpha joined', 'alpha left 1000'])
    await stage.clock.advance(1)
    expect(await story(console)).toEqual([])
  })
})

describe('page by page', () => {
  test('nothing is lost of what happened in one millisecond', async () => {
    const console = await hub()
    for (let i = 0; i < 25; i++) await stage.guest(`g${i}`)
    for (let i = 0; i < 25; i++) await attempt(`/join/h${i}`, 'no hello')
    expect(stage.clock.wall()).toBe(1_700_000_000_000)
    const all = await readAll(console, { limit: 7 })
    expect(all.map(({ guest }) => guest)).toEqual([
      ...Array.from({ length: 25 }, (_, i) => `h${24 - i}`),
      ...Array.from({ length: 25 }, (_, i) => `g${24 - i}`),
    ])
    expect(new Set(all.map(({ ts }) => ts)).size).toBe(50)
    for (const { ts } of all) expect(ts).toBeCloseTo(1_700_000_000, 3)
  })

  test('a clock that was set back leaves everything in its order, and nothing in the future', async () => {
    const console = await hub()
    for (let i = 0; i < 10; i++) {
      await stage.guest(`g${i}`)
      await stage.clock.advance(1_000)
    }
    stage.clock.setWall(1_600_000_000_000)
    await stage.guest('late')
    const all = await readAll(console, { limit: 3 })
    expect(all.map(({ guest }) => guest)).toEqual([
      'late',
      ...Array.from({ length: 10 }, (_, i) => `g${9 - i}`),
    ])
    expect(all[0]?.ts).toBe(1_600_000_000)
    expect(new Set(all.map(({ ts }) => ts)).size).toBe(11)
    for (const { ts } of all) expect(ts).toBeLessThanOrEqual(1_600_000_000)
  })

  test.each([
    [-5, 1],
    [0, 1],
    [1.5, 1],
    [2, 2],
    [1e9, 3],
  ])('a limit of %s gives %s of 3', async (limit, count) => {
    const console = await hub()
    for (let i = 0; i < 3; i++) await stage.guest(`g${i}`)
    expect(await timeline(console, { limit })).toHaveLength(count)
  })

  test('a page holds what fits in a frame, and the next one the rest', async () => {
    staged({ maxPayload: 4_096 })
    const console = await hub()
    for (let i = 0; i < 50; i++) await stage.guest(`guest-with-a-long-name-${i}`)
    const first = await timeline(console)
    expect(first.length).toBeLessThan(50)
    expect(await readAll(console, { limit: 100 })).toHaveLength(50)
  })

  test('where a frame has hardly room for one, one by one', async () => {
    staged({ maxPayload: 1_024 })
    const console = await hub()
    for (let i = 0; i < 3; i++) await stage.guest(`g${i}`)
    expect(await timeline(console)).toHaveLength(1)
    expect(await readAll(console, { limit: 100 })).toHaveLength(3)
  })
})

describe('whether it is the same process', () => {
  beforeEach(() => staged({ history: true }))

  test('the same one joined', async () => {
    await leave(await visit(up(5, 1_699_999_995)), 60_000)
    await visit(up(65, 1_699_999_995))
    expect(await second()).toBe('joined')
  })

  test('another one restarted, and nothing is told twice', async () => {
    await leave(await visit(up(5, 1_699_999_995)), 60_000)
    await visit(up(3, 1_700_000_057))
    expect(await story(await hub())).toEqual(['alpha joined', 'alpha left 1001', 'alpha restarted'])
  })

  test('before it has answered it joined; the entry stays where it is', async () => {
    await leave(await visit(up(5, 1_699_999_995)), 60_000)
    const peer = await stage.guest('alpha', 2)
    const console = await hub()
    const [before] = await timeline(console)
    expect(before).toMatchObject({ what: 'joined', ts: 1_700_000_060 })
    await stage.clock.advance(3_000)
    const said = { system: 1, system_ts: 1, ...up(4, 1_700_000_059) }
    peer.send(frame(String(readFrame(peer.waiting[0]!).opid), '/event/report/info', said))
    await stage.clock.settle()
    expect((await timeline(console))[0]).toEqual({ ...before, what: 'restarted' })
  })

  test("the guest's own clock was set: its uptime says that it is the same", async () => {
    await leave(await visit(up(5, 1_699_999_995)), 60_000)
    await visit(up(65, 1_600_000_000))
    expect(await second()).toBe('joined')
  })

  test('its machine slept, and its uptime did not count: its start says that it is the same', async () => {
    await leave(await visit(up(5, 1_699_999_995)), 3_600_000)
    await visit(up(6, 1_699_999_995))
    expect(await second()).toBe('joined')
  })

  test.each([
    ['the one before', undefined, up(3, 1_700_000_057)],
    ['the one that came', up(5, 1_699_999_995), undefined],
    ['neither', undefined, undefined],
  ])('where %s does not say it, it joined', async (_, before, after) => {
    await leave(await visit(before), 60_000)
    await visit(after)
    expect(await second()).toBe('joined')
  })

  test('a host that asks nothing by itself does not ask this either', async () => {
    staged({ history: false })
    const alpha = await stage.guest('alpha')
    expect(alpha.waiting).toEqual([])
  })
})

describe('who was not let in', () => {
  test.each<[string, string, string, object, Partial<Entry>]>([
    [
      'no hello in time',
      '/join/alpha',
      '',
      {},
      { guest: 'alpha', code: 4408, reason: 'no hello within 10 s' },
    ],
    ['no hello first', '/join/alpha', 'hello?', {}, { guest: 'alpha', code: 4400 }],
    ['a wrong path', '/jion/alpha', '', {}, { guest: '', code: 4404 }],
    ['an id that is none', '/join/al%70ha', '', {}, { guest: '', code: 4400 }],
    ['a foreign page', '/join/alpha', '', { headers: { origin: 'https://evil.example' } }, { code: 4403 }],
    ['another machine', '/join/alpha', '', { address: '192.0.2.7' }, { code: 4401, address: '192.0.2.7' }],
    ['no id, and no hello', '/', 'hello?', {}, { guest: '', code: 4400 }],
  ])('%s', async (_, path, says, about, wanted) => {
    await attempt(path, says, about)
    await stage.clock.advance(10_000)
    const told = await timeline(await hub())
    expect(told).toHaveLength(1)
    expect(told[0]).toMatchObject({ what: 'refused', guest: 'alpha', ...wanted })
    expect(told[0]?.reason).toBe(stage.pairs[0]?.acceptor.closing?.reason)
    expect(told[0]?.code).toBe(stage.pairs[0]?.acceptor.closing?.code)
  })

  test('an id that a live guest holds', async () => {
    const alpha = await stage.guest('alpha', 2)
    await attempt('/join/alpha', helloText())
    const { opid } = readFrame(alpha.waiting[0]!)
    alpha.send(frame(String(opid), '/event/report/info', {}))
    await stage.clock.settle()
    expect(await story(await hub())).toEqual(['alpha joined', 'alpha refused 4409'])
  })

  test('a token that is none, and one of another guest; consoles and who left by itself are no part of it', async () => {
    staged({ authenticate })
    const console = await hub('/guests?admin=yes')
    await attempt('/join/alpha')
    await attempt('/join/alpha', '', bearer('beta'))
    await attempt('/', helloText())
    await attempt('/guests/beta', 'hello?')
    await attempt('/guests/.beta')
    const leaving = await attempt('/join/alpha', '', bearer('alpha'))
    leaving.close(1000)
    await stage.clock.settle()
    expect(await story(console)).toEqual(['alpha refused 4401', 'alpha refused 4403', ' refused 4401'])
    expect((await timeline(console)).at(-1)?.reason).toBe('not authenticated: get a valid token and send it')
    expect(await story(console, { guests: 'alpha' })).toHaveLength(2)
    expect(await story(await hub('/guests?admin=yes&guests=be*'))).toEqual([])
  })

  test('a console that is no admin is told nothing of it', async () => {
    staged({ authenticate })
    await attempt('/join/alpha')
    await stage.guest('beta', 1, bearer('beta'))
    expect(await story(await hub())).toEqual(['beta joined'])
  })

  test('and one that sees some guests alone, of these alone', async () => {
    staged({ authenticate })
    for (const id of ['alpha', 'beta']) {
      const guest = await stage.guest(id, 1, bearer(id))
      guest.close(1000)
    }
    expect(await story(await hub('/guests?guests=be*'))).toEqual(['beta joined', 'beta left 1000'])
    expect(await story(await hub('/guests?guests=be*'), { guests: 'alpha' })).toEqual([])
    expect(await story(await hub(), { guests: 'alpha' })).toEqual(['alpha joined', 'alpha left 1000'])
  })

  test('again and again within a minute is one entry, which is the newest', async () => {
    const console = await hub()
    await attempt('/join/alpha', 'x')
    await stage.clock.advance(30_000)
    await attempt('/join/beta', 'x')
    await stage.clock.advance(29_999)
    await attempt('/join/alpha', 'x')
    expect(await timeline(console)).toMatchObject([
      { guest: 'alpha', ts: 1_700_000_059.999 },
      { guest: 'beta', ts: 1_700_000_030 },
    ])
    await stage.clock.advance(60_000)
    await attempt('/join/alpha', 'x')
    await attempt('/join/alpha', 'x', { address: '::1' })
    expect(await story(console)).toEqual([
      'beta refused 4400',
      'alpha refused 4400',
      'alpha refused 4400',
      'alpha refused 4400',
    ])
  })
})

describe('what is kept is bounded', () => {
  test('a flood of refused attempts pushes out older ones, and no guest', async () => {
    const console = await hub()
    await stage.guest('alpha')
    for (let i = 0; i < limits.timelineRefusals + 50; i++)
      await attempt(`/join/g${i}`, 'x', { address: `127.0.0.${1 + (i % 20)}` })
    const refused = await timeline(console, { limit: 1_000 })
    expect(refused.at(-1)?.guest).toBe('g50')
    const next = await timeline(console, { limit: 1_000, before: refused.at(-1)?.ts })
    expect(next.map(({ what }) => what)).toEqual(['joined'])
  })

  test('an address that is refused all the time pushes out what is its own', async () => {
    const console = await hub()
    await attempt('/join/alpha', 'x', { address: '127.0.0.2' })
    for (let i = 0; i < limits.timelineOfAddress + 1; i++) await attempt(`/join/g${i}`, 'x')
    const guests = (await timeline(console, { limit: 1_000 })).map(({ guest }) => guest)
    expect(guests).toHaveLength(limits.timelineOfAddress + 1)
    expect(guests.slice(-2)).toEqual(['g1', 'alpha'])
  })

  test('a guest that comes and goes all the time pushes out its own past alone', async () => {
    const console = await hub()
    await stage.guest('quiet')
    for (let i = 0; i < limits.timelineOfGuest; i++) {
      const peer = await stage.guest('flapping')
      peer.close(1000)
      await stage.clock.settle()
    }
    const all = await timeline(console, { limit: 1_000 })
    expect(all).toHaveLength(limits.timelineOfGuest + 1)
    expect(all.at(-1)).toMatchObject({ guest: 'quiet', what: 'joined' })
  })

  test('of very many guests the oldest goes first', async () => {
    const console = await hub()
    for (let i = 0; i < limits.timelineEntries / 2 + 1; i++) {
      const peer = await stage.guest(`g${i}`)
      peer.close(1000)
      await stage.clock.settle()
    }
    let count = 0
    let last: Entry | undefined
    for (;;) {
      const page = await timeline(console, { limit: 1_000, before: last?.ts })
      if (page.length === 0) break
      count += page.length
      last = page.at(-1)
    }
    expect(count).toBe(limits.timelineEntries)
    expect(last).toMatchObject({ guest: 'g1', what: 'joined' })
  })
})
