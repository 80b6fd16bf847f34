import type { ConnectionState } from '@guestool/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { MemoryHost, outcomeOf, platform, silence } from '../test/memory-host.js'
import { createClient, type Client } from './index.js'

let host: MemoryHost
beforeEach(() => {
  host = new MemoryHost()
})
afterEach(async () => {
  vi.restoreAllMocks()
  await host.tidy()
})

describe('hello', () => {
  test.each([
    [1, '/hello'],
    [2, '/greet/hello'],
  ] as const)('of revision %i comes first, and its echo opens the client', async (revision, hello) => {
    const states: ConnectionState[] = []
    const client = host.client({ revision })
    client.on('state', (state) => states.push(state))
    expect(client.state).toBe('connecting')
    await host.clock.settle()
    expect(client.state).toBe('open')
    expect(states).toEqual(['open'])
    expect(host.frames).toEqual([{ opid: expect.stringMatching(/^[0-9a-f-]{36}$/), opnm: hello, opct: {} }])
    expect(client.counts).toMatchObject({ sent: 1, received: 1 })
  })

  test('of revision 1 is taken for granted after two seconds of silence', async () => {
    host.greets = false
    const client = host.client()
    await host.clock.advance(1_999)
    expect(client.state).toBe('connecting')
    await host.clock.advance(1)
    expect(client.state).toBe('open')
    expect(host.address.dials).toBe(1)
  })

  test('of revision 1 is taken for granted when anything valid comes', async () => {
    host.greets = false
    const client = host.client()
    await host.clock.advance(1)
    host.address.pair.acceptor.send('not a frame')
    await host.clock.settle()
    expect(client.state).toBe('connecting')
    host.send('6a0ef7a8-9bdc-4b67-8f6c-2f2bd8e7a001', '/event', { event: 'anything' })
    await host.clock.settle()
    expect(client.state).toBe('open')
  })

  test('of revision 2 must be answered: after ten seconds of silence the client dials again', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    host.greets = false
    const client = host.client({ revision: 2 })
    const errors: unknown[] = []
    client.on('error', (error) => errors.push(error))
    await host.clock.advance(9_999)
    expect(client.state).toBe('connecting')
    expect(errors).toEqual([])
    host.greets = true
    await host.clock.advance(1)
    expect(errors).toEqual([expect.objectContaining({ code: 'connection_lost', outcome: 'never_sent' })])
    expect(String(errors[0])).toContain('the host did not answer hello')
    expect(host.address.pairs[0]?.dialler.over).toBeDefined()
    await host.clock.advance(500)
    expect(client.state).toBe('open')
    expect(host.address.dials).toBe(2)
  })

  test('is never the same twice', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0)
    await host.open()
    host.address.pair.kill()
    await host.clock.advance(1)
    const [first, second] = host.hellos
    expect(host.hellos).toHaveLength(2)
    expect(first?.opid).not.toBe(second?.opid)
  })
})

describe('a call', () => {
  test.each([
    [1, { opnm: '/info', opct: { info: 'cpu', smptime: 0.5 } }],
    [2, { opnm: '/info/cpu', opct: { smptime: 0.5 } }],
  ] as const)('waits for hello, then asks as revision %i does', async (revision, request) => {
    host.answer = () => ({ error: 'busy', code: 'busy' })
    const client = host.client({ revision })
    const call = outcomeOf(client.info('cpu', 0.5))
    await host.clock.settle()
    expect(host.frames.map(({ opnm }) => opnm)).toEqual([
      revision === 1 ? '/hello' : '/greet/hello',
      request.opnm,
    ])
    expect(host.asked[0]).toMatchObject(request)
    expect(await call).toMatchObject({ code: 'busy', remote: true })
  })

  test.each([
    ['the sole parameter alone', (client: Client) => client.info('cpu', 0.5), { smptime: 0.5 }],
    ['params as an object', (client: Client) => client.info('cpu', { smptime: 0.5 }), { smptime: 0.5 }],
    ['no params: no defaults either', (client: Client) => client.info('cpu'), {}],
    ['options third', (client: Client) => client.info('cpu', undefined, { timeout: 5_000 }), {}],
    ['a false one alone', (client: Client) => client.info('all_partitions', false), { physical_only: false }],
    ['an action', (client: Client) => client.action('matcher/info', 'x'), { id: 'x' }],
  ])('sends just what its caller gave: %s', async (_what, call, params) => {
    const client = await host.open({ revision: 2 })
    const outcome = outcomeOf(call(client))
    await host.clock.settle()
    expect(host.asked[0]?.opct).toEqual(params)
    await client.close()
    expect(await outcome).toMatchObject({ code: 'closed' })
  })

  test('resolves with the result; what the contract does not know passes through', async () => {
    host.answer = () => ({ ...platform, more: 'than we know' })
    const client = await host.open()
    expect(await client.info('system_platform')).toEqual({ ...platform, more: 'than we know' })
  })

  test('settles by its own reply, in whatever order they come', async () => {
    const client = await host.open()
    const calls = [client.info('bots'), client.info('bots'), client.info('bots')]
    await host.clock.settle()
    for (const [i, asked] of [...host.asked.entries()].toReversed()) asked.reply([`bot ${i}`])
    expect(await Promise.all(calls)).toEqual([['bot 0'], ['bot 1'], ['bot 2']])
  })

  test('that fails says what failed, at which guest, and where the caller stands', async () => {
    host.answer = () => ({ error: 'no sensors', code: 'failed' })
    const client = await host.open()
    const error = await outcomeOf(client.info('cpu'))
    expect(error).toMatchObject({ code: 'failed', operation: 'info cpu', guest: 'alpha', remote: true })
    expect(String(error)).toBe('GuestoolError: info cpu (guest alpha): no sensors')
    expect((error as Error).stack).toContain('client.test.ts')
  })

  test('with params that cannot be right fails before anything is sent', async () => {
    const client = await host.open()
    for (const smptime of [-1, Number.NaN, Infinity, 58.1]) {
      expect(await outcomeOf(client.info('cpu', smptime))).toMatchObject({
        code: 'invalid_params',
        operation: 'info cpu',
        guest: 'alpha',
        message: expect.stringContaining('smptime'),
      })
    }
    // @ts-expect-error a misspelt key
    expect(await outcomeOf(client.info('cpu', { smptme: 1 }))).toMatchObject({ code: 'invalid_params' })
    // @ts-expect-error no such info
    expect(await outcomeOf(client.info('gpu'))).toMatchObject({ code: 'unknown_operation' })
    expect(host.asked).toEqual([])
  })

  test('whose result does not fit fails with what came', async () => {
    host.answer = () => ({ summary: 1 })
    const client = await host.open()
    expect(await outcomeOf(client.info('system_platform'))).toMatchObject({
      code: 'invalid_result',
      raw: { summary: 1 },
      message: expect.stringContaining('summary: expected string, got number'),
    })
  })

  test('without a connection fails with connect_timeout, and says why there is none', async () => {
    host.address.otherwise = 'refuse'
    const client = host.client({ connectTimeout: 3_000 })
    const call = outcomeOf(client.info('cpu', undefined, { timeout: 500 }))
    const settled = vi.fn()
    void call.then(settled)
    await host.clock.advance(2_999)
    expect(settled).not.toHaveBeenCalled()
    await host.clock.advance(1)
    expect(await call).toMatchObject({
      code: 'connect_timeout',
      operation: 'info cpu',
      guest: 'alpha',
      message: expect.stringMatching(
        /ws:\/\/host\.test\/guests\/alpha.*nobody listens.*is the host running.*3000 ms/,
      ),
    })
  })

  test('that may wait for a connection for no time that can be told waits for none', async () => {
    host.address.otherwise = 'hang'
    const client = host.client({ connectTimeout: NaN })
    await expect(client.info('cpu')).rejects.toMatchObject({ code: 'connect_timeout' })
  })

  test('has all its time from the moment it was sent, however long the connection took', async () => {
    host.address.plan.push('hang')
    vi.spyOn(Math, 'random').mockReturnValue(0)
    const client = host.client({ connectTimeout: 30_000 })
    const call = outcomeOf(client.info('bots', undefined, { timeout: 1_000 }))
    await host.clock.advance(10_000)
    expect(client.state).toBe('open')
    expect(host.asked).toHaveLength(1)
    await host.clock.advance(999)
    host.asked[0]?.reply(['late but welcome'])
    expect(await call).toEqual(['late but welcome'])
  })

  test.each([
    ['before it is made', 0],
    ['while it waits for a connection', 1],
    ['while it waits for the answer', 2],
  ])('ends when its signal fires %s, and leaves no listener', async (_when, stage) => {
    const controller = new AbortController()
    const listeners = listenersOf(controller.signal)
    const abort = () => controller.abort(new Error('enough'))
    if (stage === 0) abort()
    if (stage === 2) await host.open()
    else host.address.otherwise = 'hang'
    const client = host.client()
    if (stage === 2) await host.clock.settle()
    const call = outcomeOf(client.info('cpu', 0.5, { signal: controller.signal }))
    await host.clock.settle()
    expect(host.asked).toHaveLength(stage === 2 ? 1 : 0)
    if (stage > 0) abort()
    expect(await call).toMatchObject({ code: 'aborted', operation: 'info cpu', cause: new Error('enough') })
    expect(listeners()).toBe(0)
    expect(host.asked).toHaveLength(stage === 2 ? 1 : 0)
  })

  test('that was answered leaves no listener at its signal', async () => {
    host.answer = () => []
    const controller = new AbortController()
    const listeners = listenersOf(controller.signal)
    const client = host.client()
    await client.info('bots', undefined, { signal: controller.signal, timeout: 2_000 })
    await client.info('bots', undefined, { signal: controller.signal })
    expect(listeners()).toBe(0)
  })

  test('ends at its own timeout; the reply that comes later is dropped, not rejected', async () => {
    const client = await host.open()
    const call = outcomeOf(client.info('bots', undefined, { timeout: 250 }))
    await host.clock.advance(250)
    expect(await call).toMatchObject({ code: 'timeout', operation: 'info bots' })
    const before = host.frames.length
    host.asked[0]?.reply([])
    await host.clock.settle()
    expect(host.frames).toHaveLength(before)
    expect(client.counts.abandoned).toBe(1)
  })

  test('expires after a minute; the reply that comes then is rejected, once', async () => {
    host.answer = ({ label }) => (label === 'info time' ? { error: 'x', code: 'failed' } : silence)
    const client = await host.open()
    const call = outcomeOf(client.info('bots'))
    await host.clock.advance(59_999)
    expect(host.asked).toHaveLength(1)
    await host.clock.advance(1)
    expect(await call).toMatchObject({ code: 'expired', operation: 'info bots', guest: 'alpha' })
    const [asked] = host.asked
    asked?.reply([])
    asked?.reply([])
    await host.clock.settle()
    const rejections = host.frames.filter(({ opct }) => opct['event'] === 'reject')
    expect(rejections).toEqual([
      {
        opid: asked?.opid,
        opnm: '/event',
        opct: expect.objectContaining({ code: 'expired', age_ms: 60_000 }),
      },
    ])
    expect(client.counts).toMatchObject({ late: 1, duplicate: 1 })
  })
})

describe('a URL', () => {
  test.each([
    '',
    'alpha',
    '127.0.0.1:37103',
    'ftp://127.0.0.1',
    'ws://',
    'ws:///guests',
    'ws://a b',
    'ws://h/#x',
  ])('that is none of a host is refused at once: %j', (url) => {
    const dial = vi.fn()
    expect(() => createClient(url, { dial })).toThrow(TypeError)
    expect(() => createClient(url, { dial })).toThrow('write ws://')
    expect(dial).not.toHaveBeenCalled()
  })

  test.each([
    'ws://me:SECRET@host.test?token=SECRET',
    'ws://host.test/guestool',
    'ws://host.test/guests',
    'ws://host.test/guests/',
    'ws://host.test/guests/alpha/',
    'ws://host.test/guests/a%20b',
    'ws://host.test/guests/.a',
    `ws://host.test/guests/${'a'.repeat(65)}`,
    'ws://host.test/join/alpha',
  ])('that is none of one guest is refused at once, with what to write, and no secret: %s', (url) => {
    const dial = vi.fn()
    const make = () => createClient(url, { dial })
    expect(make).toThrow(TypeError)
    expect(make).toThrow(/write ws:\/\/…\/guests\/alpha, or createHub for all/)
    expect(make).not.toThrow(/SECRET/)
    expect(dial).not.toHaveBeenCalled()
  })

  test.each([
    ['http://host.test/guests/alpha', 'ws://host.test/guests/alpha'],
    ['https://host.test/hub/guests/a', 'wss://host.test/hub/guests/a'],
    ['WSS://host.test/guests/alpha', 'WSS://host.test/guests/alpha'],
    [new URL('ws://host.test:1/guests/alpha'), 'ws://host.test:1/guests/alpha'],
  ])('may be %s', async (url, shown) => {
    host.address.otherwise = 'hang'
    const client = createClient(url, { dial: host.address.dial, clock: host.clock, connectTimeout: 1 })
    const call = outcomeOf(client.info('cpu'))
    await host.clock.advance(1)
    expect(String(await call)).toContain(`${shown} has not answered yet`)
    await client.close()
  })

  test('tells no secret of its own in an error', async () => {
    host.address.otherwise = 'refuse'
    const client = createClient('ws://alpha:SECRET@host.test/guests/alpha?token=SECRET', {
      dial: host.address.dial,
      clock: host.clock,
      connectTimeout: 100,
    })
    const errors: unknown[] = []
    client.on('error', (error) => errors.push(error))
    const call = outcomeOf(client.info('cpu'))
    await host.clock.advance(100)
    errors.push(await call)
    expect(errors.length).toBeGreaterThan(1)
    for (const error of errors) {
      expect(String(error)).toContain('ws://host.test/guests/alpha')
      expect(String(error)).not.toContain('SECRET')
    }
    await client.close()
  })
})

/** How many abort listeners a signal has. */
function listenersOf(signal: AbortSignal): () => number {
  const listeners = new Set<unknown>()
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  vi.spyOn(signal, 'addEventListener').mockImplementation((...args: Parameters<typeof add>) => {
    listeners.add(args[1])
    add(...args)
  })
  vi.spyOn(signal, 'removeEventListener').mockImplementation((...args: Parameters<typeof remove>) => {
    listeners.delete(args[1])
    remove(...args)
  })
  return () => listeners.size
}
