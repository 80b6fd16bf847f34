import type { Receiver } from '@guestool/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { MemoryHost, outcomeOf, silence } from '../test/memory-host.js'
import { createClient } from './index.js'

let host: MemoryHost
beforeEach(() => {
  host = new MemoryHost()
})
afterEach(async () => {
  vi.restoreAllMocks()
  await host.tidy()
})

describe('close', () => {
  test.each([1, 2] as const)('settles every call at once with closed (revision %i)', async (revision) => {
    const client = await host.open({ revision })
    const calls = [
      ...Array.from({ length: 10 }, () => outcomeOf(client.info('bots'))),
      outcomeOf(client.action('matcher/list')),
    ]
    await host.clock.settle()
    const closed = client.close()
    expect(client.state).toBe('closed')
    for (const call of calls)
      expect(await call).toMatchObject({ code: 'closed', guest: 'alpha', operation: expect.any(String) })
    await closed
    expect(host.address.pair.acceptor.over).toEqual({ code: 1000, reason: '' })
    expect(host.clock.timers).toBe(0)
  })

  test('of revision 2 says bye first, and waits a second at most for the answer', async () => {
    const client = await host.open({ revision: 2 })
    host.greets = false
    const closed = vi.fn()
    void client.close().then(closed)
    await host.clock.advance(999)
    expect(host.frames.at(-1)).toMatchObject({ opnm: '/greet/bye', opct: {} })
    expect(host.address.pair.acceptor.over).toBeUndefined()
    expect(closed).not.toHaveBeenCalled()
    await host.clock.advance(1)
    expect(host.address.pair.acceptor.over).toMatchObject({ code: 1000 })
    expect(closed).toHaveBeenCalled()
  })

  test('does not wait longer than a second for a peer that does not close', async () => {
    const client = await host.open()
    host.address.pair.hold()
    const closed = vi.fn()
    void client.close().then(closed)
    await host.clock.advance(999)
    expect(closed).not.toHaveBeenCalled()
    await host.clock.advance(1)
    expect(closed).toHaveBeenCalled()
    expect(host.clock.timers).toBe(0)
  })

  test('may be called again, and by await using', async () => {
    const client = await host.open()
    const first = client.close()
    expect(client.close()).toBe(first)
    await client[Symbol.asyncDispose]()
  })

  test('makes later calls fail at once, and dials no more', async () => {
    const client = await host.open()
    await client.close()
    for (const call of [client.info('cpu', 0.5), client.action('matcher/list')])
      expect(await outcomeOf(call)).toMatchObject({ code: 'closed', guest: 'alpha' })
    await host.clock.advance(60_000)
    expect(host.address.dials).toBe(1)
  })

  test.each(['hang', 'refuse'] as const)(
    'ends the dialling (%s), too; calls that wait are told',
    async (outcome) => {
      host.address.otherwise = outcome
      const client = host.client()
      const call = outcomeOf(client.info('cpu'))
      await host.clock.settle()
      const { dials } = host.address
      await client.close()
      expect(await call).toMatchObject({ code: 'closed', operation: 'info cpu' })
      await host.clock.advance(60_000)
      expect(host.address.dials).toBe(dials)
      expect(host.clock.timers).toBe(0)
    },
  )

  test('while an info waits to be asked again ends it, too', async () => {
    const client = await host.open()
    const call = outcomeOf(client.info('bots'))
    await host.clock.settle()
    host.address.otherwise = 'hang'
    host.address.pair.kill()
    await host.clock.settle()
    await client.close()
    expect(await call).toMatchObject({ code: 'closed' })
  })

  test('before hello was answered is for good: an echo in the same breath opens nothing', async () => {
    let host2: Receiver | undefined
    let hello = ''
    const client = createClient('ws://host.test/guests/alpha', {
      clock: host.clock,
      dial: (receiver) => {
        host2 = receiver
        return { send: (text) => (hello = text), close: (code, reason) => receiver.closed(code, reason) }
      },
    })
    const states: string[] = []
    client.on('state', (state) => states.push(state))
    host2?.opened()
    const closed = client.close()
    host2?.text(hello)
    await closed
    expect(states).toEqual(['closed'])
    expect(host.clock.timers).toBe(0)
  })

  test('in a listener of the state is no trouble', async () => {
    const client = host.client()
    client.on('state', (state) => (state === 'open' ? client.close() : undefined))
    const call = outcomeOf(client.info('cpu'))
    await host.clock.settle()
    expect(client.state).toBe('closed')
    expect(await call).toMatchObject({ code: 'closed' })
  })

  test('of revision 2: replies that cross with bye are neither events nor rejected', async () => {
    const client = await host.open({ revision: 2 })
    const call = outcomeOf(client.info('bots'))
    await host.clock.settle()
    host.address.pair.hold()
    const closed = client.close()
    host.asked[0]?.reply([])
    host.address.pair.release()
    await closed
    expect(await call).toMatchObject({ code: 'closed' })
    expect(host.frames.map(({ opnm }) => opnm)).toEqual(['/greet/hello', '/info/bots', '/greet/bye'])
  })
})

describe('after all that can happen', () => {
  test('nothing is left: no timer, no listener, no entry', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    host.answer = ({ label }) => (label === 'info bots' ? [] : silence)
    const client = await host.open()
    const { signal } = new AbortController()
    const add = vi.spyOn(signal, 'addEventListener')
    const remove = vi.spyOn(signal, 'removeEventListener')
    const calls = [
      client.info('bots', undefined, { signal }),
      client.info('memory', undefined, { signal, timeout: 10 }),
      client.info('memory', undefined, { signal }),
      client.action('matcher/list', undefined, { signal }),
    ].map((call) => outcomeOf(call))
    const watch = client.watch('bots', undefined, { signal })
    await watch.next()
    const next = outcomeOf(watch.next())
    await host.clock.advance(100)
    host.address.pair.kill()
    await host.clock.advance(700)
    expect(client.state).toBe('open')
    await client.close()
    await Promise.all([...calls, next])
    expect(add.mock.calls.length).toBeGreaterThan(4)
    const removed = new Set(remove.mock.calls.map(([, listener]) => listener))
    expect(removed).toEqual(new Set(add.mock.calls.map(([, listener]) => listener)))
    expect(host.clock.timers).toBe(0)
    expect(host.address.pairs.every(({ dialler }) => dialler.over !== undefined)).toBe(true)
  })
})
