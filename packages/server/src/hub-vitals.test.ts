import { createGuest, type Guest, type GuestInfoHandlers } from '@guestool/guest'
import { guestool, newOpid, revision1, revision2, type GuestoolShape, type HubShape } from '@guestool/core'
import { contractJsonSchema } from '@guestool/core/json-schema'
import { frame, readFrame, type Peer } from '@guestool/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fixedInfos, hello, hostStage, type HostStage } from './stage.test.kit.js'
import type { HostOptions } from './host-options.js'

type Vitals = HubShape['info']['vitals']['result'][number]

let stage: HostStage<GuestoolShape>
let guests: Guest[]

beforeEach(() => staged())

afterEach(async () => {
  const closed = guests.map((guest) => guest.close())
  await stage.clock.advance(2_000)
  await Promise.all(closed)
  expect(stage.errors).toEqual([])
  expect(await stage.leftovers()).toEqual([])
})

function staged(options: HostOptions = {}): void {
  stage = hostStage({ history: true, ...options })
  guests = []
}

/** A guest that has joined, with a bot for each name. */
async function joined(
  id: string,
  bots: readonly string[] = ['10001'],
  info: Partial<GuestInfoHandlers<GuestoolShape>> = {},
): Promise<Guest> {
  const guest = createGuest(`ws://localhost/join/${id}`, {
    dial: stage.dial(`/join/${id}`),
    clock: stage.clock,
    action: 'unsupported',
    info: { ...fixedInfos, ...info },
  })
  for (const bot of bots) guest.bots.connected(bot)
  guests.push(guest)
  await stage.clock.settle()
  return guest
}

async function hub(path = '/guests'): Promise<Peer> {
  const peer = stage.peer(path)
  await hello(peer)
  return peer
}

async function ask(console: Peer, info: string, params: object = {}): Promise<unknown> {
  const opid = newOpid()
  const { opnm, opct } = revision1.request('info', info, params)
  console.send(frame(opid, opnm, opct))
  for (;;) {
    const reply = readFrame(await console.next(`the answer to ${info}`))
    if (reply.opid === opid) return reply.opct
  }
}

const vitals = async (console: Peer, params?: object) => (await ask(console, 'vitals', params)) as Vitals[]

/** What is told of the only guest there is. */
async function only(console: Peer): Promise<Vitals> {
  const [first, ...others] = await vitals(console)
  expect(others).toEqual([])
  return first!
}

/** What is told of the only guest after its next sample, whenever in the minute that is. */
async function nextSample(console: Peer): Promise<Vitals> {
  const { ts } = await only(console)
  for (let seconds = 0; seconds < 120; seconds++) {
    await stage.clock.advance(1_000)
    const told = await only(console)
    if (told.ts !== ts) return told
  }
  throw new Error('there was no sample for two minutes')
}

describe('a guest', () => {
  test('has nothing before its first sample, and everything after the second', async () => {
    await joined('alpha', ['10001', '10002'])
    const console = await hub()
    expect(await only(console)).toEqual({
      id: 'alpha',
      ts: null,
      cpu_percent: null,
      memory_percent: null,
      events_per_minute: null,
      api_calls_per_minute: null,
      bots: [],
    })
    const first = await nextSample(console)
    expect(first).toMatchObject({ cpu_percent: 12.5, memory_percent: 25, events_per_minute: null })
    expect(first.bots.map(({ id, state }) => [id, state])).toEqual([
      ['10001', 'online'],
      ['10002', 'online'],
    ])
    expect(await nextSample(console)).toMatchObject({ events_per_minute: 0, api_calls_per_minute: 0 })
  })

  test('is told of for the time that really passed between two samples', async () => {
    const alpha = await joined('alpha')
    const console = await hub()
    await nextSample(console)
    for (let round = 0; round < 5; round++) {
      const { ts } = await only(console)
      for (let i = 0; i < 30; i++) {
        alpha.bots.received('10001', 'e')
        alpha.bots.called('10001', 'send_msg')
        alpha.bots.called('10001', 'get_info')
      }
      const after = await nextSample(console)
      const minutes = (after.ts! - ts!) / 60
      expect(after.events_per_minute).toBeCloseTo(30 / minutes, 1)
      expect(after.api_calls_per_minute).toBeCloseTo(60 / minutes, 1)
    }
  })
})

describe('what a guest does not have', () => {
  test.each<[string, 1 | 2]>([
    ['revision 1', 1],
    ['revision 2', 2],
  ])('is null or empty, and is not asked again, in %s', async (_, revision) => {
    const asked = new Map<string, number>()
    const peer = await stage.guest('alpha', revision)
    const words = revision === 1 ? revision1 : revision2
    const goOn = async () => {
      for (;;) {
        const { opid, opnm, opct } = readFrame(await peer.next())
        const request = words.readRequest({ opid: String(opid), opnm: String(opnm), opct })
        if (request === undefined) continue
        asked.set(request.name, (asked.get(request.name) ?? 0) + 1)
        const refusal = { code: 'unsupported', error: 'not here' } as const
        const wire = revision === 1 ? words.rejection(refusal) : { opnm: '/event/report/info', opct: refusal }
        peer.send(frame(String(opid), wire.opnm, wire.opct))
      }
    }
    void goOn().catch(() => undefined)
    const console = await hub()
    await nextSample(console)
    await nextSample(console)
    expect(await nextSample(console)).toEqual({
      id: 'alpha',
      ts: expect.any(Number),
      cpu_percent: null,
      memory_percent: null,
      events_per_minute: null,
      api_calls_per_minute: null,
      bots: [],
    })
    asked.delete('time')
    expect([...asked]).toEqual(['memory', 'cpu', 'bots', 'recv_events', 'apicall'].map((name) => [name, 1]))
    peer.close(1000)
  })

  test('nor what it says wrong', async () => {
    await joined('alpha', ['10001'], {
      recv_events: () => ({ a: { b: 'many' } }) as never,
      apicall: () => ({ a: NaN }) as never,
    })
    const console = await hub()
    await nextSample(console)
    expect(await nextSample(console)).toMatchObject({
      cpu_percent: 12.5,
      events_per_minute: null,
      api_calls_per_minute: null,
      bots: [{ id: '10001', state: 'online' }],
    })
  })
})

const states = ({ bots }: Vitals) => bots.map(({ id, state }) => `${id} ${state}`)

test('bots are told of over the connections of their guest', async () => {
  const alpha = await joined('alpha', ['10001', '10002'])
  const console = await hub()
  await nextSample(console)
  const closed = alpha.close()
  await stage.clock.advance(2_000)
  await closed
  expect(await vitals(console)).toEqual([])
  await joined('alpha', ['10002'])
  expect(await only(console)).toMatchObject({ ts: null, bots: [] })
  expect(states(await nextSample(console))).toEqual(['10001 online', '10002 online'])
  expect(states(await nextSample(console))).toEqual(['10001 departed', '10002 online'])
})

test('while somebody watches its history, what its bots count is still asked once a minute, and told in between', async () => {
  let asked = 0
  await joined('alpha', [], {
    recv_events: () => {
      asked++
      return {}
    },
  })
  const console = await hub()
  await nextSample(console)
  await nextSample(console)
  asked = 0
  for (let i = 0; i < 60; i++) {
    await ask(console, 'history', { guest: 'alpha' })
    await stage.clock.advance(10_000)
    expect(await only(console)).toMatchObject({ events_per_minute: 0, api_calls_per_minute: 0 })
  }
  expect(asked).toBeGreaterThanOrEqual(9)
  expect(asked).toBeLessThanOrEqual(11)
})

describe('whom it tells of', () => {
  test('page by page, by their ids in order', async () => {
    for (const id of ['c', 'B', 'a', 'b']) await joined(id)
    const console = await hub()
    const ids = async (params: object) => (await vitals(console, params)).map(({ id }) => id)
    expect(await ids({})).toEqual(['B', 'a', 'b', 'c'])
    expect(await ids({ limit: 2 })).toEqual(['B', 'a'])
    expect(await ids({ limit: 2, after: 'a' })).toEqual(['b', 'c'])
    expect(await ids({ limit: 2, after: 'c' })).toEqual([])
    expect(await ids({ limit: -1 })).toEqual(['B'])
    expect(await ids({ guests: 'a,c*' })).toEqual(['a', 'c'])
    expect(await ask(console, 'vitals', { guests: 'no pattern!' })).toMatchObject({ code: 'invalid_params' })
  })

  test('those alone that a console may see', async () => {
    staged({
      authenticate: ({ role, id = '', query }) =>
        role === 'guest' ? { role, id } : { role, guests: query === 'all' ? '*' : 'be*' },
    })
    await joined('alpha')
    await joined('beta')
    expect(await vitals(await hub('/guests?all'))).toMatchObject([{ id: 'alpha' }, { id: 'beta' }])
    expect(await vitals(await hub('/guests?'))).toMatchObject([{ id: 'beta' }])
  })

  test('as many as fit in a frame', async () => {
    staged({ maxPayload: 32_768 })
    const ids = Array.from({ length: 20 }, (_, i) => `g${i}`).toSorted()
    // Three bytes for each character, and what JSON writes as six characters.
    const bots = Array.from(
      { length: 8 },
      (_, i) => (i % 2 === 0 ? '\u4e2d' : '\ud800').repeat(120) + String(i),
    )
    for (const id of ids) await joined(id, bots)
    await stage.clock.advance(20_000)
    const console = await hub()
    const all: Vitals[] = []
    for (;;) {
      const page = await vitals(console, { after: all.at(-1)?.id })
      if (page.length === 0) break
      expect(page.length).toBeLessThan(20)
      all.push(...page)
    }
    expect(all.map(({ id }) => id)).toEqual(ids)
    expect(all.every((each) => each.bots.length === 8)).toBe(true)
  })

  test('nobody, where no history is kept', async () => {
    staged({ history: false })
    await joined('alpha')
    expect(await ask(await hub(), 'vitals')).toMatchObject({ code: 'unsupported' })
  })
})

describe('the contract', () => {
  test("is the guests', not the hub's own, and made once", async () => {
    await joined('alpha')
    const console = await hub()
    const told = (await ask(console, 'contract')) as HubShape['info']['contract']['result']
    expect(told).toEqual(JSON.parse(JSON.stringify(contractJsonSchema(guestool))))
    expect(Object.keys(told.info)).not.toContain('vitals')
    expect(await ask(console, 'contract')).toEqual(told)
  })
})
