import { createGuest, type Guest, type GuestInfoHandlers } from '@guestool/guest'
import {
  defineContract,
  Failure,
  guestool,
  isGuestoolError,
  pause,
  Wheel,
  type GuestoolShape,
} from '@guestool/core'
import { frame, readFrame, VirtualClock, type Peer } from '@guestool/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { BotWatch } from './bot-watch.js'
import { History } from './history.js'
import { notSampled, type Past } from './past.js'
import { cpu, fixedInfos, hostStage, time } from './stage.test.kit.js'
import { Vitals, vitalsOf, type SampledGuest } from './vitals.js'

let stage: ReturnType<typeof hostStage>
let wheel: Wheel
let leave: (() => unknown)[]

beforeEach(() => {
  // The samples are those of the test alone.
  stage = hostStage({ history: false })
  wheel = new Wheel(stage.clock)
  leave = []
})

afterEach(async () => {
  for (const each of leave) await each()
  await stage.clock.advance(60_000)
  expect(stage.errors).toEqual([])
  expect(await stage.leftovers()).toEqual([])
})

const minute = 60_000
const amount = { total: 4, available: 3, used: 1, percent: 25 }

/** A guest of the host, as its own socket is. */
function sampled(id: string): SampledGuest {
  const guest = stage.host.guest(id)
  if (guest === undefined) throw new Error(`${id} has not joined`)
  return {
    id,
    get state() {
      return guest.state
    },
    get roundTrip() {
      return guest.roundTrip
    },
    ask: async ({ name, params }, options) => {
      try {
        return await guest.info(name as 'memory', params as never, options as never)
      } catch (error) {
        if (isGuestoolError(error)) return new Failure(error.code, error.message)
        throw error
      }
    },
  }
}

/** A guest of which nothing but this is known. */
const past = (history: History): Past => ({ history, bots: new BotWatch(stage.clock), pulse: notSampled })

/** Samples a guest that has joined, as long as the test runs. */
function sampling(guest: SampledGuest, history = new History()): History {
  leave.push(wheel.add(new Vitals(stage.clock, guest, vitalsOf(guestool), past(history))))
  return history
}

/** A guest that counts what it is asked, and how many of these it works on at once, each for so many milliseconds. */
async function counting(
  delays: { memory?: number; cpu?: number; bots?: number } = {},
  infos: Partial<GuestInfoHandlers<GuestoolShape>> = {},
) {
  const asked = { memory: 0, cpu: 0, bots: 0 }
  const atOnce = { now: 0, most: 0 }
  const counted =
    <T>(name: keyof typeof asked, result: T) =>
    async (): Promise<T> => {
      asked[name]++
      atOnce.most = Math.max(atOnce.most, ++atOnce.now)
      const ms = delays[name]
      if (ms !== undefined) await pause(stage.clock, ms)
      atOnce.now--
      return result
    }
  const guest: Guest = createGuest('ws://localhost/join/alpha', {
    dial: stage.dial('/join/alpha'),
    clock: stage.clock,
    info: {
      ...fixedInfos,
      memory: counted('memory', { mem: amount, swap: amount }),
      cpu: counted('cpu', cpu),
      bots: counted('bots', ['a', 'b']),
      ...infos,
    },
    action: 'unsupported',
  })
  leave.push(() => guest.close())
  await stage.clock.settle()
  return { guest, asked, atOnce }
}

/** What a history holds of the last minutes. */
const read = (history: History, minutes: number) => history.read(minutes, stage.clock.wall())
const gaps = (series: readonly (number | null)[]) => series.filter((value) => value === null).length

/** Puts the clock at the start of a minute. */
async function nextMinute(): Promise<void> {
  await stage.clock.advance(minute - (stage.clock.wall() % minute))
}

describe('one sample a minute', () => {
  test('while nobody looks, and no minute is left out', async () => {
    const { asked } = await counting()
    const history = sampling(sampled('alpha'))
    await nextMinute()
    const before = { ...asked }
    await stage.clock.advance(120 * minute)
    expect([asked.memory, asked.cpu, asked.bots]).toEqual([
      before.memory + 120,
      before.cpu + 120,
      before.bots + 120,
    ])
    const told = read(history, 120)
    expect(told).toEqual({
      start_ts: (stage.clock.wall() - 120 * minute) / 1000,
      cpu_percent: Array.from({ length: 120 }, () => 12.5),
      memory_percent: Array.from({ length: 120 }, () => 25),
      bots: Array.from({ length: 120 }, () => 2),
      round_trip_ms: Array.from({ length: 120 }, () => 0),
    })
  })

  test('the first one at the first beat after it joined', async () => {
    const { asked } = await counting()
    const history = sampling(sampled('alpha'))
    await stage.clock.advance(10_000)
    expect(asked).toEqual({ memory: 1, cpu: 1, bots: 1 })
    expect(read(history, 1).cpu_percent).toEqual([12.5])
  })

  test('asks without params: whatever the guest takes for its own default', async () => {
    const peer = await stage.guest('alpha', 2)
    sampling(sampled('alpha'))
    const asked = answers(peer, {})
    await stage.clock.advance(10_000)
    expect(asked).toEqual(
      ['memory', 'cpu', 'bots', 'recv_events', 'apicall'].map((name) => `/info/${name} {}`),
    )
  })

  test('the round trip is what the answer to memory took', async () => {
    const { asked } = await counting({ memory: 250, cpu: 2_000 })
    const history = sampling(sampled('alpha'))
    await stage.clock.advance(9_000)
    expect(asked.bots).toBe(1)
    expect(read(history, 1).round_trip_ms).toEqual([250])
  })

  test('after the wall clock was set back, or on, there is one a minute again', async () => {
    const { asked } = await counting()
    const history = sampling(sampled('alpha'))
    await stage.clock.advance(10 * minute)
    for (const by of [-30 * minute, 90 * minute]) {
      stage.clock.setWall(stage.clock.wall() + by)
      await nextMinute()
      const before = asked.memory
      await stage.clock.advance(10 * minute)
      expect(asked.memory - before).toBe(10)
      expect(gaps(read(history, 10).bots)).toBe(0)
    }
  })
})

describe('a thousand guests', () => {
  test('that join at once are sampled all over the minute, each once, none left out for hours', async () => {
    const clock = new VirtualClock({ wall: 1_700_000_040_000 })
    const beats = new Wheel(clock)
    const count = 1_000
    let seconds = Array.from({ length: 60 }, () => 0)
    const histories: History[] = []
    for (let i = 0; i < count; i++) {
      const guest: SampledGuest = {
        id: `guest-${i}`,
        state: 'alive',
        roundTrip: 1,
        ask: ({ name }) => {
          if (name === 'bots') {
            const second = Math.floor((clock.wall() % minute) / 1000)
            seconds[second] = (seconds[second] ?? 0) + 1
          }
          return Promise.resolve(name === 'bots' ? [] : new Failure('failed', 'not today'))
        },
      }
      const history = new History()
      histories.push(history)
      leave.push(beats.add(new Vitals(clock, guest, vitalsOf(guestool), past(history))))
    }
    await clock.advance(minute)
    // The first of each: within the first turn of the wheel, a tenth of them a second.
    expect(seconds.slice(1, 11).reduce((sum, each) => sum + each, 0)).toBe(count)
    expect(Math.max(...seconds)).toBe(count / 10)
    seconds = seconds.map(() => 0)
    await clock.advance(120 * minute)
    expect(seconds.reduce((sum, each) => sum + each, 0)).toBe(120 * count)
    // A second of the minute has the samples of at most 6 % of them, and each ten seconds but the last have a tenth.
    expect(Math.max(...seconds)).toBeLessThan(120 * 0.06 * count)
    for (const from of [0, 10, 20, 30, 40]) {
      const ten = seconds.slice(from, from + 10).reduce((sum, each) => sum + each, 0)
      expect(ten).toBeGreaterThan(120 * 0.05 * count)
    }
    for (const history of histories) expect(gaps(history.read(120, clock.wall()).bots)).toBe(0)
  })
})

describe('while somebody watches', () => {
  test('every beat samples, and the minute holds the newest; a minute later it is one a minute again', async () => {
    let bots = 0
    const { asked } = await counting({}, { bots: () => Array.from({ length: ++bots }, String) })
    const history = sampling(sampled('alpha'))
    await nextMinute()
    await stage.clock.advance(5 * minute)
    const before = asked.memory
    read(history, 1)
    await stage.clock.advance(minute - 1)
    expect(asked.memory - before).toBe(6)
    expect(history.read(1, stage.clock.wall()).bots).toEqual([bots])
    await stage.clock.advance(1 + minute)
    // The last look was 60 s ago.
    const after = asked.memory
    await nextMinute()
    await stage.clock.advance(10 * minute)
    expect(asked.memory - after).toBeLessThanOrEqual(11)
  })

  test('a page that asks again and again keeps it at six a minute', async () => {
    const { asked } = await counting()
    const history = sampling(sampled('alpha'))
    await nextMinute()
    read(history, 60)
    const before = asked.cpu
    for (let i = 0; i < 20; i++) {
      await stage.clock.advance(30_000)
      read(history, 60)
    }
    expect(asked.cpu - before).toBe(60)
  })
})

test('there are never two samples of one guest at once, however slow it is', async () => {
  const { asked, atOnce } = await counting({ memory: 9_000, cpu: 9_000, bots: 9_000 })
  const history = sampling(sampled('alpha'))
  for (let i = 0; i < 20; i++) {
    read(history, 1)
    await stage.clock.advance(30_000)
  }
  expect(atOnce.most).toBe(1)
  // A sample takes 27 s: the third beat after its start begins the next.
  expect(asked.memory).toBe(20)
  expect(gaps(read(history, 9).bots)).toBe(0)
})

test('who asks the same while a sample is on its way shares it', async () => {
  const { asked } = await counting({ cpu: 1_000 })
  const history = sampling(sampled('alpha'))
  const guest = stage.host.guest('alpha')!
  let results = 0
  for (let i = 0; i < 11; i++) {
    void guest.info('cpu').then(() => results++)
    await stage.clock.advance(1_000)
  }
  expect(results).toBe(11)
  expect(asked.cpu).toBe(11)
  expect(read(history, 1).cpu_percent).toEqual([12.5])
})

describe('what a guest does not say is a gap, and no error', () => {
  test('an info that it never answers takes none of the others along, hour after hour', async () => {
    await stage.python('alpha', { silent: ['cpu'] })
    const history = sampling(sampled('alpha'))
    await nextMinute()
    await stage.clock.advance(122 * minute)
    const told = read(history, 122)
    expect(gaps(told.cpu_percent)).toBe(122)
    // The newest sample may still wait for what it never gets.
    const others = [told.memory_percent, told.bots, told.round_trip_ms].map((column) => column.slice(0, 120))
    expect(others.map(gaps)).toEqual([0, 0, 0])
  })

  test('all of them silent: one sample a minute is tried, for ever', async () => {
    const guest = await stage.python('alpha', { silent: ['memory', 'cpu', 'bots'] })
    const history = sampling(sampled('alpha'))
    await nextMinute()
    const before = guest.received.filter((text) => text.includes('/info/memory')).length
    await stage.clock.advance(120 * minute)
    expect(guest.received.filter((text) => text.includes('/info/memory')).length - before).toBe(120)
    expect(read(history, 120).bots).toEqual([])
    expect(stage.host.guest('alpha')?.state).toBe('alive')
  })

  test('one that it does not support is asked once on a connection, the others go on', async () => {
    const peer = await stage.guest('alpha', 2)
    const history = sampling(sampled('alpha'))
    const asked = answers(peer, {
      cpu: { error: 'no cpu here', code: 'unsupported' },
      bots: { error: 'unknown info type' },
    })
    await stage.clock.advance(10 * minute)
    peer.close(1000)
    expect(asked.filter((text) => text === '/info/cpu {}')).toHaveLength(1)
    expect(asked.filter((text) => text === '/info/bots {}')).toHaveLength(1)
    expect(asked.filter((text) => text === '/info/memory {}').length).toBeGreaterThanOrEqual(10)
    const told = read(history, 10)
    expect([gaps(told.memory_percent), gaps(told.cpu_percent), gaps(told.bots)]).toEqual([0, 10, 10])
    await stage.clock.settle()

    const next = await stage.guest('alpha', 2)
    sampling(sampled('alpha'), history)
    const again = answers(next, {})
    await stage.clock.advance(10_000)
    expect(again).toContain('/info/cpu {}')
  })

  test('a failure, and a result that does not fit, are asked again the next time', async () => {
    const peer = await stage.guest('alpha', 2)
    const history = sampling(sampled('alpha'))
    const asked = answers(peer, {
      memory: { mem: { percent: 'much' }, swap: amount },
      cpu: { error: 'not now', code: 'failed' },
      bots: ['a', 5],
    })
    await nextMinute()
    await stage.clock.advance(5 * minute)
    peer.close(1000)
    for (const name of ['memory', 'cpu', 'bots'])
      expect(asked.filter((text) => text === `/info/${name} {}`).length).toBeGreaterThanOrEqual(5)
    // Nor is there a round trip without an answer that can be believed.
    expect(read(history, 5).round_trip_ms).toEqual([])
  })

  test('a stuck guest is not asked, and has a gap until it lives again', async () => {
    const peer = await stage.guest('alpha', 2)
    const history = sampling(sampled('alpha'))
    let isStuck = false
    const goOn = async () => {
      for (;;) {
        const text = await peer.next()
        if (!isStuck) reply(peer, text, {})
      }
    }
    void goOn().catch(() => undefined)
    await nextMinute()
    await stage.clock.advance(5 * minute)
    isStuck = true
    await stage.clock.advance(2 * minute)
    expect(stage.host.guest('alpha')?.state).toBe('unresponsive')
    const before = peer.received.filter((text) => text.includes('/info/memory')).length
    await stage.clock.advance(10 * minute)
    expect(peer.received.filter((text) => text.includes('/info/memory'))).toHaveLength(before)
    isStuck = false
    await stage.clock.advance(3 * minute)
    const { bots } = read(history, 20)
    expect(gaps(bots)).toBeGreaterThanOrEqual(10)
    expect(gaps(bots)).toBeLessThanOrEqual(13)
    expect(gaps(bots.slice(0, 5))).toBe(0)
    expect(gaps(bots.slice(-2))).toBe(0)
    peer.close(1000)
  })

  test('one that leaves in the middle of a sample leaves what it had said', async () => {
    const { guest } = await counting({ cpu: 5_000 })
    const history = sampling(sampled('alpha'))
    await stage.clock.advance(3_000)
    const closed = guest.close()
    await stage.clock.advance(5_000)
    await closed
    const told = read(history, 1)
    expect([told.memory_percent, told.cpu_percent, told.bots]).toEqual([[25], [null], [null]])
    const before = guest.counts.received
    await stage.clock.advance(10 * minute)
    expect(guest.counts.received).toBe(before)
    expect(gaps(read(history, 10).bots)).toBe(10)
  })
})

describe("only the protocol's own infos are asked", () => {
  test('a contract without them, or with others under their names, has nothing to sample', () => {
    const own = defineContract({
      info: { cpu: { result: z.string() }, memory: { result: z.object({ mem: z.string() }) } },
    })
    expect(vitalsOf(own)).toEqual([])
    expect(vitalsOf(defineContract({}))).toEqual([])
  })

  test('and one that extends the protocol has them all', () => {
    const more = guestool.extend({ info: { gpu: { result: z.string() } } })
    expect(vitalsOf(more).map(({ operation }) => operation.name)).toEqual([
      'memory',
      'cpu',
      'bots',
      'recv_events',
      'apicall',
    ])
  })

  test('a guest of such a contract is never asked', async () => {
    const peer = await stage.guest('alpha', 2)
    const history = new History()
    const vitals = new Vitals(stage.clock, sampled('alpha'), vitalsOf(defineContract({})), past(history))
    leave.push(wheel.add(vitals))
    const asked = answers(peer, {})
    await stage.clock.advance(5 * minute)
    expect(new Set(asked)).toEqual(new Set(['/info/time {}']))
    expect(read(history, 5).bots).toEqual([])
  })
})

const results: Record<string, unknown> = {
  memory: { mem: amount, swap: amount },
  cpu,
  bots: ['a'],
  recv_events: {},
  apicall: {},
  time,
}

function reply(peer: Peer, text: string, special: Record<string, unknown>): string {
  const { opid, opnm, opct } = readFrame(text)
  const name = String(opnm).replace('/info/', '')
  peer.send(frame(String(opid), '/event/report/info', special[name] ?? results[name]))
  return `${String(opnm)} ${JSON.stringify(opct)}`
}

/** Answers what a guest of revision 2 is asked, and says what that was. */
function answers(peer: Peer, special: Record<string, unknown>): readonly string[] {
  const asked: string[] = []
  const goOn = async () => {
    for (;;) asked.push(reply(peer, await peer.next(), special))
  }
  void goOn().catch(() => undefined)
  leave.push(() => peer.close(1000))
  return asked
}
