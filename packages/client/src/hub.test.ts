import { GuestoolError } from '@guestool/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { MemoryHub, recordOf, silent } from '../test/memory-hub.js'
import { outcomeOf, platform } from '../test/memory-host.js'
import { createHub, guestool, type ConnectionState } from './index.js'

let host: MemoryHub
beforeEach(() => {
  vi.spyOn(Math, 'random').mockReturnValue(0)
  host = new MemoryHub()
  host.guests.set('alpha', () => platform)
  host.guests.set('beta', () => ({ ...platform, system: 'Darwin' }))
})
afterEach(async () => {
  vi.restoreAllMocks()
  await host.tidy()
})

/** What an error says of where a hub dials. */
async function dialled(url: string | URL): Promise<string> {
  const hub = createHub(url, { dial: host.address.dial, clock: host.clock, connectTimeout: 0 })
  host.address.otherwise = 'hang'
  const error = await outcomeOf(hub.guests())
  await hub.close()
  return String(error)
}

describe('the URL', () => {
  test.each([
    ['ws://127.0.0.1:37103', 'ws://127.0.0.1:37103/guests'],
    ['ws://127.0.0.1:37103/', 'ws://127.0.0.1:37103/guests'],
    ['ws://127.0.0.1:37103/guests', 'ws://127.0.0.1:37103/guests'],
    ['ws://127.0.0.1:37103/guests/', 'ws://127.0.0.1:37103/guests'],
    ['https://example.org/guestool', 'wss://example.org/guestool/guests'],
    ['wss://example.org/guestool/guests', 'wss://example.org/guestool/guests'],
    ['ws://guests', 'ws://guests/guests'],
    [new URL('http://example.org'), 'ws://example.org/guests'],
  ])('%s is that of %s', async (given, url) => {
    expect(await dialled(given)).toContain(`${url} has not answered yet`)
  })

  test.each(['ws://me:secret@h/guests/alpha?token=secret', 'ws://h/guestool/guests/alpha/'])(
    '%s is that of one guest: the error says what to do, and shows no token',
    (url) => {
      const error = (() => {
        try {
          createHub(url)
        } catch (thrown) {
          return thrown
        }
      })()
      expect(error).toBeInstanceOf(TypeError)
      expect(String(error)).toContain('createClient')
      expect(String(error)).not.toContain('secret')
    },
  )

  test.each(['ws://h/join', 'ws://h/guestool/join/alpha/'])('%s is where a guest joins', (url) => {
    expect(() => createHub(url)).toThrow(/is where a guest joins; give createHub the URL of the host/)
  })

  test('must be one', () => {
    expect(() => createHub('hub')).toThrow(TypeError)
    expect(() => createHub('ftp://h')).toThrow(TypeError)
  })
})

describe.each([1, 2] as const)('a hub of revision %i', (revision) => {
  test('asks guests by their address, and itself without, over one connection', async () => {
    const hub = await host.open({ revision })
    expect(await hub.guest('alpha').info('system_platform')).toEqual(platform)
    expect(await hub.guest('beta').info('system_platform')).toMatchObject({ system: 'Darwin' })
    expect(await hub.info('hub')).toMatchObject({ version: '1.2.3', guests: { alive: 2 } })
    expect(await hub.info('history', { guest: 'alpha', minutes: 2 })).toMatchObject({
      cpu_percent: [1, null],
    })
    expect(host.asked).toEqual([
      'alpha info system_platform',
      'beta info system_platform',
      'info hub',
      'info history',
      'history of alpha, 2',
    ])
    expect(host.address.dials).toBe(1)
  })

  test('hears events of its own', async () => {
    const hub = await host.open({ revision })
    const heard: unknown[] = []
    const off = hub.onEvent('guest_joined', (guest) => heard.push(guest))
    hub.onEvent('guest_left', ({ reason }) => heard.push(reason))
    host.emit('guest_joined', { ...recordOf('gamma') })
    host.emit('guest_left', { id: 'gamma', state_ts: 1, reason: 'was told to' })
    await host.clock.settle()
    off()
    host.emit('guest_joined', { ...recordOf('delta') })
    await host.clock.settle()
    expect(heard).toEqual([recordOf('gamma'), 'was told to'])
    expect(host.subscriptions).toEqual([])
    expect(hub.counts.strangeEvents).toBe(0)
  })
})

describe('a hub', () => {
  test('asked for what its guests are asked: says whom to ask', async () => {
    const hub = host.console()
    // @ts-expect-error -- a page's console has no compiler
    const error = await outcomeOf(hub.info('cpu', 0.5))
    expect(error).toMatchObject({
      code: 'unknown_operation',
      message:
        'a hub has no info "cpu"; ask a guest with hub.guest(id).info, or all of them with hub.fleet.info',
    })
  })

  test('lists its guests, page by page, in order', async () => {
    host.records = Array.from({ length: 5 }, (_, i) => recordOf(`guest-${i}`, i === 2 ? 'gone' : 'alive'))
    host.pageSize = 2
    const hub = host.console()
    const guests = hub.guests()
    await host.clock.settle()
    expect(await guests).toEqual(host.records)
    expect(host.asked).toEqual(Array(4).fill('info guests'))
  })

  test.each([
    ['twice', () => [recordOf('alpha'), recordOf('alpha')]],
    ['again and again', () => [recordOf('alpha')]],
    ['that cannot be one', () => [recordOf('al/pha')]],
  ])('that lists a guest %s is told so', async (_what, list) => {
    host.list = list
    const hub = await host.open()
    expect(await outcomeOf(hub.guests())).toMatchObject({
      code: 'invalid_result',
      operation: 'info guests',
      message: expect.stringContaining('lists a guest'),
    })
  })

  test('watches itself and guests; close() ends it, a refusal throws', async () => {
    const hub = await host.open()
    const seen: unknown[] = []
    const read = async (watch: AsyncIterable<unknown>): Promise<void> => {
      for await (const value of watch) seen.push(value)
    }
    const first = read(hub.watch('hub', undefined, { every: 1_000 }))
    const second = read(hub.guest('alpha').watch('system_platform'))
    await host.clock.advance(1_500)
    expect(seen).toHaveLength(4)
    host.address.pair.acceptor.close(4403, 'not any more')
    await host.clock.settle()
    expect(await outcomeOf(first)).toMatchObject({ code: 'refused', closeCode: 4403 })
    expect(await outcomeOf(second)).toMatchObject({ code: 'refused', closeCode: 4403 })
    const other = await host.open()
    const third = read(other.guest('alpha').watch('system_platform'))
    await host.clock.advance(100)
    await other.close()
    expect(await outcomeOf(third)).toBeUndefined()
  })

  test('fails with the guest and the operation in its words', async () => {
    host.guests.set('alpha', () => {
      throw new GuestoolError('failed', 'no sensors')
    })
    const hub = await host.open()
    const error = await outcomeOf(hub.guest('alpha').info('cpu'))
    expect(String(error)).toBe('GuestoolError: info cpu (guest alpha): no sensors')
    expect((error as Error).stack).toContain('hub.test.ts')
    expect(await outcomeOf(hub.guest('nobody').action('matcher/list'))).toMatchObject({
      code: 'gone',
      guest: 'nobody',
      operation: 'action matcher/list',
    })
    expect(await outcomeOf(hub.guest('alpha').info('cpu', -1))).toMatchObject({
      code: 'invalid_params',
      guest: 'alpha',
    })
    expect(host.asked).toHaveLength(2)
  })

  test.each(['', '.alpha', 'a/b', 'x'.repeat(65), '你好', 'alpha,beta', '*'])(
    'has no guest "%s"',
    async (id) => {
      const hub = await host.open()
      expect(() => hub.guest(id)).toThrow(TypeError)
    },
  )

  test('asks an info that the connection broke under once more, an action never', async () => {
    host.guests.set('alpha', silent)
    const hub = await host.open()
    const info = hub.guest('alpha').info('system_platform')
    const own = hub.guests()
    host.list = () => []
    const action = outcomeOf(hub.guest('alpha').action('matcher/list'))
    await host.clock.settle()
    host.guests.set('alpha', () => platform)
    host.address.pair.kill()
    await host.clock.advance(1)
    expect(await info).toEqual(platform)
    expect(await own).toEqual([])
    expect(await action).toMatchObject({ code: 'connection_lost', outcome: 'unknown', guest: 'alpha' })
    expect(host.asked.filter((asked) => asked === 'alpha info system_platform')).toHaveLength(2)
    expect(host.asked.filter((asked) => asked === 'alpha action matcher/list')).toHaveLength(1)
  })

  test('tells its state, and settles everything when it is closed', async () => {
    host.guests.set('alpha', silent)
    host.list = () => new Promise(() => undefined)
    const hub = host.console({ contract: guestool })
    const states: ConnectionState[] = []
    hub.on('state', (state) => states.push(state))
    const calls = [hub.guest('alpha').info('cpu'), hub.guests(), hub.fleet.info('cpu')].map(outcomeOf)
    await host.clock.settle()
    await hub[Symbol.asyncDispose]()
    for (const outcome of await Promise.all(calls)) expect(outcome).toMatchObject({ code: 'closed' })
    expect(states).toEqual(['open', 'closed'])
    expect(await outcomeOf(hub.guest('alpha').info('cpu'))).toMatchObject({ code: 'closed' })
    expect(await outcomeOf(hub.fleet.info('cpu'))).toMatchObject({ code: 'closed' })
  })
})
