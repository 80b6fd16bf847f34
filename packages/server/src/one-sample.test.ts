import { once } from 'node:events'
import { createClient } from '@guestool/client'
import { guestool, newOpid, pause } from '@guestool/core'
import { createGuest } from '@guestool/guest'
import { frame, readFrame } from '@guestool/testing'
import { afterEach, describe, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { cleanups, cleanUp, listening } from './sockets.test.kit.js'
import { answer, cpu, fixedInfos, hello, HostStage, hostStage, time } from './stage.test.kit.js'

const amount = { total: 4, available: 3, used: 1, percent: 25 }
const memory = { mem: amount, swap: amount }

/** A guest whose samples take their time, and what it was asked, with the moments. */
async function sampled(stage: ReturnType<typeof hostStage>) {
  const asked: [name: string, at: number][] = []
  const guest = createGuest('ws://localhost/join/alpha', {
    dial: stage.dial('/join/alpha'),
    clock: stage.clock,
    revision: 2,
    action: 'unsupported',
    info: {
      ...fixedInfos,
      async memory() {
        asked.push(['memory', stage.clock.now()])
        await pause(stage.clock, 5)
        return memory
      },
      async cpu({ smptime }) {
        asked.push(['cpu', stage.clock.now()])
        await pause(stage.clock, smptime * 1_000)
        return cpu
      },
    },
  })
  await stage.clock.settle()
  return { guest, asked, times: (name: string) => asked.filter(([what]) => what === name).length }
}

/** Watches until it is stopped; resolves with the number of samples. */
async function samplesOf(watch: AsyncIterable<unknown>): Promise<number> {
  let samples = 0
  for await (const _ of watch) samples++
  return samples
}

describe('a hundred consoles that watch one guest', () => {
  test('once a second cost it one sample a second', async () => {
    const stage = hostStage({ history: false })
    const { guest, times } = await sampled(stage)
    const consoles = Array.from({ length: 100 }, (_, i) => stage.console('alpha', i % 2 === 0 ? 1 : 2))
    await stage.clock.settle()
    const every = 1_000
    const all = consoles.flatMap((console) => [
      samplesOf(console.watch('memory', undefined, { every })),
      samplesOf(console.watch('cpu', 0.2, { every })),
    ])
    await stage.clock.advance(9_999)
    expect({ memory: times('memory'), cpu: times('cpu') }).toEqual({ memory: 10, cpu: 10 })
    expect(stage.host.guest('alpha')!.shared).toBe(2 * 99 * 10)
    await Promise.all(consoles.map((console) => console.close()))
    expect(await Promise.all(all)).toEqual(Array.from({ length: 200 }, () => 10))
    await guest.close()
    expect(await stage.leftovers()).toEqual([])
  })

  test('also when each began at a moment of its own', async () => {
    const stage = hostStage({ history: false })
    const { guest, times } = await sampled(stage)
    const consoles = Array.from({ length: 100 }, () => stage.console('alpha', 2))
    const all: Promise<number>[] = []
    for (const console of consoles) {
      all.push(samplesOf(console.watch('memory', undefined, { every: 1_000 })))
      all.push(samplesOf(console.watch('cpu', 0.2, { every: 1_000 })))
      await stage.clock.advance(10)
    }
    await stage.clock.advance(8_999)
    expect({ memory: times('memory'), cpu: times('cpu') }).toEqual({ memory: 10, cpu: 10 })
    await Promise.all(consoles.map((console) => console.close()))
    for (const samples of await Promise.all(all)) expect(samples).toBeGreaterThanOrEqual(9)
    await guest.close()
    expect(await stage.leftovers()).toEqual([])
  })

  test('but who acted, or heard an event, is not given what was known before', async () => {
    const stage = hostStage({ history: false })
    const guest = await stage.guest('alpha')
    const [one, two] = [stage.console('alpha'), stage.console('alpha')]
    const bots = async (console: typeof one, known: string[]): Promise<string[]> => {
      const asked = console.info('bots')
      await answer(guest, known)
      return asked
    }
    expect(await bots(one, ['1'])).toEqual(['1'])
    const acted = two.action('matcher/list')
    await answer(guest, [])
    await acted
    expect(await bots(two, ['2'])).toEqual(['2'])
    guest.send(frame(newOpid(), '/event', { event: 'bot_online', bot: '3' }))
    await stage.clock.settle()
    expect(await bots(one, ['3'])).toEqual(['3'])
    expect(await two.info('bots')).toEqual(['3'])
    await Promise.all([one.close(), two.close()])
    expect(await stage.leftovers()).toEqual([])
  })

  test('cost it each sample where sharing is off, but for those that run alone', async () => {
    const stage = hostStage({ history: false, share: false })
    const { guest, times } = await sampled(stage)
    const consoles = Array.from({ length: 100 }, () => stage.console('alpha', 2))
    await stage.clock.settle()
    const calls = consoles.flatMap((console) => [console.info('memory'), console.info('cpu', 0.2)])
    await stage.clock.advance(200)
    await Promise.all(calls)
    expect({ memory: times('memory'), cpu: times('cpu') }).toEqual({ memory: 100, cpu: 1 })
    expect(stage.host.guest('alpha')!.shared).toBe(99)
    await Promise.all(consoles.map((console) => console.close()))
    await guest.close()
    expect(await stage.leftovers()).toEqual([])
  })
})

describe('over sockets', () => {
  afterEach(cleanUp)

  test('a hundred consoles and the host ask at once: one call, and an answer for each', async () => {
    const { host, url } = await listening({ history: false })
    let calls = 0
    const release = new AbortController()
    const guest = createGuest(`${url}/join/alpha`, {
      action: 'unsupported',
      info: {
        ...fixedInfos,
        async memory() {
          calls++
          await once(release.signal, 'abort')
          return memory
        },
      },
    })
    cleanups.push(() => guest.close())
    await vi.waitFor(() => expect(host.guest('alpha')).toBeDefined())
    const consoles = Array.from({ length: 100 }, (_, i) =>
      createClient(`${url}/guests/alpha`, { revision: i % 2 === 0 ? 1 : 2 }),
    )
    for (const console of consoles) cleanups.push(() => console.close())
    const asked = [host.guest('alpha')!, ...consoles].map((asker) => asker.info('memory'))
    // A hello and a question of each.
    await vi.waitFor(() => expect(host.counts.consoleFrames.received).toBe(200), 20_000)
    release.abort()
    expect(await Promise.all(asked)).toEqual(Array.from({ length: 101 }, () => memory))
    expect(calls).toBe(1)
    expect(host.guest('alpha')!.shared).toBe(100)
  })
})

describe('a guest that is asked the same twice', () => {
  const contract = guestool.extend({
    action: { switch: { params: z.object({ on: z.boolean() }), result: z.null() } },
  })

  test('is asked twice for an action, with equal params or not', async () => {
    const stage = new HostStage(contract)
    const peer = await stage.guest('alpha', 2)
    const alpha = stage.host.guest('alpha')!
    const calls = [alpha.action('switch', true), alpha.action('switch', true), alpha.action('switch', false)]
    for (const on of [true, true, false])
      expect(await answer(peer, null)).toEqual({ opnm: '/action/switch', opct: { on } })
    expect(await Promise.all(calls)).toEqual([null, null, null])
    expect(alpha.shared).toBe(0)
    expect(await stage.leftovers()).toEqual([])
  })

  test('once for an info, whatever the order of params, and whoever knows it', async () => {
    const stage = hostStage()
    const peer = await stage.guest('alpha', 2)
    const visitors = [stage.peer('/guests/alpha'), stage.peer('/guests/alpha')]
    for (const visitor of visitors) await hello(visitor, 2)
    visitors[0]!.send(frame(newOpid(), '/info/mystery', { a: 1, b: { c: [1], d: 2 } }))
    visitors[1]!.send(frame(newOpid(), '/info/mystery', { b: { d: 2, c: [1] }, a: 1 }))
    await stage.clock.settle()
    await answer(peer, { all: 'of it' })
    for (const visitor of visitors) expect(readFrame(await visitor.next()).opct).toEqual({ all: 'of it' })
    await stage.clock.settle()
    expect(peer.waiting).toEqual([])
    expect(stage.host.guest('alpha')!.shared).toBe(1)
    expect(await stage.leftovers()).toEqual([])
  })

  test('answers the probe of its life apart: that is nobody’s call', async () => {
    const stage = hostStage()
    const peer = await stage.guest('alpha', 2)
    const alpha = stage.host.guest('alpha')!
    const asked = alpha.info('time').catch((error: unknown) => error)
    await stage.clock.advance(6_000)
    // Its own request, and the host's question whether it lives, which must not wait for the same answer.
    expect(peer.waiting.map((text) => readFrame(text).opnm)).toEqual(['/info/time', '/info/time'])
    await stage.clock.advance(54_000)
    expect(await asked).toMatchObject({ code: 'expired' })
    expect(await stage.leftovers()).toEqual([])
  })

  test('keeps its request when the first console leaves, and its answer is the others’', async () => {
    const stage = hostStage()
    const peer = await stage.guest('alpha', 2)
    const first = stage.peer('/guests/alpha')
    await hello(first, 2)
    const line = stage.pair
    const asked = stage.console('alpha')
    first.send(frame(newOpid(), '/info/time', {}))
    await stage.clock.settle()
    const result = asked.info('time')
    await stage.clock.settle()
    line.kill()
    await stage.clock.settle()
    await answer(peer, time)
    expect(await result).toEqual(time)
    await stage.clock.settle()
    expect(peer.waiting).toEqual([])
    expect(stage.host.guest('alpha')!.counts.abandoned).toBe(0)
    await asked.close()
    expect(await stage.leftovers()).toEqual([])
  })

  test.each([1, 2] as const)('in revision %i: its failure is everybody’s', async (revision) => {
    const stage = hostStage()
    const peer = await stage.guest('alpha', revision)
    const client = stage.console('alpha')
    await stage.clock.settle()
    const calls = [stage.host.guest('alpha')!.info('memory'), client.info('memory')]
    await stage.clock.settle()
    const { opid } = readFrame(await peer.next())
    const why = { code: 'unsupported', error: 'not here' }
    peer.send(
      revision === 1
        ? frame(String(opid), '/event', { event: 'reject', ...why })
        : frame(String(opid), '/event/report/info', why),
    )
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'unsupported', remote: true })
    expect(stage.host.guest('alpha')!.shared).toBe(1)
    await client.close()
    expect(await stage.leftovers()).toEqual([])
  })

  test('and leaves: everybody hears that it is gone, the ones in line as well', async () => {
    const stage = hostStage()
    await stage.guest('alpha', 2)
    const line = stage.pair
    const alpha = stage.host.guest('alpha')!
    const calls = [alpha.info('memory'), alpha.info('memory'), alpha.info('cpu', 1), alpha.info('cpu', 2)]
    const client = stage.console('alpha')
    const asked = [client.info('memory'), client.info('cpu', 2)]
    await stage.clock.settle()
    line.kill()
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'connection_lost' })
    for (const call of asked) await expect(call).rejects.toMatchObject({ code: 'gone' })
    await expect(alpha.info('memory')).rejects.toMatchObject({ code: 'gone' })
    await client.close()
    expect(await stage.leftovers()).toEqual([])
  })
})
