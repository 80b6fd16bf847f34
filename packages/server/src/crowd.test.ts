import { closeCode, newOpid } from '@guestool/core'
import { frame, readFrame, type Peer } from '@guestool/testing'
import { afterEach, describe, expect, test } from 'vitest'
import { Crowd } from './crowd.js'
import type { HostOptions } from './host-options.js'
import { hello, hostStage } from './stage.test.kit.js'

const crowded = (address: string | undefined, other: string | undefined) => {
  const crowd = new Crowd(1, 10)
  crowd.enter(address)
  return crowd.refusal(other) !== undefined
}

describe('an address', () => {
  test.each([
    ['192.0.2.1', '192.0.2.1', true],
    ['192.0.2.1', '192.0.2.2', false],
    ['192.0.2.1', '::ffff:192.0.2.1', true],
    ['::ffff:192.0.2.1', '::FFFF:192.0.2.2', false],
    // Whoever has one of these has all of them.
    ['2001:db8:1:2::1', '2001:db8:1:2:3:4:5:6', true],
    ['2001:db8:1:2::1', '2001:db8:1:3::1', false],
    ['2001:db8::1', '2001:db8:0:0:1::', true],
    ['::1', '::1', true],
    ['::1', '1::', false],
    // A Unix socket has none.
    [undefined, undefined, false],
    [undefined, '192.0.2.1', false],
  ])('%s and %s', (address, other, expected) => {
    expect(crowded(address, other)).toBe(expected)
  })

  test('is forgotten with its last socket', () => {
    const crowd = new Crowd(2, 10)
    for (let i = 0; i < 2; i++) crowd.enter('192.0.2.1')
    expect(crowd.refusal('192.0.2.1')).toBeDefined()
    crowd.leave('192.0.2.1')
    expect(crowd.refusal('192.0.2.1')).toBeUndefined()
    crowd.leave('192.0.2.1')
    for (let i = 0; i < 2; i++) crowd.enter('192.0.2.1')
    expect(crowd.refusal('192.0.2.1')).toBeDefined()
  })
})

test('a quarter more than may stay are told so, and no more than that', () => {
  const crowd = new Crowd(8, 16)
  for (let i = 0; i < 9; i++) crowd.enter('192.0.2.1')
  expect([crowd.overflows('192.0.2.1'), crowd.overflows('192.0.2.2')]).toEqual([false, false])
  crowd.enter('192.0.2.1')
  expect([crowd.overflows('192.0.2.1'), crowd.overflows('192.0.2.2')]).toEqual([true, false])
  for (let i = 0; i < 10; i++) crowd.enter(undefined)
  expect([crowd.overflows('192.0.2.2'), crowd.overflows(undefined)]).toEqual([true, true])
})

describe('a host', () => {
  let stage: ReturnType<typeof hostStage>

  const start = (options: HostOptions) => (stage = hostStage(options))

  afterEach(async () => {
    expect(stage.errors).toEqual([])
    expect(await stage.leftovers()).toEqual([])
  })

  test('closes whom it cannot take with 4429, and says what helps behind a proxy', async () => {
    start({ connectionsPerAddress: 2 })
    await stage.guest('alpha')
    await hello(stage.peer('/guests/alpha'))
    const third = await stage.peer('/guests').ended
    expect(third).toMatchObject({ code: 4429, reason: expect.stringContaining('trustProxy') })
    expect(new TextEncoder().encode(third.reason).length).toBeLessThan(124)
    expect(stage.host.counts).toMatchObject({ guests: 1, consoles: 1, turnedAway: 1 })
    // Their room is free again.
    stage.pairs[1]?.kill()
    await stage.clock.settle()
    await stage.guest('beta')
  })

  test('counts those as well that it refused, as long as they linger', async () => {
    start({ connectionsPerAddress: 2 })
    stage.peer('/nowhere')
    stage.pair.hold()
    stage.peer('/join/.hidden')
    stage.pair.hold()
    expect(await stage.peer('/join/alpha').ended).toMatchObject({ code: 4429 })
    for (const pair of stage.pairs) pair.release()
    await stage.clock.settle()
    await stage.guest('alpha')
  })

  test('takes no more than so many in all: 1013', async () => {
    start({ maxConnections: 2 })
    await stage.guest('alpha', 1, { address: '127.0.0.1' })
    await stage.guest('beta', 1, { address: '::1' })
    expect(await stage.peer('/join/gamma', { address: undefined }).ended).toEqual({
      code: 1013,
      reason: 'this host has 2 connections; try again later',
    })
  })

  test('the guests of a Unix socket are not told apart, and any number may come', async () => {
    start({ connectionsPerAddress: 1 })
    for (const id of ['alpha', 'beta', 'gamma']) await stage.guest(id, 1, { address: undefined })
    expect(stage.host.guests).toHaveLength(3)
  })
})

test('what all consoles ask together is bounded, but each may ask a few', async () => {
  const stage = hostStage({ messagesPerSecond: Infinity })
  await stage.guest('alpha')
  const consoles: Peer[] = []
  const ask = async (times: number) => {
    const peer = stage.peer('/guests')
    consoles.push(peer)
    await hello(peer)
    for (let i = 0; i < times; i++) peer.send(frame(newOpid(), '/guests/alpha/info', { info: 'memory' }))
    await stage.clock.settle()
    return peer.waiting.map((text) => readFrame(text).opct)
  }
  for (let i = 0; i < 4; i++) expect(await ask(16_384)).toEqual([])
  expect(await ask(20)).toEqual(Array.from({ length: 4 }, () => expect.objectContaining({ code: 'busy' })))
  // Whoever leaves makes room.
  consoles[0]?.close(1000)
  await stage.clock.settle()
  expect(await ask(20)).toEqual([])
  expect(await stage.leftovers()).toEqual([])
}, 20_000)

describe('a flood of newcomers that do not say hello', () => {
  let stage: ReturnType<typeof hostStage>

  afterEach(async () => {
    expect(await stage.leftovers()).toEqual([])
  })

  test('shuts nobody out: whoever has waited longest goes, and who is in stays', async () => {
    stage = hostStage({ connectionsPerAddress: Infinity })
    const early = await stage.guest('early')
    const waiting = Array.from({ length: 1_024 }, () => stage.peer('/join/silent'))
    await stage.clock.settle()
    waiting.push(stage.peer('/join/silent'))
    expect(await waiting[0]?.ended).toMatchObject({
      code: closeCode.overloaded,
      reason: expect.stringContaining('try again later'),
    })
    await stage.guest('late')
    expect(await waiting[1]?.ended).toMatchObject({ code: 1013 })
    expect(stage.log).toEqual(['guest early', 'guest late'])
    expect(await open(waiting)).toBe(1_023)
    early.close(1000)
    await stage.clock.advance(10_000)
    expect(await open(waiting)).toBe(0)
    await stage.guest('later')
  })

  test('the same for those whose authentication takes long', async () => {
    stage = hostStage({
      connectionsPerAddress: Infinity,
      authenticate: ({ path }) =>
        path.includes('quick') ? { role: 'guest', id: 'quick' } : new Promise(() => undefined),
    })
    const waiting = Array.from({ length: 1_024 }, (_, i) => stage.peer(`/join/slow-${i}`))
    await stage.clock.settle()
    for (const peer of waiting) peer.send(frame(newOpid(), '/hello', {}))
    await stage.guest('quick')
    expect(stage.log).toEqual(['guest quick'])
    expect(await open(waiting)).toBe(1_023)
  })

  async function open(peers: Peer[]): Promise<number> {
    await stage.clock.settle()
    let over = 0
    for (const peer of peers) void peer.ended.then(() => over++)
    await stage.clock.settle()
    return peers.length - over
  }
})
