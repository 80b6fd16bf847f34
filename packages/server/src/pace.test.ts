import { newOpid } from '@guestool/core'
import { frame, readFrame, VirtualClock, type Peer } from '@guestool/testing'
import { afterEach, describe, expect, test } from 'vitest'
import { Pace } from './pace.js'
import { answer, hello, hostStage, time } from './stage.test.kit.js'

const event = () => frame(newOpid(), '/event', { event: 'bot_online', bot: '1' })
const request = () => frame(newOpid(), '/info', { info: 'time' })

const walking = () => {
  const clock = new VirtualClock()
  const log: string[] = []
  const socket = {
    pause: () => void log.push(`pause ${clock.now()}`),
    resume: () => void log.push(`resume ${clock.now()}`),
  }
  return { clock, log, pace: new Pace(clock, socket, 100) }
}

describe('a pace of 100 messages a second', () => {
  test('a burst is free; what goes beyond takes its time, with one timer while it does', async () => {
    const { clock, log, pace } = walking()
    pace.count(4_096)
    expect([log, clock.timers]).toEqual([[], 0])
    pace.count(50)
    pace.count(50)
    expect([log, clock.timers, pace.paused]).toEqual([['pause 0'], 1, true])
    await clock.advance(999)
    expect(log).toEqual(['pause 0'])
    await clock.advance(1)
    expect([log, clock.timers, pace.paused]).toEqual([['pause 0', 'resume 1000'], 0, false])
  })

  test('in the long run it is kept, and a burst is free again after a while', async () => {
    const { clock, log, pace } = walking()
    for (let second = 0; second < 1_000; second++) {
      pace.count(100)
      await clock.advance(1_000)
    }
    expect(log).toEqual([])
    pace.count(4_096)
    expect(log).toEqual([])
    pace.count(1)
    expect(log).toEqual(['pause 1000000'])
  })

  test('a socket that is gone leaves no timer', () => {
    const { clock, pace } = walking()
    pace.count(5_000)
    pace.stop()
    expect(clock.timers).toBe(0)
  })
})

describe('a peer that sends too much', () => {
  let stage: ReturnType<typeof hostStage>

  afterEach(async () => {
    expect(stage.errors).toEqual([])
    expect(await stage.leftovers()).toEqual([])
  })

  async function flood(peer: Peer, times: number, text: () => string): Promise<void> {
    for (let i = 0; i < times; i++) peer.send(text())
    await stage.clock.settle()
  }

  const received = () => stage.host.counts.guestFrames.received

  test('waits, and loses nothing; others do not wait', async () => {
    stage = hostStage()
    const flooding = await stage.guest('alpha')
    const beta = await stage.guest('beta')
    await flood(flooding, 10_000, event)
    // The burst, and what came until the clock was looked at.
    expect(received()).toBeLessThan(4_096 + 512)
    const asked = stage.host.guest('beta')?.info('time')
    await answer(beta, time)
    expect(await asked).toEqual(time)
    await stage.clock.advance(1_000)
    expect(received()).toBeGreaterThan(5_500)
    expect(received()).toBeLessThan(7_000)
    await stage.clock.advance(2_000)
    expect(received()).toBeGreaterThan(10_000)
  })

  test('is a console just as well: all its requests are answered in the end', async () => {
    stage = hostStage()
    const peer = stage.peer('/guests/nobody')
    await hello(peer)
    await flood(peer, 20_000, request)
    expect(peer.received.length).toBeLessThan(5_000)
    await stage.clock.advance(10_000)
    expect(new Set(peer.received.slice(1).map((text) => readFrame(text).opid)).size).toBe(20_000)
  })

  test('what it was asked for does not count', async () => {
    stage = hostStage({ messagesPerSecond: 1, share: false })
    const alpha = await stage.guest('alpha')
    for (let round = 0; round < 100; round++) {
      const asked = Array.from({ length: 100 }, async () => stage.host.guest('alpha')?.info('time'))
      for (let i = 0; i < asked.length; i++) await answer(alpha, time)
      expect(await Promise.all(asked)).toHaveLength(100)
    }
    expect(received()).toBe(10_001)
  })

  test.each([
    ['replies to nothing', 4_500, () => frame(newOpid(), '/info', time)],
    ['greetings', 4_500, () => frame(newOpid(), '/hello', {})],
    ['rejections', 4_500, () => frame(newOpid(), '/event', { event: 'reject', code: 'failed', error: '' })],
    ['a few large events', 100, () => frame(newOpid(), '/event', { event: 'x', y: 'y'.repeat(200_000) })],
  ])('may send %s', async (_, times, text) => {
    stage = hostStage({ messagesPerSecond: 1 })
    await flood(await stage.guest('alpha'), times, text)
    expect(received()).toBeLessThan(times)
  })

  test('may ping: that counts, too', async () => {
    stage = hostStage({ messagesPerSecond: 1 })
    const alpha = await stage.guest('alpha')
    for (let i = 0; i < 5_000; i++) stage.pair.dialler.ping?.()
    await stage.clock.settle()
    alpha.send(event())
    await stage.clock.settle()
    expect(received()).toBe(1)
  })

  test('is neither unresponsive nor gone while it is not read, nor right after', async () => {
    stage = hostStage({ messagesPerSecond: 1 })
    const alpha = await stage.guest('alpha')
    await flood(alpha, 4_096 + 3 * 256, event)
    const before = received()
    await stage.clock.advance(700_000)
    // Two pauses later: minutes in which not a word of it was read.
    expect(received()).toBeGreaterThan(before)
    expect(stage.host.guest('alpha')?.state).toBe('alive')
    expect(stage.log).toEqual(['guest alpha'])
    await stage.clock.advance(50_000)
  })

  test('keeps its id while it is not read', async () => {
    stage = hostStage({ messagesPerSecond: 1 })
    await flood(await stage.guest('alpha'), 5_000, event)
    const newcomer = stage.peer('/join/alpha')
    await newcomer.ready
    newcomer.send(frame(newOpid(), '/hello', {}))
    await stage.clock.advance(2_000)
    expect(await newcomer.ended).toMatchObject({ code: 4409 })
    expect(stage.log).toEqual(['guest alpha'])
  })

  test('can leave and be closed while it is not read', async () => {
    stage = hostStage({ messagesPerSecond: 1 })
    const alpha = await stage.guest('alpha')
    await flood(alpha, 5_000, event)
    stage.pair.kill()
    await stage.clock.settle()
    expect(stage.host.guests).toEqual([])
    await flood(await stage.guest('beta'), 5_000, event)
  })
})
