import { newOpid, type Receiver } from '@guestool/core'
import { createGuest } from '@guestool/guest'
import { frame, memoryPair, peerOn, readFrame, type Peer } from '@guestool/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { answer, fixedInfos, hello, hostStage, time } from './stage.test.kit.js'

let stage: ReturnType<typeof hostStage>

beforeEach(() => {
  stage = hostStage()
})

afterEach(async () => {
  expect(stage.errors).toEqual([])
  expect(await stage.leftovers()).toEqual([])
})

const state = (id = 'alpha') => stage.host.guest(id)?.state ?? 'gone'

function listenerOf(receiver: Receiver): Receiver {
  return {
    opened: () => receiver.opened(),
    text: (text) => receiver.text(text),
    binary: () => receiver.binary(),
    pong: () => receiver.pong(),
    closed: (code, reason) => receiver.closed(code, reason),
  }
}

async function live(peer: Peer): Promise<void> {
  for (;;) await answer(peer, time)
}

test('a guest that answers is alive for ever, and is asked now and then', async () => {
  const peer = await stage.guest('alpha', 2)
  void live(peer).catch(() => undefined)
  await stage.clock.advance(10 * 60_000)
  expect(state()).toBe('alive')
  const asked = peer.received.slice(1).map((text) => readFrame(text).opnm)
  expect(new Set(asked)).toEqual(new Set(['/info/time']))
  // About 30 s apart.
  expect(asked.length).toBeGreaterThanOrEqual(15)
  expect(asked.length).toBeLessThanOrEqual(20)
  expect(stage.log).toEqual(['guest alpha'])
  expect(stage.host.guest('alpha')?.roundTrip).toBe(0)
})

test('an idle guest is remembered by its last question, however long it is idle', async () => {
  const peer = await stage.guest('alpha')
  const opids: string[] = []
  for (let i = 0; i < 100; i++) {
    await stage.clock.advance(10_000)
    for (const text of peer.waiting.splice(0)) {
      const { opid } = readFrame(text)
      opids.push(String(opid))
      peer.send(frame(String(opid), '/info', time))
    }
  }
  await stage.clock.settle()
  expect(opids.length).toBeGreaterThan(20)
  for (const opid of opids) peer.send(frame(opid, '/info', time))
  await stage.clock.settle()
  // What is remembered is a duplicate, all else is unknown.
  expect(stage.host.guest('alpha')?.counts).toMatchObject({ duplicate: 1, unknown: opids.length - 1 })
})

test('a guest that talks by itself is not asked', async () => {
  const peer = await stage.guest('alpha')
  for (let i = 0; i < 20; i++) {
    await stage.clock.advance(15_000)
    peer.send(frame(newOpid(), '/event', { event: 'tick' }))
  }
  expect(peer.received).toHaveLength(1)
  expect(state()).toBe('alive')
})

// The wheel has ten slots, and each guest is put into the next one: every phase of the wheel is met.
test('a dead reader is unresponsive within two probe intervals of its last text', async () => {
  const since = new Map<string, number>()
  stage.host.on('state', ({ id }) => since.set(id, stage.clock.now() - (heard.get(id) ?? 0)))
  const heard = new Map<string, number>()
  for (let i = 0; i < 12; i++) {
    await stage.guest(`guest-${i}`)
    heard.set(`guest-${i}`, stage.clock.now())
    await stage.clock.advance(777)
  }
  await stage.clock.advance(60_000)
  expect(since.size).toBe(12)
  for (const ms of since.values()) {
    expect(ms).toBeLessThanOrEqual(60_000)
    expect(ms).toBeGreaterThanOrEqual(50_000)
  }
  expect(stage.host.guests).toHaveLength(12)
})

test('the public guest whose reader died answers pings and is unresponsive, not gone', async () => {
  const guest = await stage.python('alpha')
  stage.pair.acceptor.send('this is not json')
  await stage.clock.advance(60_000)
  expect(guest.dead).toBe(true)
  expect(state()).toBe('unresponsive')
  expect(stage.host.guest('alpha')).toBeDefined()
  await stage.clock.advance(5 * 60_000)
  expect(state()).toBe('unresponsive')
  expect(stage.log).toEqual(['guest alpha', 'state alpha unresponsive'])
})

test.each([
  ['an answer', (opid: string) => frame(opid, '/info', time)],
  [
    'an error',
    (opid: string) => frame(opid, '/event', { event: 'reject', code: 'failed', error: 'no clock' }),
  ],
  ['an event', () => frame(newOpid(), '/event', { event: 'tick' })],
])('%s makes it alive again', async (_, text) => {
  const peer = await stage.guest('alpha')
  await stage.clock.advance(60_000)
  expect(state()).toBe('unresponsive')
  peer.send(text(String(readFrame(peer.received.at(-1)!).opid)))
  await stage.clock.settle()
  expect(state()).toBe('alive')
  await stage.clock.advance(29_000)
  expect(state()).toBe('alive')
  expect(stage.log).toEqual(['guest alpha', 'state alpha unresponsive', 'state alpha alive'])
})

test('an unresponsive guest can still be asked', async () => {
  const peer = await stage.guest('alpha', 2)
  await stage.clock.advance(60_000)
  peer.waiting.splice(0)
  const asked = stage.host.guest('alpha')!.info('memory', undefined, { timeout: 5_000 })
  await stage.clock.settle()
  expect(peer.waiting.map((text) => readFrame(text).opnm)).toEqual(['/info/memory'])
  await stage.clock.advance(5_000)
  await expect(asked).rejects.toMatchObject({ code: 'timeout' })
})

test('who says nothing is pinged, guest or console, until it says something', async () => {
  const peer = await stage.guest('alpha')
  const guest = stage.pair
  const visitor = stage.peer('/guests/alpha')
  await hello(visitor)
  const { pair: console } = stage
  await stage.clock.advance(5 * 60_000)
  for (const { acceptor } of [guest, console]) {
    expect(acceptor.pings).toBeGreaterThanOrEqual(7)
    expect(acceptor.pings).toBeLessThanOrEqual(8)
    expect(acceptor.over).toBeUndefined()
  }
  const before = [guest.acceptor.pings, console.acceptor.pings]
  for (let i = 0; i < 30; i++) {
    for (const each of [peer, visitor]) each.send(frame(newOpid(), '/hello', {}))
    await stage.clock.advance(10_000)
  }
  expect([guest.acceptor.pings, console.acceptor.pings]).toEqual(before)
})

test('an idle guest of this SDK costs one question in half a minute, and no ping either way', async () => {
  const guest = createGuest('ws://localhost/join/alpha', {
    dial: stage.dial('/join/alpha'),
    clock: stage.clock,
    info: fixedInfos,
    action: 'unsupported',
  })
  await stage.clock.advance(60_000)
  const { acceptor, dialler } = stage.pair
  const { counts } = stage.host.guest('alpha')!
  const numbers = () => [counts.received, acceptor.pings, dialler.pings]
  const [received = 0, ...pings] = numbers()
  await stage.clock.advance(10 * 60_000)
  expect(numbers()).toEqual([received + 20, ...pings])
  const closed = guest.close()
  await stage.clock.advance(1_000)
  await closed
})

test('a socket on which nothing comes any more is given up after two intervals', async () => {
  await stage.guest('alpha')
  const { pair } = stage
  const lost = stage.host.guest('alpha')!
  const asked = lost.info('memory')
  pair.hold()
  await stage.clock.advance(59_000)
  expect(pair.acceptor.over).toBeUndefined()
  await expect(
    Promise.race([asked.catch((error: unknown) => error), stage.clock.advance(12_000)]),
  ).resolves.toMatchObject({ code: 'expired' })
  await stage.clock.advance(12_000)
  expect(pair.acceptor.over).toMatchObject({ code: 1006 })
  expect(lost.state).toBe('gone')
  expect(stage.log).toEqual(['guest alpha', 'state alpha unresponsive', 'state alpha gone', 'left alpha'])
})

test('a host that stood still for minutes reads what came meanwhile before it gives anybody up', async () => {
  // One for each moment at which a beat may be due.
  const ids = Array.from({ length: 10 }, (_, at) => `guest${at}`)
  const guests = await Promise.all(ids.map((id) => stage.guest(id)))
  await stage.clock.advance(45_000)
  stage.machine.freeze()
  for (const peer of guests) peer.send(frame(newOpid(), '/event', { event: 'x' }))
  await stage.clock.advance(5 * 60_000)
  stage.machine.thaw('timers')
  await stage.clock.advance(15_000)
  expect(stage.log).toEqual(ids.map((id) => `guest ${id}`))
  expect(stage.host.guests.map(({ id }) => id)).toEqual(ids)
})

test('text keeps a socket whose pongs do not come', async () => {
  const pair = memoryPair()
  stage.host.accept(
    (receiver) => {
      pair.acceptor.attach({ ...listenerOf(receiver), pong() {} })
      return pair.acceptor
    },
    { url: '/join/alpha', headers: { host: 'localhost' }, address: undefined },
  )
  const peer = peerOn(pair.dialler)
  await hello(peer)
  for (let i = 0; i < 30; i++) {
    await stage.clock.advance(10_000)
    peer.send(frame(newOpid(), '/event', { event: 'tick' }))
  }
  expect(pair.acceptor.over).toBeUndefined()
  expect(state()).toBe('alive')
})

test('pongs alone keep a socket, and say nothing of the guest', async () => {
  await stage.guest('pongs')
  const pongs = stage.pair
  const peer = await stage.guest('texts')
  const texts = stage.pair
  for (let i = 0; i < 30; i++) {
    await stage.clock.advance(10_000)
    peer.send(frame(newOpid(), '/event', { event: 'tick' }))
  }
  expect(pongs.acceptor.over).toBeUndefined()
  expect(texts.acceptor.over).toBeUndefined()
  expect(state('pongs')).toBe('unresponsive')
})

test('a socket without ping is never given up for silence', async () => {
  const peer = stage.peer('/guests/alpha', {}, { ping: false })
  await peer.ready
  peer.send(frame(newOpid(), '/hello', {}))
  await peer.next()
  await stage.clock.advance(10 * 60_000)
  expect(stage.pair.acceptor.over).toBeUndefined()
})

test('one timer beats for all', async () => {
  for (let i = 0; i < 50; i++) await stage.guest(`guest-${i}`)
  expect(stage.clock.timers).toBe(1)
})

const isTime = (text: string) => text.includes('/info/time')

describe('a guest that is being looked at', () => {
  /** A console asks once a second, and each time waits for the answer. */
  async function looking(id: string): Promise<void> {
    const client = stage.console(id)
    client.on('error', () => undefined)
    const goOn = async () => {
      for await (const _ of client.watch('memory', undefined, { every: 1_000, timeout: 5_000 })) continue
    }
    void goOn().catch(() => undefined)
    await stage.clock.settle()
    ends.push(() => client.close())
  }

  const ends: (() => Promise<void>)[] = []

  afterEach(async () => {
    for (const end of ends.splice(0)) {
      const ended = end()
      await stage.clock.advance(2_000)
      await ended
    }
  })

  /** A guest that answers until it is stuck. */
  async function sticking(id: string): Promise<{ stick(): void; peer: Peer }> {
    const peer = await stage.guest(id, 2)
    let isStuck = false
    const goOn = async () => {
      for (;;) {
        const text = await peer.next()
        const { opid } = readFrame(text)
        if (!isStuck) peer.send(frame(String(opid), '/event/report/info', isTime(text) ? time : memory))
      }
    }
    void goOn().catch(() => undefined)
    return { stick: () => (isStuck = true), peer }
  }

  const amount = { total: 4, available: 3, used: 1, percent: 25 }
  const memory = { mem: amount, swap: amount }

  test.each([0, 300, 700, 2_500, 4_900, 9_999])(
    'and gets stuck, at %s ms, is unresponsive within 16 s, and not before 14 s',
    async (ms) => {
      const alpha = await sticking('alpha')
      await looking('alpha')
      await stage.clock.advance(60_000 + ms)
      alpha.stick()
      const since = stage.clock.now()
      let after = 0
      stage.host.on('state', (_, now) => {
        if (now === 'unresponsive') after = stage.clock.now() - since
      })
      await stage.clock.advance(16_500)
      expect(state()).toBe('unresponsive')
      expect(after).toBeGreaterThan(14_000)
      expect(after).toBeLessThanOrEqual(16_000)
      alpha.peer.send(frame(newOpid(), '/event/tick', {}))
      await stage.clock.settle()
      expect(state()).toBe('alive')
    },
  )

  test('and lives costs it no question more', async () => {
    const alpha = await sticking('alpha')
    await looking('alpha')
    await stage.clock.advance(10 * 60_000)
    expect(alpha.peer.received.filter(isTime)).toEqual([])
    expect(state()).toBe('alive')
  })

  test('once, and then no more, costs it no question either', async () => {
    const alpha = await sticking('alpha')
    await stage.host.guest('alpha')!.info('memory')
    await stage.clock.advance(20_000)
    expect(alpha.peer.received.filter(isTime)).toEqual([])
  })

  test('and is slow with one answer is asked whether it lives, and is alive', async () => {
    const peer = await stage.guest('alpha', 2)
    const goOn = async () => {
      for (;;) {
        const text = await peer.next()
        if (isTime(text)) peer.send(frame(String(readFrame(text).opid), '/event/report/info', time))
      }
    }
    void goOn().catch(() => undefined)
    await looking('alpha')
    await stage.clock.advance(10 * 60_000)
    expect(peer.received.filter(isTime).length).toBeGreaterThan(20)
    expect(stage.log).toEqual(['guest alpha'])
  })

  test('a call with a timeout of its own, of the host itself, is enough', async () => {
    await stage.guest('alpha', 2)
    const asked = stage.host.guest('alpha')!.info('memory', undefined, { timeout: 100 })
    await Promise.all([expect(asked).rejects.toMatchObject({ code: 'timeout' }), stage.clock.advance(14_999)])
    expect(state()).toBe('alive')
    await stage.clock.advance(1)
    expect(state()).toBe('unresponsive')
  })

  test('an action is, too, and so is an info that is never shared', async () => {
    await stage.guest('alpha', 2)
    const acted = stage.host
      .guest('alpha')!
      .action('matcher/list')
      .catch(() => undefined)
    await stage.clock.advance(15_000)
    expect(state()).toBe('unresponsive')
    await stage.clock.advance(60_000)
    await acted
  })

  test('by many, who go on asking, is found out as soon, and no sooner', async () => {
    await stage.guest('alpha', 2)
    const asked: Promise<unknown>[] = []
    for (let second = 0; second < 15; second++) {
      expect(state()).toBe('alive')
      asked.push(
        stage.host
          .guest('alpha')!
          .action('matcher/list')
          .catch(() => undefined),
      )
      await stage.clock.advance(second < 14 ? 1_000 : 999)
    }
    expect(state()).toBe('alive')
    await stage.clock.advance(1)
    expect(state()).toBe('unresponsive')
    await stage.clock.advance(60_000)
    await Promise.all(asked)
  })

  test('sampling is no silence, and what takes nobody knows how long is none either', async () => {
    await stage.guest('alpha', 2)
    await stage.guest('beta', 2)
    const sampled = stage.host
      .guest('alpha')!
      .info('all_disk_io', 20)
      .catch(() => undefined)
    const listed = stage.host
      .guest('beta')!
      .info('processes', 1)
      .catch(() => undefined)
    await stage.clock.advance(24_999)
    expect(stage.pairs.map(({ dialler }) => dialler.isOpen)).toEqual([true, true])
    expect([state(), state('beta')]).toEqual(['alive', 'alive'])
    await stage.clock.advance(10_000)
    expect([state(), state('beta')]).toEqual(['alive', 'alive'])
    await stage.clock.advance(1)
    expect([state(), state('beta')]).toEqual(['unresponsive', 'alive'])
    await stage.clock.advance(60_000)
    await Promise.all([sampled, listed])
  })
})
