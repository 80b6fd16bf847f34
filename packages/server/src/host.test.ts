import { defineContract, newOpid, type Receiver } from '@guestool/core'
import { frame, readFrame } from '@guestool/testing'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { createHost } from './index.js'
import { answer, hello, HostStage, hostStage, time } from './stage.test.kit.js'

let stage: ReturnType<typeof hostStage>

beforeEach(() => {
  stage = hostStage()
})

afterEach(async () => {
  expect(await stage.leftovers()).toEqual([])
})

test('host.guests is a list of its own each time', async () => {
  await stage.guest('alpha')
  await stage.guest('beta')
  const { guests } = stage.host
  expect(guests.map(({ id }) => id)).toEqual(['alpha', 'beta'])
  await guests[0]!.close()
  expect(guests).toHaveLength(2)
  expect(stage.host.guests.map(({ id }) => id)).toEqual(['beta'])
  expect(stage.host.guest('beta')).toBe(guests[1])
  expect(stage.host.guest('__proto__')).toBeUndefined()
})

test('an async listener that rejects becomes an error event', async () => {
  stage.host.on('guest', async (guest) => {
    await guest.info('memory', { nonsense: 1 } as never)
  })
  await stage.guest('alpha')
  expect(stage.errors).toMatchObject([{ code: 'invalid_params', guest: 'alpha' }])
})

test('a listener that throws keeps nobody out', async () => {
  stage.host.on('guest', () => {
    throw new Error('mine')
  })
  await stage.guest('alpha')
  expect(stage.errors).toEqual([new Error('mine')])
  expect(stage.log).toEqual(['guest alpha'])
})

test('on returns what stops listening', async () => {
  const seen: string[] = []
  const stop = stage.host.on('guest', ({ id }) => seen.push(id))
  await stage.guest('alpha')
  stop()
  await stage.guest('beta')
  expect(seen).toEqual(['alpha'])
})

test('counts: who is there, and what was said in all', async () => {
  const guest = await stage.guest('alpha')
  const client = stage.console('alpha')
  const asked = client.info('time')
  await answer(guest, time)
  await asked
  stage.peer('/nowhere')
  await stage.clock.settle()
  expect(stage.host.counts).toMatchObject({
    guests: 1,
    consoles: 1,
    turnedAway: 1,
    guestFrames: { received: 2, sent: 2 },
    consoleFrames: { received: 2, sent: 2 },
  })
  await client.close()
  stage.pairs[0]!.kill()
  await stage.clock.settle()
  expect(stage.host.counts).toMatchObject({
    guests: 0,
    consoles: 0,
    guestFrames: { received: 2, sent: 2 },
    consoleFrames: { received: 2, sent: 2 },
  })
})

test('close: again from listeners that hear of it is the same close', async () => {
  await stage.guest('alpha')
  const inner: Promise<void>[] = []
  stage.host.on('guest_left', (left) => void inner.push(stage.host.close(), left.close()))
  const outer = stage.host.close()
  await Promise.all([outer, ...inner])
  expect(inner[0]).toBe(outer)
})

test('close: everybody hears 1001, calls fail with closed, watches end', async () => {
  const guest = await stage.guest('alpha', 2)
  const client = stage.console('alpha')
  await stage.clock.settle()
  const alpha = stage.host.guest('alpha')!
  const asked = [alpha.info('memory'), alpha.info('cpu'), alpha.info('processes')]
  const watched = (async () => {
    for await (const each of alpha.watch('time')) void each
    return 'ended'
  })()
  const waiting = stage.peer('/join/beta')
  await stage.clock.settle()
  const closed = stage.host.close()
  // Also the one that is in the queue behind cpu.
  for (const call of asked) await expect(call).rejects.toMatchObject({ code: 'closed' })
  expect(await watched).toBe('ended')
  await closed
  expect(await guest.ended).toEqual({ code: 1001, reason: 'the host is closing' })
  expect(await waiting.ended).toMatchObject({ code: 1001 })
  // Bye would tell a guest to stay away; 1001 lets it come back.
  expect(guest.received.map((text) => readFrame(text).opnm)).not.toContain('/greet/bye')
  expect(client.state).toBe('reconnecting')
  expect(alpha.state).toBe('gone')
  expect(stage.log).toEqual(['guest alpha', 'state alpha gone', 'left alpha'])
  expect(stage.host.close()).toBe(stage.host.close())
  await client.close()
})

test.each(['before', 'after'])(
  'a guest that is closed %s its host: both are told when it is over',
  async (when) => {
    await stage.guest('alpha', 2)
    const { pair } = stage
    const alpha = stage.host.guest('alpha')!
    pair.hold()
    const ways = [() => alpha.close(), () => stage.host.close()]
    const closed = (when === 'before' ? ways : ways.toReversed()).map((close) => close())
    await stage.clock.advance(2_000)
    await Promise.all(closed)
    expect(pair.acceptor.over).toMatchObject({ code: 1006 })
  },
)

test('close gives up sockets that do not close, after a second', async () => {
  await stage.guest('alpha')
  const { pair } = stage
  stage.peer('/nowhere')
  stage.pair.hold()
  pair.hold()
  const closed = stage.host.close()
  await stage.clock.advance(1_000)
  await closed
  expect(pair.acceptor.over).toMatchObject({ code: 1006 })
})

test('of a socket that is gone the host keeps nothing', async () => {
  const receivers: Receiver[] = []
  const close = vi.fn<(code: number, reason: string) => void>()
  for (const url of ['/join/alpha', '/guests/alpha', '/nowhere']) {
    stage.host.accept(
      (receiver) => {
        receivers.push(receiver)
        return { send() {}, close }
      },
      { url, headers: { host: 'localhost' }, address: undefined },
    )
  }
  for (const receiver of receivers) receiver.closed(1006, '')
  await stage.host.close()
  expect(close).not.toHaveBeenCalled()
})

test('a closed host takes nobody in', async () => {
  await stage.host.close()
  const peer = stage.peer('/join/alpha')
  expect(await peer.ended).toEqual({ code: 1001, reason: 'the host is closing' })
  await expect(stage.host.listen(0)).rejects.toMatchObject({ code: 'closed' })
  expect(() => stage.host.attach(undefined as never)).toThrow(/was closed/)
})

test('await using closes', async () => {
  await stage.host[Symbol.asyncDispose]()
  await expect(stage.host.listen(0)).rejects.toMatchObject({ code: 'closed' })
})

test('too many bad frames: 4400', async () => {
  const peer = await stage.guest('alpha')
  for (let i = 0; i < 17; i++) peer.send('not json')
  expect(await peer.ended).toMatchObject({ code: 4400 })
  await stage.clock.settle()
  expect(stage.log.at(-1)).toBe('left alpha')
})

test('a contract of one’s own is all that the host knows', async () => {
  const contract = defineContract({ info: { gpu: { result: z.object({ name: z.string() }) } } })
  const own = new HostStage(contract)
  const guest = await own.guest('alpha', 2)
  const asked = own.host.guest('alpha')!.info('gpu')
  await answer(guest, { name: 'x' })
  expect((await asked).name).toBe('x')
  // Its life is asked about all the same; any answer will do.
  await own.clock.advance(40_000)
  const { opid, opnm } = readFrame(await guest.next())
  expect(opnm).toBe('/info/time')
  guest.send(frame(String(opid), '/event/report/info', { error: 'unknown info type' }))
  await own.clock.advance(20_000)
  expect(own.host.guest('alpha')?.state).toBe('alive')
  expect(await own.leftovers()).toEqual([])
})

test('hello may be the only thing that ever comes', async () => {
  const peer = stage.peer('/join/alpha')
  await hello(peer)
  peer.send(frame(newOpid(), '/info', time))
  await stage.clock.settle()
  // A reply to nothing is refused once, and harms nobody.
  expect(stage.host.guest('alpha')?.counts).toMatchObject({ unknown: 1 })
})

test('options are checked at once', () => {
  expect(() => createHost({ origins: ['console.example'] })).toThrow(TypeError)
})
