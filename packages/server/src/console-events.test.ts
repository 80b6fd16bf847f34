import { guestool, newOpid } from '@guestool/core'
import { frame, readFrame, type Peer } from '@guestool/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import * as z from 'zod'
import { hello, HostStage, hostStage } from './stage.test.kit.js'

let stage: ReturnType<typeof hostStage>

beforeEach(() => {
  stage = hostStage()
})

afterEach(async () => {
  expect(stage.errors).toEqual([])
  expect(await stage.leftovers()).toEqual([])
})

/** A console in the hands of the test, open. */
async function visitor(id: string, revision: 1 | 2 = 1): Promise<Peer> {
  const peer = stage.peer(`/guests/${id}`)
  await hello(peer, revision)
  await stage.clock.settle()
  return peer
}

async function heard(peer: Peer) {
  await stage.clock.settle()
  return peer.waiting.splice(0).map((text) => readFrame(text))
}

test('events of a guest reach its consoles, each in its own revision; others do not hear them', async () => {
  const guest = await stage.guest('alpha', 2)
  const first = await visitor('alpha', 1)
  const second = await visitor('alpha', 2)
  const elsewhere = await visitor('beta', 1)
  const opid = newOpid()
  guest.send(frame(opid, '/event/bot_online', { bot: '10001' }))
  const [one] = await heard(first)
  const [two] = await heard(second)
  expect(one).toMatchObject({ opnm: '/event', opct: { event: 'bot_online', bot: '10001' } })
  expect(two).toMatchObject({ opnm: '/event/bot_online', opct: { bot: '10001' } })
  expect(new Set([opid, one?.opid, two?.opid]).size).toBe(3)
  expect(await heard(elsewhere)).toEqual([])
})

test('an event that one revision cannot say, or that means something else there, is not handed on', async () => {
  const one = await stage.guest('one', 1)
  const two = await stage.guest('two', 2)
  const consoles = [
    await visitor('one', 1),
    await visitor('one', 2),
    await visitor('two', 1),
    await visitor('two', 2),
  ]
  one.send(frame(newOpid(), '/event', { event: 'report/info', a: 1 }))
  one.send(frame(newOpid(), '/event', { event: 'report', a: 1 }))
  two.send(frame(newOpid(), '/event/name', { event: 'other' }))
  two.send(frame(newOpid(), '/event/name', [1]))
  const frames = await Promise.all(consoles.map(heard))
  expect(frames).toMatchObject([[], [], [], [{ opnm: '/event/name', opct: { event: 'other' } }]])
})

test('events that no contract of the host knows are handed on all the same', async () => {
  const contract = guestool.extend({ event: { bot_online: z.object({ bot: z.string() }) } })
  const extended = new HostStage(contract)
  const guest = await extended.guest('alpha', 2)
  const client = extended.console('alpha')
  const bots: string[] = []
  client.onEvent('bot_online', ({ bot }) => bots.push(bot))
  await extended.clock.settle()
  guest.send(frame(newOpid(), '/event/bot_online', { bot: '10001' }))
  guest.send(frame(newOpid(), '/event/unheard_of', {}))
  await extended.clock.settle()
  expect(bots).toEqual(['10001'])
  expect(client.counts.strangeEvents).toBe(1)
  await client.close()
  expect(await extended.leftovers()).toEqual([])
})
