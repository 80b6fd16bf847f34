import { createGuest, type Guest } from '@guestool/guest'
import { frame, readFrame, type Peer } from '@guestool/testing'
import { limits, newOpid, type GuestoolShape } from '@guestool/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fixedInfos, hello, hostStage, type HostStage } from './stage.test.kit.js'

let stage: HostStage<GuestoolShape>
let asked: string[]

beforeEach(() => {
  stage = hostStage({ history: true })
  asked = []
})

afterEach(async () => {
  expect(stage.errors).toEqual([])
  expect(await stage.leftovers()).toEqual([])
})

async function joined(id: string): Promise<Guest> {
  const noted = Object.entries(fixedInfos).map(([name, handler]) => [
    name,
    (...call: [never, never]) => {
      asked.push(name)
      return typeof handler === 'function' ? handler(...call) : undefined
    },
  ])
  const made = createGuest(`ws://localhost/join/${id}`, {
    dial: stage.dial(`/join/${id}`),
    clock: stage.clock,
    action: 'unsupported',
    info: { ...fixedInfos, ...Object.fromEntries(noted) },
  })
  made.bots.connected('10001')
  await stage.clock.advance(2_000)
  return made
}

async function hub(): Promise<Peer> {
  const peer = stage.peer('/guests')
  await hello(peer)
  return peer
}

async function history(console: Peer, params: object): Promise<Record<string, unknown>> {
  const opid = newOpid()
  console.send(frame(opid, '/info', { info: 'history', ...params }))
  for (;;) {
    const reply = readFrame(await console.next('the history'))
    if (reply.opid === opid) return reply.opct as Record<string, unknown>
  }
}

test('a page that is opened now shows the minutes before it', async () => {
  const alpha = await joined('alpha')
  await stage.clock.advance(5 * 60_000)
  const console = await hub()
  const past = await history(console, { guest: 'alpha' })
  expect(past).toMatchObject({ start_ts: expect.any(Number) })
  const { length } = past.cpu_percent as unknown[]
  // Whether the minute that runs has its value depends on the second of the minute that is the guest's own.
  expect([5, 6]).toContain(length)
  expect(past).toMatchObject({
    cpu_percent: Array.from({ length }, () => 12.5),
    memory_percent: Array.from({ length }, () => 25),
    bots: Array.from({ length }, () => 1),
    round_trip_ms: Array.from({ length }, () => 0),
  })
  expect(asked.filter((name) => name === 'cpu')).toHaveLength(length)
  expect((await history(console, { guest: 'alpha', minutes: 2 })).cpu_percent).toHaveLength(2)
  await closed(alpha)
})

test('a guest that was away has a gap, and one that is gone is still told of', async () => {
  const alpha = await joined('alpha')
  await stage.clock.advance(2 * 60_000)
  await closed(alpha)
  await stage.clock.advance(3 * 60_000)
  const console = await hub()
  const gone = await history(console, { guest: 'alpha' })
  expect((gone.cpu_percent as unknown[]).slice(-2)).toEqual([null, null])
  expect(gone.cpu_percent).toContain(12.5)
  const back = await joined('alpha')
  await stage.clock.advance(2 * 60_000)
  const past = (await history(console, { guest: 'alpha' })).cpu_percent as unknown[]
  expect(past.join().replaceAll(/(,?12\.5)+/g, 'x')).toMatch(/^x,+x$/)
  await closed(back)
})

test('while somebody looks, there is a sample every ten seconds; then once a minute again', async () => {
  const alpha = await joined('alpha')
  const console = await hub()
  await stage.clock.advance(60_000)
  asked.length = 0
  for (let i = 0; i < 6; i++) {
    await history(console, { guest: 'alpha' })
    await stage.clock.advance(10_000)
  }
  expect(asked.filter((name) => name === 'memory')).toHaveLength(6)
  await stage.clock.advance(60_000)
  asked.length = 0
  await stage.clock.advance(10 * 60_000)
  expect([9, 10, 11]).toContain(asked.filter((name) => name === 'memory').length)
  await closed(alpha)
})

/** Whether a console is told of its past. */
const isKept = async (console: Peer, guest: string) => 'start_ts' in (await history(console, { guest }))

/** Joins and leaves. */
async function visited(path: string): Promise<void> {
  const peer = stage.peer(path)
  await hello(peer)
  peer.close(1000)
  await stage.clock.settle()
}

describe('whoever is not told of any more has no history either', () => {
  test('after a day', async () => {
    await visited('/join/alpha')
    const console = await hub()
    await stage.clock.advance(limits.rememberedFor - 1)
    expect(await isKept(console, 'alpha')).toBe(true)
    await stage.clock.advance(1)
    expect(await isKept(console, 'alpha')).toBe(false)
  })

  test('after a thousand others, unless it came back', async () => {
    await visited('/join/alpha')
    await visited('/join/beta')
    await visited('/join/alpha')
    for (let i = 0; i < limits.rememberedGuests - 1; i++) await visited(`/join/g${i}`)
    const console = await hub()
    expect([await isKept(console, 'alpha'), await isKept(console, 'beta')]).toEqual([true, false])
  })

  test('at once, when its id was made up for the connection', async () => {
    let id = ''
    stage.host.on('guest', (guest) => (id = guest.id))
    const peer = stage.peer('/')
    await hello(peer)
    const console = await hub()
    expect(await isKept(console, id)).toBe(true)
    peer.close(1000)
    await stage.clock.settle()
    expect(await isKept(console, id)).toBe(false)
  })
})

test('who never was here is gone', async () => {
  const console = await hub()
  expect(await history(console, { guest: 'nobody' })).toMatchObject({ event: 'reject', code: 'gone' })
})

async function closed(guest: Guest): Promise<void> {
  const done = guest.close()
  await stage.clock.advance(2_000)
  await done
}
