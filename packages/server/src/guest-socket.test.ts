import { GuestoolError, guestool, newOpid } from '@guestool/core'
import { frame, readFrame } from '@guestool/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import * as z from 'zod'
import type { GuestConnection } from './guest-connection.js'
import { answer, cpu, hello, HostStage, hostStage, time } from './stage.test.kit.js'

let stage: ReturnType<typeof hostStage>

beforeEach(() => {
  stage = hostStage()
})

afterEach(async () => {
  expect(await stage.leftovers()).toEqual([])
})

const guest = (id: string): GuestConnection<any> => stage.host.guest(id)!

test('hello is echoed byte for byte, whatever its spacing, before anything else is sent', async () => {
  stage.host.on('guest', (joined) => joined.info('memory').catch(() => undefined))
  const peer = stage.peer('/join/alpha')
  await peer.ready
  const opid = newOpid()
  const text = ` {"opnm" :"\\/greet/hello", "opct": {"n": 1.0},\t"opid": "${opid}", "x":"\\u4f60" }\n`
  peer.send(text)
  expect(await peer.next()).toBe(text)
  expect(readFrame(await peer.next()).opnm).toBe('/info/memory')
})

test.each([1, 2] as const)('revision %i is learnt from hello', async (revision) => {
  const peer = await stage.guest('alpha', revision)
  expect(guest('alpha').revision).toBe(revision)
  const result = guest('alpha').info('cpu', 0.5)
  const asked = await answer(peer, cpu)
  expect(asked).toEqual(
    revision === 1
      ? { opnm: '/info', opct: { info: 'cpu', smptime: 0.5 } }
      : { opnm: '/info/cpu', opct: { smptime: 0.5 } },
  )
  expect(await result).toEqual(cpu)
})

test('a guest that joins says where it is from, and since when', async () => {
  await stage.clock.advance(1_234)
  await stage.guest('alpha', 2, { address: '127.0.0.9' })
  expect(guest('alpha')).toMatchObject({
    id: 'alpha',
    address: '127.0.0.9',
    connectedAt: stage.clock.wall(),
    state: 'alive',
    roundTrip: undefined,
    counts: { received: 1, sent: 1 },
  })
})

test('a guest without an id gets one', async () => {
  for (const peer of [stage.peer('/'), stage.peer('/')]) await hello(peer)
  await stage.clock.settle()
  const ids = stage.host.guests.map(({ id }) => id)
  expect(new Set(ids).size).toBe(2)
  for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{12}$/)
})

test('no hello within ten seconds: 4408', async () => {
  const peer = stage.peer('/join/alpha')
  await stage.clock.advance(9_999)
  expect(stage.pair.dialler.over).toBeUndefined()
  await stage.clock.advance(1)
  expect(await peer.ended).toEqual({ code: 4408, reason: 'no hello within 10 s' })
})

test.each([
  ['a request', frame(newOpid(), '/info', { info: 'cpu' })],
  ['no JSON', 'hello'],
  ['nothing', ''],
])('a first frame that is %s: 4400, and no frame', async (_, text) => {
  const peer = stage.peer('/join/alpha')
  await peer.ready
  peer.send(text)
  expect(await peer.ended).toMatchObject({ code: 4400, reason: expect.stringContaining('/hello') })
  expect(peer.received).toEqual([])
  expect(stage.log).toEqual([])
})

test('a later hello is echoed and changes nothing', async () => {
  const peer = await stage.guest('alpha')
  await hello(peer)
  expect(stage.log).toEqual(['guest alpha'])
})

test('params that the contract does not know are never sent', async () => {
  const peer = await stage.guest('alpha', 2)
  await expect(guest('alpha').info('memory', { x: 1 })).rejects.toMatchObject({
    code: 'invalid_params',
    guest: 'alpha',
    operation: 'info memory',
  })
  await expect(guest('alpha').info('cpu', -1)).rejects.toMatchObject({ code: 'invalid_params' })
  await expect(guest('alpha').info('cpu', 65)).rejects.toMatchObject({ code: 'invalid_params' })
  await stage.clock.settle()
  expect(peer.waiting).toEqual([])
})

test('the round trip is that of the last answer', async () => {
  const peer = await stage.guest('alpha')
  const asked = guest('alpha').info('time')
  await stage.clock.advance(42)
  await answer(peer, time)
  await asked
  expect(guest('alpha').roundTrip).toBe(42)
})

test('events of the contract reach their listeners; others are counted', async () => {
  await stage.leftovers()
  const contract = guestool.extend({ event: { bot_online: z.object({ bot: z.string() }) } })
  const extended = new HostStage(contract)
  const peer = await extended.guest('alpha', 1)
  const heard: unknown[] = []
  const alpha = extended.host.guest('alpha')!
  const problems: unknown[] = []
  alpha.on('error', (error) => problems.push(error))
  alpha.onEvent('bot_online', (data) => heard.push(data))
  peer.send(frame(newOpid(), '/event', { event: 'bot_online', bot: '10001' }))
  peer.send(frame(newOpid(), '/event', { event: 'bot_online', bot: 7 }))
  peer.send(frame(newOpid(), '/event', { event: 'unheard_of' }))
  await extended.clock.settle()
  expect(heard).toEqual([{ bot: '10001' }])
  expect(alpha.counts.strangeEvents).toBe(2)
  expect(problems).toMatchObject([{ code: 'invalid_result', guest: 'alpha' }])
  expect(extended.errors).toEqual(problems)
  expect(await extended.leftovers()).toEqual([])
})

test('what a listener throws is an error event, of the guest and of the host', async () => {
  await stage.guest('alpha')
  const problems: unknown[] = []
  guest('alpha').on('error', (error) => problems.push(error))
  guest('alpha').on('state', () => {
    throw new Error('mine')
  })
  stage.pair.kill()
  await stage.clock.settle()
  expect(problems).toEqual([new Error('mine')])
  expect(stage.errors).toEqual([new Error('mine')])
})

async function thisCaller() {
  const memory = await guest('alpha').info('memory')
  return memory
}

test('errors name the guest and the operation, and their stack holds the caller', async () => {
  const peer = await stage.guest('alpha')
  const asked = thisCaller()
  const { opid } = readFrame(await peer.next())
  peer.send(frame(String(opid), '/event', { event: 'reject', code: 'unsupported', error: 'not here' }))
  const error = await asked.catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(GuestoolError)
  expect(error).toMatchObject({
    message: 'info memory (guest alpha): not here',
    code: 'unsupported',
    remote: true,
  })
  expect((error as Error).stack).toContain('thisCaller')
  expect(stage.errors).toEqual([])
})

test('exclusive infos of one guest run one at a time, of two guests at once; others do not wait', async () => {
  const alpha = await stage.guest('alpha', 2)
  const beta = await stage.guest('beta', 2)
  const calls = [
    guest('alpha').info('cpu', 1),
    guest('alpha').info('cpu', 1),
    guest('alpha').info('cpu', 2),
    guest('alpha')
      .info('memory', undefined, { timeout: 1 })
      .catch(() => 'timeout'),
    guest('beta').info('cpu', 1),
  ]
  await stage.clock.settle()
  expect(alpha.waiting.map((text) => readFrame(text).opnm)).toEqual(['/info/cpu', '/info/memory'])
  await answer(alpha, cpu)
  await answer(beta, cpu)
  await stage.clock.settle()
  await alpha.next('memory')
  await answer(alpha, { ...cpu, cpu_percent: 99 })
  await stage.clock.advance(1)
  expect(await Promise.all(calls)).toEqual([cpu, cpu, { ...cpu, cpu_percent: 99 }, 'timeout', cpu])
})
