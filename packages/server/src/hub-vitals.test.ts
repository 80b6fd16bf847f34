import { createGuest, type Guest, type GuestInfoHandlers } from '@guestool/guest'
import { newOpid, revision1, type GuestoolShape, type HubShape } from '@guestool/core'
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
