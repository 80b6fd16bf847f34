import {
  guestool,
  hub as hubContract,
  limits,
  newCounts,
  newOpid,
  revision1,
  revision2,
  type OperationKind,
  type Revision,
} from '@guestool/core'
import { frame, MemoryPair, peerOn, readFrame, type Peer } from '@guestool/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import * as z from 'zod'
import type { Authenticate } from './authentication.js'
import { HostCore } from './host-core.js'
import { settingsOf, type HostOptions } from './host-options.js'
import { Hub } from './hub.js'
import { notSampled } from './past.js'
import type { Change, KnownGuest, Registry } from './registry.js'
import { answer, cpu, hello, HostStage, hostStage, time } from './stage.test.kit.js'
import type { Telling } from './telling.js'

let stage: ReturnType<typeof hostStage>

const day = 24 * 60 * 60_000

/** Consoles say by the path what they may; guests are whom they say they are. */
const authenticate: Authenticate = ({ role, id, query }) => {
  const said = new URLSearchParams(query)
  return role === 'guest'
    ? { role, id: id ?? 'nameless' }
    : { role, guests: said.get('guests') ?? '*', actions: said.get('actions') !== 'no' }
}

// Nothing that a host asks by itself, but whether guests live.
const quiet: HostOptions = { history: false }

function staged(options: HostOptions = {}): void {
  stage = hostStage({ ...quiet, ...options })
}

beforeEach(() => staged())

afterEach(async () => {
  expect(stage.errors).toEqual([])
  expect(await stage.leftovers()).toEqual([])
})

/** A console in the hands of the test, with words for what it says and hears. */
class Visitor {
  readonly peer: Peer
  readonly words: Revision
  readonly #stage: Pick<HostStage<never>, 'clock'>

  constructor(peer: Peer, revision: 1 | 2, on: Pick<HostStage<never>, 'clock'>) {
    this.peer = peer
    this.words = revision === 1 ? revision1 : revision2
    this.#stage = on
  }

  /** Sends a request, to a guest or to the hub itself; returns its `opid`. */
  send(guest: string | undefined, kind: OperationKind, name: string, params: object = {}): string {
    const opid = newOpid()
    const { opnm, opct } = this.words.request(kind, name, params)
    this.peer.send(frame(opid, `${prefix(guest)}${opnm}`, opct))
    return opid
  }

  /** Everything that came meanwhile. */
  async heard() {
    await this.#stage.clock.settle()
    return this.peer.waiting.splice(0).map((text) => readFrame(text))
  }

  /** Without what the hub tells of itself. */
  async answers() {
    return (await this.heard()).filter(({ opnm, opct }) => !/guest_/.test(JSON.stringify([opnm, opct])))
  }

  /** Asks, and resolves with the one answer: the content of a reply or of what refuses. */
  async ask(guest: string | undefined, kind: OperationKind, name: string, params?: object) {
    const opid = this.send(guest, kind, name, params)
    await this.#stage.clock.settle()
    const { waiting } = this.peer
    const answers = waiting.filter((text) => text.includes(opid))
    // What else came is left for `heard`.
    waiting.splice(0, waiting.length, ...waiting.filter((text) => !text.includes(opid)))
    expect(answers).toHaveLength(1)
    const { opnm, opct } = readFrame(answers[0]!)
    expect(String(opnm).startsWith(`${prefix(guest)}/`)).toBe(true)
    return opct as { code?: string; error?: string } & Record<string, unknown>
  }

  async info(name: string, params?: object): Promise<unknown> {
    return this.ask(undefined, 'info', name, params)
  }

  /** The guests that it is told of. */
  async guests(params?: object) {
    return (await this.info('guests', params)) as { id: string; state: string; state_ts: number }[]
  }

  async ids(params?: object): Promise<string[]> {
    return (await this.guests(params)).map(({ id }) => id)
  }

  subscribe(params: object) {
    return this.ask(undefined, 'action', 'subscribe', params)
  }

  /** The events that came, `alpha bot_online` or, the hub's own, `guest_left`, with their data. */
  async events() {
    return (await this.heard()).map(({ opnm, opct, opid }) => {
      const [, guest, rest] = /^(?:\/guests\/([^/]+))?(\/event.*)$/.exec(String(opnm)) ?? []
      const event = this.words.readEvent({ opid: String(opid), opnm: rest ?? '', opct })
      return { about: guest === undefined ? event?.name : `${guest} ${event?.name}`, data: event?.data }
    })
  }

  async heardOf() {
    return (await this.events()).map(({ about }) => about)
  }
}

function prefix(guest: string | undefined): string {
  return guest === undefined ? '' : `/guests/${guest}`
}

async function visitor(revision: 1 | 2 = 1, url = '/guests', on: HostStage<any> = stage): Promise<Visitor> {
  const peer = on.peer(url)
  await hello(peer, revision)
  await on.clock.settle()
  return new Visitor(peer, revision, on)
}

/** A guest's socket breaks. */
async function lose(guest: Peer): Promise<void> {
  guest.close(1001, 'off')
  await stage.clock.settle()
}

function emit(guest: Peer, name: string, data: object = {}): void {
  guest.send(frame(newOpid(), '/event', { event: name, ...data }))
}

describe.each([
  [1, 1],
  [1, 2],
  [2, 1],
  [2, 2],
] as const)('a console of revision %i and a guest of revision %i', (asks, answers) => {
  test('an info and an action', async () => {
    const guest = await stage.guest('alpha', answers)
    const console = await visitor(asks)
    const opid = console.send('alpha', 'info', 'cpu', { smptime: 0.5 })
    expect(await answer(guest, cpu)).toEqual(
      answers === 1
        ? { opnm: '/info', opct: { info: 'cpu', smptime: 0.5 } }
        : { opnm: '/info/cpu', opct: { smptime: 0.5 } },
    )
    const opnm = `/guests/alpha${console.words.reply('info')}`
    expect(await console.heard()).toEqual([{ opid, opnm, opct: cpu }])
    const listed = console.send('alpha', 'action', 'matcher/list')
    await answer(guest, ['a'])
    expect(await console.heard()).toEqual([
      { opid: listed, opnm: `/guests/alpha${console.words.reply('action')}`, opct: ['a'] },
    ])
  })

  test('a failure, whatever the guest says it with', async () => {
    const guest = await stage.guest('alpha', answers)
    const console = await visitor(asks)
    const words = answers === 1 ? revision1 : revision2
    for (const wire of [
      words.rejection({ code: 'unsupported', error: 'no Python' }),
      words.failure('info', 'unsupported', 'no Python'),
      {
        opnm: answers === 1 ? '/info' : '/event/report/info',
        opct: { error: 'no Python', code: 'unsupported' },
      },
    ]) {
      const opid = console.send('alpha', 'info', 'python_version')
      const asked = readFrame(await guest.next())
      guest.send(frame(String(asked.opid), wire.opnm, wire.opct))
      const told = console.words.failure('info', 'unsupported', 'no Python')
      expect(await console.heard()).toEqual([{ opid, opnm: `/guests/alpha${told.opnm}`, opct: told.opct }])
    }
  })

  test('an event', async () => {
    const guest = await stage.guest('alpha', answers)
    const console = await visitor(asks)
    expect(await console.subscribe({})).toBeNull()
    const { opnm, opct } = (answers === 1 ? revision1 : revision2).event('bot_online', { bot: '1' })
    guest.send(frame(newOpid(), opnm, opct))
    const told = console.words.event('bot_online', { bot: '1' })
    expect(await console.heard()).toMatchObject([{ opnm: `/guests/alpha${told.opnm}`, opct: told.opct }])
  })
})

describe('the info guests', () => {
  test('all of them by their ids, with how they do', async () => {
    staged({ authenticate })
    const beta = await stage.guest('beta', 2, { address: '192.0.2.7' })
    await stage.clock.advance(1_500)
    await stage.guest('alpha', 1, { address: undefined })
    const console = await visitor()
    const asked = console.send('beta', 'info', 'time')
    await stage.clock.advance(40)
    await answer(beta, time)
    expect(await console.heard()).toMatchObject([{ opid: asked }])
    const none = { sent: 1, received: 1, late: 0, malformed: 0, rejected: 0, shared: 0 }
    const told = await console.guests()
    expect(told).toEqual([
      {
        id: 'alpha',
        revision: 1,
        state: 'alive',
        state_ts: 1_700_000_001.5,
        connected_ts: 1_700_000_001.5,
        address: null,
        round_trip_ms: null,
        counts: none,
      },
      {
        id: 'beta',
        revision: 2,
        state: 'alive',
        state_ts: 1_700_000_000,
        connected_ts: 1_700_000_000,
        address: '192.0.2.7',
        round_trip_ms: 40,
        counts: { ...none, sent: 2, received: 2 },
      },
    ])
    expect(hubContract.info.get('guests')?.checkResult(told)).toEqual(told)
  })

  test('page by page, in the order of code units, whatever the order of joining', async () => {
    for (const id of ['b', 'a.b', '_', 'Z', 'a-b', 'a', '9', '-', 'a.a', '__proto__']) await stage.guest(id)
    const sorted = ['-', '9', 'Z', '_', '__proto__', 'a', 'a-b', 'a.a', 'a.b', 'b']
    const console = await visitor()
    expect(await console.ids()).toEqual(sorted)
    const paged: string[] = []
    for (;;) {
      const page = await console.ids({ limit: 3, after: paged.at(-1) ?? '' })
      if (page.length === 0) break
      expect(page.length).toBeLessThanOrEqual(3)
      paged.push(...page)
    }
    expect(paged).toEqual(sorted)
    // The last of the page before need not be there any more, nor ever have been.
    expect(await console.ids({ after: 'a.' })).toEqual(['a.a', 'a.b', 'b'])
    expect(await console.ids({ after: 'b' })).toEqual([])
  })

  test.each([
    [0, 1],
    [-5, 1],
    [0.5, 1],
    [1, 1],
    [2.9, 2],
    [1e308, 4],
    [1_000, 4],
  ])('a limit of %d is %i of four', async (limit, expected) => {
    for (const id of ['a', 'b', 'c', 'd']) await stage.guest(id)
    expect(await (await visitor()).ids({ limit })).toHaveLength(expected)
  })

  test.each([
    ['*', ['alpha', 'team-1', 'team-2', 'x']],
    ['alpha', ['alpha']],
    ['team-*', ['team-1', 'team-2']],
    ['x,team-2', ['team-2', 'x']],
    ['nobody', []],
  ])('only those of the pattern %s', async (guests, expected) => {
    for (const id of ['x', 'team-2', 'alpha', 'team-1']) await stage.guest(id)
    expect(await (await visitor()).ids({ guests })).toEqual(expected)
  })

  test.each([
    [{ guests: '' }, /guests: .*no pattern/],
    [{ guests: 'a b' }, /guests: .*no pattern/],
    [{ guests: '*,'.repeat(32) + '*' }, /guests: .*33 "\*"/],
    [{ guests: ['a'] }, /guests: expected string/],
    [{ limit: '5' }, /limit: expected number/],
    [{ limit: null }, /limit/],
    [{ after: 1 }, /after/],
    [{ more: 1 }, /unknown key "more"/],
  ])('%j is refused', async (params, error) => {
    const console = await visitor(2)
    expect(await console.info('guests', params)).toEqual({
      code: 'invalid_params',
      error: expect.stringMatching(error),
    })
  })

  test('the largest page fits in a frame', async () => {
    staged({ authenticate })
    for (let i = 0; i < 1_001; i++)
      await stage.guest(`${'x'.repeat(60)}${1_000 + i}`, 1, {
        // Each its own network, or they would be too many of one address.
        address: `2001:${(0x1000 + i).toString(16)}:ffff:ffff:ffff:ffff:255.255.255.255`,
      })
    const console = await visitor()
    const page = await console.guests({ limit: 5_000 })
    expect(page).toHaveLength(1_000)
    // With every number as long as it can be.
    const spare = 7 * '9007199254740991'.length + 2 * '0.123'.length
    expect(console.peer.received.at(-1)!.length + 1_000 * spare).toBeLessThan(1024 * 1024)
  })

  test('alive, unresponsive and alive again, and since when', async () => {
    const guest = await stage.guest('alpha')
    const console = await visitor()
    const state = async () => (await console.guests()).map((each) => [each.state, each.state_ts])
    expect(await state()).toEqual([['alive', 1_700_000_000]])
    await stage.clock.advance(60_000)
    const [[now, since]] = (await state()) as [[string, number]]
    expect(now).toBe('unresponsive')
    await stage.clock.advance(1_000)
    expect(await state()).toEqual([['unresponsive', since]])
    emit(guest, 'x')
    expect(await state()).toEqual([['alive', 1_700_000_061]])
  })
})

describe('guests that are gone', () => {
  test('are told of for a day, as they were', async () => {
    const guest = await stage.guest('alpha', 2)
    const console = await visitor()
    await stage.clock.advance(2_000)
    guest.send('bad')
    await lose(guest)
    const [before] = await console.guests()
    expect(before).toMatchObject({
      id: 'alpha',
      revision: 2,
      state: 'gone',
      state_ts: 1_700_000_002,
      connected_ts: 1_700_000_000,
      address: '127.0.0.1',
      counts: { malformed: 1 },
    })
    expect(await console.ask('alpha', 'info', 'time')).toMatchObject({ code: 'gone' })
    await stage.clock.advance(day - 1)
    expect(await console.guests()).toEqual([before])
    expect(await console.info('hub')).toMatchObject({ guests: { gone: 1 }, counts: { malformed: 1 } })
    await stage.clock.advance(1)
    expect(await console.guests()).toEqual([])
    expect(await console.info('hub')).toMatchObject({ guests: { gone: 0 }, counts: { malformed: 0 } })
  })

  test('and that come back are there once', async () => {
    const console = await visitor()
    for (let i = 0; i < 3; i++) await lose(await stage.guest('alpha'))
    await stage.guest('alpha')
    expect(await console.guests()).toMatchObject([{ id: 'alpha', state: 'alive' }])
    expect(await console.info('hub')).toMatchObject({ guests: { alive: 1, unresponsive: 0, gone: 0 } })
  })

  test('are a thousand at most: those that left last', async () => {
    const console = await visitor()
    const ids = Array.from({ length: 1_002 }, (_, i) => `g${1_000 + i}`)
    for (const id of ids) await lose(await stage.guest(id))
    // It leaves once more, and is the last then.
    await lose(await stage.guest('g1002'))
    await lose(await stage.guest('last'))
    const told = await console.ids()
    expect(told).toHaveLength(1_000)
    expect([told[0], told[1], told.at(-1)]).toEqual(['g1002', 'g1004', 'last'])
  })

  test('but not those that the host gave an id for a connection', async () => {
    const peer = stage.peer('/')
    await hello(peer)
    const console = await visitor()
    expect(await console.guests()).toHaveLength(1)
    await lose(peer)
    expect(await console.guests()).toEqual([])
    expect(await console.heardOf()).toEqual(['guest_left'])
  })

  test('a guest whose id its credentials gave is remembered', async () => {
    staged({ authenticate })
    const peer = stage.peer('/')
    await hello(peer)
    await lose(peer)
    expect(await (await visitor()).guests()).toMatchObject([{ id: 'nameless', state: 'gone' }])
  })
})

test('the info hub: what it is, and the sums', async () => {
  const alpha = await stage.guest('alpha')
  await stage.guest('beta')
  const gamma = await stage.guest('gamma')
  const console = await visitor(2)
  await visitor(1, '/guests/alpha')
  alpha.send('bad')
  gamma.send('bad')
  await lose(gamma)
  await stage.clock.advance(2_500)
  const told = (await console.info('hub')) as Record<string, unknown>
  expect(told).toEqual({
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    uptime: 2.5,
    guests: { alive: 2, unresponsive: 0, gone: 1 },
    consoles: 2,
    access: { guests: '*', actions: true, admin: true },
    counts: { sent: 3, received: 5, late: 0, malformed: 2, rejected: 0, shared: 0 },
  })
  expect(hubContract.info.get('hub')?.checkResult(told)).toEqual(told)
})

test('a host that keeps no history says so, of whomever', async () => {
  await stage.guest('alpha')
  const console = await visitor()
  for (const guest of ['alpha', 'beta'])
    expect(await console.info('history', { guest })).toMatchObject({ code: 'unsupported' })
  expect(await console.info('history', {})).toMatchObject({ code: 'invalid_params' })
})

test('what a hub itself does not have', async () => {
  await stage.guest('alpha')
  const console = await visitor()
  for (const [kind, name] of [
    ['info', 'cpu'],
    ['info', 'subscribe'],
    ['info', '__proto__'],
    ['action', 'guests'],
    ['action', 'matcher/list'],
  ] as const)
    expect(await console.ask(undefined, kind, name)).toMatchObject({ code: 'unknown_operation' })
})

describe('events of guests', () => {
  test('come only to those who asked, and only those that they asked for', async () => {
    const [alpha, beta] = [await stage.guest('alpha'), await stage.guest('beta')]
    const [silent, all, some, none, gone] = await Promise.all([1, 2, 1, 2, 1].map((r) => visitor(r as 1 | 2)))
    await all!.subscribe({})
    await some!.subscribe({ guests: 'alpha,x*', names: ['up', 'down'] })
    await none!.subscribe({ names: [] })
    await gone!.subscribe({ guests: 'nobody' })
    for (const guest of [alpha, beta]) for (const name of ['up', 'tick', 'down']) emit(guest, name, { n: 1 })
    expect(await silent!.heardOf()).toEqual([])
    expect(await some!.events()).toEqual([
      { about: 'alpha up', data: { n: 1 } },
      { about: 'alpha down', data: { n: 1 } },
    ])
    const both = ['alpha', 'beta'].flatMap((id) => ['up', 'tick', 'down'].map((name) => `${id} ${name}`))
    expect(new Set(await all!.heardOf())).toEqual(new Set(both))
    expect(await none!.heardOf()).toEqual([])
    expect(await gone!.heardOf()).toEqual([])
  })

  test('the last subscription counts, also for guests that come later', async () => {
    const console = await visitor()
    await console.subscribe({ guests: 'alpha' })
    await console.subscribe({ guests: 'beta', names: ['up'] })
    const [alpha, beta] = [await stage.guest('alpha'), await stage.guest('beta')]
    await console.heard()
    emit(alpha, 'up')
    emit(beta, 'up')
    emit(beta, 'down')
    expect(await console.heardOf()).toEqual(['beta up'])
    // One that is refused changes nothing.
    expect(await console.subscribe({ guests: 'a b' })).toMatchObject({ code: 'invalid_params' })
    expect(await console.subscribe({ guests: '*', names: [1] })).toMatchObject({ code: 'invalid_params' })
    const names = Array.from({ length: 257 }, (_, i) => (i === 0 ? 'up' : `name-${i}`))
    expect(await console.subscribe({ names })).toMatchObject({ code: 'invalid_params' })
    emit(alpha, 'up')
    emit(beta, 'up')
    expect(await console.heardOf()).toEqual(['beta up'])
    await console.subscribe({ names: [] })
    emit(beta, 'up')
    expect(await console.heardOf()).toEqual([])
    expect(await console.subscribe({ names: names.slice(0, 256) })).toBeNull()
    emit(alpha, 'up')
    expect(await console.heardOf()).toEqual(['alpha up'])
  })

  test('come to a console of one guest without asking, and not to those of others', async () => {
    const guest = await stage.guest('alpha')
    const [own, other] = [await visitor(1, '/guests/alpha'), await visitor(1, '/guests/beta')]
    emit(guest, 'up')
    expect(await own.heardOf()).toEqual(['up'])
    expect(await other.heardOf()).toEqual([])
    // It asks in the plain protocol; addresses are a hub's.
    own.send('alpha', 'info', 'time')
    own.send(undefined, 'info', 'guests', { guests: 'x y' })
    expect(await own.heard()).toMatchObject([{ opnm: '/event', opct: { code: 'unknown_operation' } }])
    expect(await answer(guest, [])).toMatchObject({ opct: { info: 'guests', guests: 'x y' } })
  })

  test('are not what the hub itself tells, even if they are called so', async () => {
    const guest = await stage.guest('alpha')
    const console = await visitor()
    await console.subscribe({ names: ['guest_left'] })
    emit(guest, 'guest_left', { id: 'beta' })
    expect(await console.heardOf()).toEqual(['alpha guest_left'])
  })
})

describe('what the hub itself tells', () => {
  test('a guest joins, is unresponsive, alive again, and gone: to consoles of the hub, without asking', async () => {
    const console = await visitor(2)
    const elsewhere = await visitor(1, '/guests/alpha')
    const guest = await stage.guest('alpha', 2, { address: '127.0.0.9' })
    await stage.clock.advance(60_000)
    guest.send(frame(newOpid(), '/event/x', {}))
    await stage.clock.advance(1_000)
    guest.close(1001, 'off')
    const told = await console.events()
    expect(told.map(({ about }) => about)).toEqual([
      'guest_joined',
      'guest_state',
      'guest_state',
      'guest_left',
    ])
    const [joined, stuck, alive, left] = told.map(({ data }) => data)
    expect(joined).toMatchObject({ id: 'alpha', revision: 2, state: 'alive', address: '127.0.0.9' })
    expect(stuck).toEqual({ id: 'alpha', state: 'unresponsive', state_ts: expect.any(Number) })
    expect(alive).toEqual({ id: 'alpha', state: 'alive', state_ts: 1_700_000_060 })
    expect(left).toEqual({ id: 'alpha', state_ts: 1_700_000_061, reason: 'off (1001)' })
    for (const { about, data } of told)
      expect(z.safeParse(hubContract.event.get(about!) as z.ZodType, data).success).toBe(true)
    expect(await elsewhere.heardOf()).toEqual(['x'])
  })

  test('of a guest that was displaced: that it left, then that it joined', async () => {
    await stage.guest('alpha')
    const console = await visitor()
    const newcomer = hello(stage.peer('/join/alpha'), 2)
    await stage.clock.advance(2_000)
    await newcomer
    const told = await console.events()
    expect(told).toMatchObject([
      {
        about: 'guest_left',
        data: { id: 'alpha', reason: expect.stringMatching(/claimed its id \(1006\)$/) },
      },
      { about: 'guest_joined', data: { id: 'alpha', revision: 2 } },
    ])
    expect(await console.guests()).toMatchObject([{ id: 'alpha', state: 'alive', revision: 2 }])
  })

  test('of a guest that never came in: nothing', async () => {
    const holder = await stage.guest('alpha')
    const console = await visitor()
    const newcomer = stage.peer('/join/alpha')
    await newcomer.ready
    newcomer.send(frame(newOpid(), '/hello', {}))
    await answer(holder, time)
    expect(await newcomer.ended).toMatchObject({ code: 4409 })
    expect(await console.heardOf()).toEqual([])
  })

  test('of a guest that says nothing when it goes: with which code it closed', async () => {
    const guest = await stage.guest('alpha')
    const console = await visitor()
    guest.close(1000)
    expect(await console.events()).toMatchObject([{ data: { reason: 'it closed (1000)' } }])
    await stage.guest('alpha')
    stage.pair.acceptor.lose('')
    expect(await console.events()).toMatchObject([{}, { data: { reason: 'the connection was lost (1006)' } }])
    await stage.guest('alpha')
    void stage.host.guest('alpha')!.close()
    await stage.clock.advance(2_000)
    expect(await console.events()).toMatchObject([{}, { data: { reason: 'closed by the host (1000)' } }])
  })

  test('nothing when the host closes: that is what 1001 says', async () => {
    await stage.guest('alpha')
    const console = await visitor()
    await stage.guest('beta')
    await console.heard()
    await stage.leftovers()
    expect(await console.peer.ended).toMatchObject({ code: 1001 })
    expect(await console.heardOf()).toEqual([])
    staged()
  })
})

/**
 * All that a console that sees `a*` hears in its life: everything that it can ask is asked, in every state of a
 * guest that it may not see; or the same without that guest.
 */
async function life(revision: 1 | 2, actions: string, url: string, hidden: boolean): Promise<string[]> {
  const world = hostStage({ ...quiet, authenticate })
  const alpha = await world.guest('alpha')
  const query = `?guests=a*&actions=${actions}`
  const console = await visitor(revision, url + query, world)
  const questions = async (): Promise<void> => {
    for (const id of url === '/guests' ? ['beta', 'alpha'] : [undefined]) {
      console.send(id, 'info', 'bots')
      console.send(id, 'info', 'cpu', { smptime: 'x' })
      console.send(id, 'info', 'mystery')
      console.send(id, 'action', 'matcher/list')
      console.send(id, 'action', 'mystery', { x: 1 })
    }
    if (url === '/guests') {
      for (const guests of ['*', 'beta', 'b*', 'alpha,beta'])
        console.send(undefined, 'info', 'guests', { guests })
      console.send(undefined, 'info', 'guests', { after: 'b', limit: 1 })
      console.send(undefined, 'info', 'hub')
      console.send(undefined, 'info', 'history', { guest: 'beta' })
      console.send(undefined, 'action', 'subscribe', { guests: '*' })
      console.send(undefined, 'action', 'subscribe', { guests: 'beta,alpha' })
    }
    await world.clock.settle()
    emit(alpha, 'tick')
    await world.clock.settle()
  }
  await questions()
  const beta = hidden ? await world.guest('beta') : undefined
  await questions()
  if (beta !== undefined) {
    emit(beta, 'tick')
    beta.send('bad')
  }
  await questions()
  await world.clock.advance(30_000)
  emit(alpha, 'tick')
  await world.clock.advance(30_000)
  emit(alpha, 'tick')
  await questions()
  // Back to life, displaced, and gone.
  if (beta !== undefined) emit(beta, 'tick')
  const successor = hidden ? world.peer('/join/beta') : undefined
  const joined = successor && hello(successor, 2)
  await world.clock.advance(2_000)
  await joined
  await questions()
  successor?.close(1001)
  await questions()
  emit(alpha, 'tick')
  await world.clock.settle()
  expect(world.log.includes('state beta unresponsive')).toBe(hidden)
  expect(world.log.filter((line) => line === 'left beta')).toHaveLength(hidden ? 2 : 0)
  expect(world.errors).toEqual([])
  const received = [...console.peer.received]
  expect(await world.leftovers()).toEqual([])
  return received.map((text, i) => text.replace(/"opid":"[^"]*"/, `"opid":${i}`))
}

describe('a guest that a console may not see is to it as if it were not there', () => {
  describe.each([1, 2] as const)('revision %i', (revision) => {
    test.each(['yes', 'no'])('over the hub, actions: %s', async (actions) => {
      const frames = await life(revision, actions, '/guests', true)
      expect(frames.length).toBeGreaterThanOrEqual(100)
      expect(frames).toEqual(await life(revision, actions, '/guests', false))
      expect(frames.some((text) => text.includes('"code":"forbidden"'))).toBe(actions === 'no')
    })

    test.each(['yes', 'no'])('by its own URL, actions: %s', async (actions) => {
      const frames = await life(revision, actions, '/guests/beta', true)
      expect(frames).toEqual(await life(revision, actions, '/guests/beta', false))
      expect(frames.length).toBeGreaterThan(20)
    })
  })
})

async function pastOf(console: Visitor, guest: string): Promise<string> {
  return JSON.stringify(await console.info('history', { guest })).replaceAll(guest, '…')
}

test('the history of a guest that a console may not see is that of nobody, also when it is gone', async () => {
  staged({ authenticate, history: true })
  await stage.python('beta')
  const [all, some] = [await visitor(1), await visitor(1, '/guests?guests=a*')]
  await stage.clock.advance(3 * 60_000)
  expect(await pastOf(all, 'beta')).toMatch(/"cpu_percent":\[[\d.]+,/)
  expect(await pastOf(some, 'beta')).toBe(await pastOf(some, 'nobody'))
  const closed = stage.host.guest('beta')!.close()
  await stage.clock.advance(2_000)
  await closed
  expect(await pastOf(all, 'beta')).toMatch(/"cpu_percent":\[[\d.]+,/)
  expect(await pastOf(some, 'beta')).toBe(await pastOf(some, 'nobody'))
  expect(await pastOf(some, 'nobody')).toContain('"code":"gone"')
})

test('a console that may only read: its actions are forbidden, and subscribing is none of them', async () => {
  staged({ authenticate })
  const guest = await stage.guest('alpha')
  const console = await visitor(1, '/guests?actions=no')
  for (const [id, name] of [
    ['alpha', 'matcher/list'],
    ['alpha', 'own'],
    ['beta', 'matcher/list'],
  ])
    expect(await console.ask(id, 'action', name!)).toMatchObject({ code: 'forbidden' })
  expect(guest.waiting).toEqual([])
  expect(await console.subscribe({})).toBeNull()
  emit(guest, 'up')
  expect(await console.heardOf()).toEqual(['alpha up'])
  console.send('alpha', 'info', 'time')
  await answer(guest, time)
  expect(await console.heard()).toMatchObject([{ opct: time }])
  expect(await console.guests()).toHaveLength(1)
})

describe('what the host’s contract does not know', () => {
  test('goes to the guest as it is, and its answer comes back so', async () => {
    const guest = await stage.guest('alpha', 2)
    const console = await visitor(1)
    const opid = console.send('alpha', 'info', 'mine/of.it', { a: { b: [1, null] } })
    expect(await answer(guest, { error: 'no' })).toEqual({
      opnm: '/info/mine/of.it',
      opct: { a: { b: [1, null] } },
    })
    expect(await console.heard()).toEqual([{ opid, opnm: '/guests/alpha/info', opct: { error: 'no' } }])
  })

  test('is refused by a host that is told so', async () => {
    staged({ unknownOperations: 'refuse' })
    const guest = await stage.guest('alpha', 2)
    const console = await visitor(2)
    for (const kind of ['info', 'action'] as const)
      expect(await console.ask('alpha', kind, 'mine')).toMatchObject({ code: 'unknown_operation' })
    expect(await console.ask('beta', 'info', 'mine')).toMatchObject({ code: 'gone' })
    expect(guest.waiting).toEqual([])
    console.send('alpha', 'info', 'time')
    await answer(guest, time)
    expect(await console.heard()).toMatchObject([{ opct: time }])
  })

  test('a contract of one’s own is checked where the host knows it', async () => {
    const own = guestool.extend({
      info: { dice: { params: z.object({ sides: z.number() }), result: z.number() } },
    })
    const world = new HostStage(own, quiet)
    const guest = await world.guest('alpha', 1)
    const console = await visitor(2, '/guests', world)
    expect(await console.ask('alpha', 'info', 'dice', { sides: 'x' })).toMatchObject({
      code: 'invalid_params',
    })
    const opid = console.send('alpha', 'info', 'dice', { sides: 6 })
    expect(await answer(guest, 4)).toEqual({ opnm: '/info', opct: { info: 'dice', sides: 6 } })
    expect(await console.heard()).toEqual([{ opid, opnm: '/guests/alpha/event/report/info', opct: 4 }])
    expect(await world.leftovers()).toEqual([])
  })
})

test('the text that a console sent never reaches a guest: what it means is written anew, under a fresh opid', async () => {
  const guest = await stage.guest('alpha', 1)
  const console = await visitor(1)
  const opid = newOpid()
  const odd = [
    String.raw` {"extra":1,"opct" : {"\u0069nfo":"mine", "a": 1e2,"a":2.0,"b":"\u0041\ud83d"},"opid":"${opid}",`,
    String.raw`"opnm":"/x", "opnm":"\/guests\/\u0061lpha/info"}`,
  ].join('\n')
  console.peer.send(odd)
  const text = await guest.next()
  const { opid: fresh } = readFrame(text)
  expect(fresh).not.toBe(opid)
  const content = String.raw`{"info":"mine","a":2,"b":"A\ud83d"}`
  expect(text).toBe(`{"opid":"${String(fresh)}","opnm":"/info","opct":${content}}`)
  guest.send(String.raw`{ "opct":{"r" : 1.0},"opid":"${String(fresh)}","x":1,"opnm":"/info"}`)
  const answered = await console.peer.next()
  expect(answered).toBe(`{"opid":"${opid}","opnm":"/guests/alpha/info","opct":{"r":1}}`)
})

test('each forwarded request has an opid of its own, even if two consoles ask with the same one', async () => {
  const guest = await stage.guest('alpha')
  const consoles = [await visitor(1), await visitor(2), await visitor(1, '/guests/alpha')]
  const opid = newOpid()
  for (const [i, { peer, words }] of consoles.entries()) {
    const { opnm, opct } = words.request('info', 'own', { i })
    peer.send(frame(opid, i === 2 ? opnm : `/guests/alpha${opnm}`, opct))
    await stage.clock.settle()
  }
  const asked = guest.waiting.map((text) => readFrame(text))
  expect(new Set([opid, ...asked.map((each) => each.opid)]).size).toBe(4)
  for (const { opid: to, opct } of asked.toReversed()) guest.send(frame(String(to), '/info', opct))
  for (const [i, console] of consoles.entries())
    expect(await console.heard()).toMatchObject([{ opid, opct: { info: 'own', i } }])
})

test('time spent in a queue counts: a request that is sent 40 s in ends at 60 s, and nothing is sent of it', async () => {
  const guest = await stage.guest('alpha', 2)
  const console = await visitor(2)
  console.send('alpha', 'info', 'cpu', { smptime: 35 })
  await stage.clock.advance(1)
  console.send('alpha', 'info', 'cpu', { smptime: 1 })
  await stage.clock.advance(39_999)
  // The first never answers, and frees the slot at 35 s + 5 s. Whether the guest lives is asked meanwhile.
  await stage.clock.advance(10)
  const asked = guest.waiting.splice(0).map((text) => readFrame(text))
  const [first, second] = asked.filter(({ opnm }) => opnm === '/info/cpu')
  expect([first?.opct, second?.opct]).toEqual([{ smptime: 35 }, { smptime: 1 }])
  await stage.clock.advance(19_995)
  // A millisecond too late for the console, and 40 s too early for the guest.
  guest.send(frame(String(second?.opid), '/event/report/info', cpu))
  expect(await console.answers()).toEqual([])
  const { late, unknown, duplicate, rejected } = stage.host.guest('alpha')!.counts
  expect([late, unknown, duplicate, rejected]).toEqual([0, 0, 0, 0])
  expect(guest.waiting.filter((text) => text.includes('reject'))).toEqual([])
})

test('a console that leaves is forgotten: late replies are dropped, and nothing is kept for it', async () => {
  const guest = await stage.guest('alpha', 2)
  const timers = stage.clock.timers
  const console = await visitor(1)
  await console.subscribe({})
  const other = await visitor(2)
  for (let i = 0; i < 5; i++) console.send('alpha', 'info', 'own', { i })
  await stage.clock.settle()
  const asked = guest.waiting.splice(0).map((text) => readFrame(text))
  expect(asked).toHaveLength(5)
  console.peer.close(1000)
  await other.heard()
  expect(await other.info('hub')).toMatchObject({ consoles: 1 })
  for (const { opid } of asked) guest.send(frame(String(opid), '/event/report/info', 1))
  guest.send(frame(newOpid(), '/event/up', {}))
  expect(await other.heard()).toEqual([])
  expect(stage.host.guest('alpha')!.counts).toMatchObject({ abandoned: 5, late: 0, unknown: 0 })
  expect(guest.waiting).toEqual([])
  other.peer.close(1000)
  await stage.clock.settle()
  expect(stage.clock.timers).toBeLessThanOrEqual(timers + 2)
  expect(stage.host.counts.consoles).toBe(0)
})

test('a guest that comes back in between: what was asked of the one before is gone, and stays so', async () => {
  const before = await stage.guest('alpha', 1)
  const console = await visitor(1)
  const opid = console.send('alpha', 'info', 'bots')
  const { opid: asked } = readFrame(await before.next())
  await lose(before)
  const after = await stage.guest('alpha', 2)
  const frames = await console.heard()
  expect(frames).toMatchObject([
    { opnm: '/event', opct: { event: 'guest_left' } },
    { opid, opnm: '/guests/alpha/event', opct: { event: 'reject', code: 'gone' } },
    { opnm: '/event', opct: { event: 'guest_joined' } },
  ])
  // Whoever it is, it was not asked.
  after.send(frame(String(asked), '/event/report/info', ['wrong']))
  expect(await console.heard()).toEqual([])
  expect(readFrame(await after.next())).toMatchObject({ opid: asked, opct: { code: 'unknown_opid' } })
  const again = console.send('alpha', 'info', 'bots')
  await answer(after, ['1'])
  expect(await console.heard()).toMatchObject([{ opid: again, opct: ['1'] }])
})

test('a console of the hub may have 16384 requests on their way, one of a guest as many as the host allows', async () => {
  staged({ maxPending: 2 })
  await stage.guest('alpha')
  const console = await visitor(2)
  for (let i = 0; i < 16_385; i++) console.send('alpha', 'info', 'own')
  // They are read as fast as a host reads one peer.
  await stage.clock.advance(10_000)
  expect(await console.heard()).toMatchObject([
    { opnm: '/guests/alpha/event/report/info', opct: { code: 'busy' } },
  ])
  const fixed = await visitor(2, '/guests/alpha')
  for (let i = 0; i < 3; i++) fixed.send(undefined, 'info', 'own')
  expect(await fixed.heard()).toMatchObject([{ opct: { code: 'busy' } }])
})

test('what a hub looks through counts as messages: whoever asks for much is read more slowly', async () => {
  staged({ authenticate })
  for (let i = 0; i < 640; i++) await stage.guest(`g${i}`, 1, { address: `192.0.${i >> 7}.${i & 127}` })
  const console = await visitor(2)
  // Each is six messages: a burst of 4096, then 2000 a second.
  for (let i = 0; i < 1_000; i++) console.send(undefined, 'info', 'guests', { guests: 'g1' })
  const now = (await console.answers()).length
  await stage.clock.advance(2_000)
  expect(now).toBeGreaterThan(600)
  expect(now).toBeLessThan(800)
  expect((await console.answers()).length + now).toBe(1_000)
})

test('requests nested too deep to be written are the console’s failure, and nobody else’s', async () => {
  const guest = await stage.guest('alpha')
  const console = await visitor(2)
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
  console.peer.send(`{"opid":"${newOpid()}","opnm":"/guests/alpha/info/own","opct":{"x":${deep}}}`)
  const frames = await console.heard()
  expect(frames).toMatchObject([{ opnm: '/guests/alpha/event/report/info', opct: { code: 'failed' } }])
  console.send('alpha', 'info', 'own')
  expect(await answer(guest, 1)).toMatchObject({ opct: { info: 'own' } })
})

/** A console that notes what it is told. */
function noting(id?: string) {
  const told: string[] = []
  const access = { sees: () => true, guests: '*', actions: true, admin: false }
  return { id, access, told, tell: ({ event: { name } }: Telling) => void told.push(name), charge() {} }
}

/** A hub on a registry in the hands of the test: with one guest, of which is told what the test says. */
function handMade() {
  const stateAt = stage.clock.wall()
  const about = {
    id: 'alpha',
    revision: 1,
    stateAt,
    connectedAt: 0,
    shared: 0,
    roundTrip: undefined,
  } as const
  const guest: KnownGuest = { ...about, state: 'alive', address: undefined, counts: newCounts() }
  const listeners: ((change: Change) => void)[] = []
  const registry: Registry = {
    claim: () => Promise.reject(new Error('not asked')),
    find: ((id?: string) =>
      id === undefined ? [guest] : id === guest.id ? guest : undefined) as Registry['find'],
    forward: () => Promise.reject(new Error('not asked')),
    expel: () => Promise.resolve(false),
    watch: (listener) => {
      listeners.push(listener)
      return () => undefined
    },
  }
  const rules = { contract: guestool, forwardsUnknown: true }
  const forgotten: string[] = []
  const histories = {
    get: () => undefined,
    vitals: () => ({ ...notSampled, bots: [] }),
    forget: (id: string) => void forgotten.push(id),
  }
  const { maxPayload } = limits
  const timeline = { newestFirst: () => [][Symbol.iterator]() as never }
  const hub = new Hub({
    registry,
    ...rules,
    clock: stage.clock,
    histories,
    timeline,
    maxPayload,
    consoles: () => 1,
    report: () => {},
    authenticates: false,
    authenticator: undefined,
    addresses: () => [],
  })
  const tell = (change: Change): void => {
    for (const listener of listeners) listener(change)
  }
  return { hub, guest, forgotten, tell }
}

test('a registry may tell late that a guest left: its successor is in, and nobody is gone', () => {
  const { hub, guest, tell } = handMade()
  const ask = hub.enter(noting())
  tell({ type: 'left', guest: { ...guest, state: 'gone' }, reason: '', code: 1000, returns: true })
  const { signal } = new AbortController()
  const context = {
    signal,
    deadline: 0,
    opid: '',
    aborted: false,
    reason: undefined,
    addEventListener() {},
    removeEventListener() {},
  }
  expect(ask({ kind: 'info', name: 'guests', params: {} }, context)).toMatchObject([{ state: 'alive' }])
})

test('nothing is kept of a guest that is not told of any more', () => {
  const { guest, forgotten, tell } = handMade()
  const leave = (id: string, returns: boolean) =>
    tell({ type: 'left', guest: { ...guest, id, state: 'gone' }, reason: '', code: 1000, returns })
  leave('made-up', false)
  expect(forgotten).toEqual(['made-up'])
  for (let i = 0; i <= limits.rememberedGuests; i++) leave(`g${i}`, true)
  expect(forgotten).toEqual(['made-up', 'g0'])
  leave('alpha', true)
  expect(forgotten).toEqual(['made-up', 'g0'])
})

test('a hub keeps no console that left, whichever it was', () => {
  const { hub, guest, tell } = handMade()
  const consoles = [noting(), noting(), noting('alpha'), noting('alpha')]
  for (const each of consoles) hub.enter(each)
  const event: Change = { type: 'event', guest, event: { name: 'up', data: {} } }
  tell({ type: 'joined', guest })
  tell(event)
  hub.leave(consoles[0]!)
  hub.leave(consoles[2]!)
  tell({ type: 'joined', guest })
  tell(event)
  hub.leave(consoles[3]!)
  tell(event)
  expect(consoles.map(({ told }) => told)).toEqual([
    ['guest_joined'],
    ['guest_joined', 'guest_joined'],
    ['up'],
    ['up', 'up'],
  ])
})

test('a console leaves the hub however its connection ends, and one that never said hello was never in', async () => {
  const core = new HostCore(guestool, settingsOf({ ...quiet, clock: stage.clock }))
  const left: unknown[] = []
  const leave = core.hub.leave.bind(core.hub)
  core.hub.leave = (console) => {
    left.push(console.id)
    leave(console)
  }
  const visit = async (url: string, says: boolean) => {
    const pair = new MemoryPair({ anyCode: true })
    const peer = peerOn(pair.dialler)
    core.accept(
      (listener) => {
        pair.acceptor.attach(listener)
        return pair.acceptor
      },
      { url, headers: { host: 'localhost' }, address: undefined },
    )
    if (says) await hello(peer)
    return { pair, peer }
  }
  ;(await visit('/guests', true)).peer.close(1000)
  await stage.clock.settle()
  ;(await visit('/guests/alpha', true)).pair.kill()
  await stage.clock.settle()
  ;(await visit('/guests', false)).pair.kill()
  await stage.clock.settle()
  await visit('/guests/beta', true)
  await core.close()
  expect(left).toEqual([undefined, 'alpha', 'beta'])
})
