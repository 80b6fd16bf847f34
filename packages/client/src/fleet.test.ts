import { GuestoolError } from '@guestool/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { MemoryHub, recordOf, silent, type Answering } from '../test/memory-hub.js'
import { outcomeOf } from '../test/memory-host.js'
import type { Hub, Verdict } from './index.js'

let host: MemoryHub
let hub: Hub
beforeEach(async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0)
  host = new MemoryHub()
  hub = await host.open()
})
afterEach(async () => {
  vi.restoreAllMocks()
  await host.tidy()
})

const bots =
  (id: string): Answering =>
  () => [id]
/** Answers after some time. */
const slow =
  (id: string, ms: number): Answering =>
  () =>
    new Promise((resolve) => void host.clock.setTimer(() => resolve([id]), ms))
const unsupporting: Answering = () => {
  throw new GuestoolError('unsupported', 'no bots here')
}

/** Reads to the end; the list grows. */
function read<T>(verdicts: AsyncIterable<Verdict<T>>): { seen: Verdict<T>[]; end: Promise<unknown> } {
  const seen: Verdict<T>[] = []
  const reading = async (): Promise<string> => {
    for await (const verdict of verdicts) seen.push(verdict)
    return 'over'
  }
  return { seen, end: outcomeOf(reading()) }
}

const brief = (verdict: Verdict<unknown>): string =>
  `${verdict.guest} ${verdict.ok ? JSON.stringify(verdict.result) : verdict.error.code}`

/** The guests of a hub where everything happens. */
function everything(): void {
  host.guests.set('silent', silent)
  host.guests.set('slow', slow('slow', 3_000))
  host.guests.set('fine', bots('fine'))
  host.guests.set('strange', () => ({ no: 'list' }))
  host.guests.set('without', unsupporting)
  host.records = [...[...host.guests.keys()].map((id) => recordOf(id)), recordOf('departed', 'gone')]
}

const all = [
  'departed gone',
  'fine ["fine"]',
  'silent timeout',
  'slow ["slow"]',
  'strange invalid_result',
  'without unsupported',
]

describe('a fleet', () => {
  test('gives one verdict a guest: as they come, as a whole, as often as one likes', async () => {
    everything()
    const verdicts = hub.fleet.info('bots', undefined, { timeout: 5_000 })
    const first = read(verdicts)
    const whole = verdicts.then((list) => list.map(brief))
    await host.clock.settle()
    expect(first.seen.map(brief).toSorted()).toEqual(all.filter((text) => !/^s(ilent|low)/.test(text)))
    await host.clock.advance(3_000)
    expect(brief(first.seen.at(-1)!)).toBe('slow ["slow"]')
    await host.clock.advance(1_999)
    expect(first.seen).toHaveLength(5)
    await host.clock.advance(1)
    expect(await first.end).toBe('over')
    expect(first.seen.map(brief).toSorted()).toEqual(all)
    // The whole is in the order of ids.
    expect(await whole).toEqual(all)
    const second = read(verdicts)
    expect(await second.end).toBe('over')
    expect(second.seen).toEqual(first.seen)
    expect(host.asked.filter((asked) => asked === 'fine info bots')).toHaveLength(1)
    const silence = first.seen.find(({ guest }) => guest === 'silent')
    expect(String(silence?.ok === false && silence.error)).toBe(
      'GuestoolError: info bots (guest silent): no answer within the given timeout of 5000 ms',
    )
  })

  test('waits ten seconds unless told otherwise', async () => {
    host.guests.set('alpha', silent)
    const { seen, end } = read(hub.fleet.info('bots'))
    await host.clock.advance(9_999)
    expect(seen).toEqual([])
    await host.clock.advance(1)
    expect(await end).toBe('over')
    expect(seen.map(brief)).toEqual(['alpha timeout'])
  })

  test('counts the list of guests into its time', async () => {
    host.guests.set('alpha', slow('alpha', 3_000))
    host.list = async (after) => {
      await new Promise<void>((resolve) => void host.clock.setTimer(resolve, after === '' ? 3_000 : 0))
      return after === '' ? [recordOf('alpha')] : []
    }
    const verdicts = hub.fleet.info('bots', undefined, { timeout: 5_000 })
    await host.clock.advance(5_000)
    expect((await verdicts).map(brief)).toEqual(['alpha timeout'])
    await host.clock.advance(1_000)
  })

  test('asks whom the filter lets', async () => {
    everything()
    const verdicts = hub.fleet.info('bots', undefined, {
      filter: ({ id, state }) => state !== 'gone' && id !== 'slow' && id !== 'silent',
    })
    await host.clock.settle()
    expect((await verdicts).map(brief)).toEqual([
      'fine ["fine"]',
      'strange invalid_result',
      'without unsupported',
    ])
    expect(host.asked).not.toContain('departed info bots')
  })

  test('throws what the filter throws', async () => {
    host.guests.set('alpha', silent)
    host.guests.set('beta', silent)
    const verdicts = hub.fleet.info('bots', undefined, {
      filter: ({ id }) => {
        if (id === 'beta') throw new TypeError('a bug')
        return true
      },
    })
    await host.clock.settle()
    expect(await outcomeOf(verdicts)).toEqual(new TypeError('a bug'))
    expect(await read(verdicts).end).toEqual(new TypeError('a bug'))
  })

  test('without guests is done at once', async () => {
    const verdicts = hub.fleet.info('bots')
    await host.clock.settle()
    expect(await verdicts).toEqual([])
    expect(await read(verdicts).end).toBe('over')
  })

  test('asks a thousand guests at once, whatever the pages', async () => {
    for (let i = 0; i < 1_000; i++) host.guests.set(`guest-${i}`, bots(`${i}`))
    host.pageSize = 300
    const verdicts = hub.fleet.info('bots')
    await host.clock.settle()
    const list = await verdicts
    expect(new Set(list.filter(({ ok }) => ok).map(({ guest }) => guest)).size).toBe(1_000)
    expect(list).toHaveLength(1_000)
  })

  test.each([
    ['that do not fit', 'cpu', -1],
    ['that cannot be answered in time', 'cpu', 9],
  ] as const)('fails as a whole with params %s, before anything is sent', async (_what, name, param) => {
    host.guests.set('alpha', silent)
    const verdicts = hub.fleet.info(name, param)
    expect(await outcomeOf(verdicts)).toMatchObject({ code: 'invalid_params', operation: 'info cpu' })
    expect(await read(verdicts).end).toMatchObject({ code: 'invalid_params' })
    // @ts-expect-error no such info
    expect(await outcomeOf(hub.fleet.info('gpu'))).toMatchObject({ code: 'unknown_operation' })
    await host.clock.settle()
    expect(host.asked).toEqual([])
  })

  test('fails as a whole when its guests cannot be listed', async () => {
    host.list = () => {
      throw new GuestoolError('busy', 'later')
    }
    const busy = hub.fleet.info('bots')
    const { end } = read(busy)
    await host.clock.settle()
    expect(await outcomeOf(busy)).toMatchObject({ code: 'busy', operation: 'info guests' })
    expect(await end).toMatchObject({ code: 'busy' })
    host.list = () => new Promise(() => undefined)
    const late = outcomeOf(hub.fleet.info('bots', undefined, { timeout: 1_000 }))
    await host.clock.advance(1_000)
    expect(await late).toMatchObject({ code: 'timeout', message: expect.stringContaining('did not list') })
  })

  test('fails as a whole without a connection, within its time', async () => {
    // Not again and again in no time.
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    host.address.otherwise = 'refuse'
    const other = host.console()
    const call = outcomeOf(other.fleet.info('bots', undefined, { timeout: 2_000 }))
    await host.clock.advance(2_000)
    expect(await call).toMatchObject({ code: 'connect_timeout', operation: 'info bots' })
  })

  test('is nothing unhandled when nobody looks, or somebody only reads', async () => {
    host.list = () => {
      throw new GuestoolError('busy', 'later')
    }
    const unhandled: unknown[] = []
    const note = (error: unknown): void => void unhandled.push(error)
    process.on('unhandledRejection', note)
    void hub.fleet.info('bots')
    void hub.fleet.info('cpu', -1)
    const { end } = read(hub.fleet.info('bots'))
    await host.clock.settle()
    expect(await end).toMatchObject({ code: 'busy' })
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', note)
    expect(unhandled).toEqual([])
  })

  test('goes on when a reader breaks off', async () => {
    everything()
    const verdicts = hub.fleet.info('bots', undefined, { timeout: 5_000 })
    const reading = (async () => {
      for await (const verdict of verdicts) return verdict
      return undefined
    })()
    await host.clock.settle()
    expect(await reading).toBeDefined()
    await host.clock.advance(5_000)
    expect((await verdicts).map(brief)).toEqual(all)
  })

  test.each([
    ['before it begins', 0],
    ['while guests are listed', 1],
    ['while they are asked', 2],
  ])('ends with its signal %s, and leaves nothing behind', async (_when, stage) => {
    host.guests.set('alpha', silent)
    host.guests.set('fine', bots('fine'))
    if (stage === 1) host.list = () => new Promise(() => undefined)
    const controller = new AbortController()
    const { signal } = controller
    const added = vi.spyOn(signal, 'addEventListener')
    const removed = vi.spyOn(signal, 'removeEventListener')
    const abort = (): void => controller.abort(new Error('enough'))
    if (stage === 0) abort()
    const verdicts = hub.fleet.info('bots', undefined, { signal })
    const { seen, end } = read(verdicts)
    await host.clock.settle()
    abort()
    expect(await outcomeOf(verdicts)).toMatchObject({ code: 'aborted', cause: new Error('enough') })
    expect(await end).toMatchObject({ code: 'aborted' })
    expect(seen.map(brief)).toEqual(stage === 2 ? ['fine ["fine"]'] : [])
    expect(removed.mock.calls.length).toBe(added.mock.calls.length)
  })

  test('gives each guest that a broken connection left its retry, or its verdict', async () => {
    host.guests.set('alpha', silent)
    host.guests.set('beta', silent)
    host.guests.set('fine', bots('fine'))
    const verdicts = hub.fleet.info('bots')
    await host.clock.settle()
    host.guests.set('alpha', bots('alpha'))
    host.address.pair.kill()
    await host.clock.advance(1)
    expect(host.asked.filter((asked) => asked === 'beta info bots')).toHaveLength(2)
    host.address.pair.kill()
    await host.clock.settle()
    expect((await verdicts).map(brief)).toEqual(['alpha ["alpha"]', 'beta connection_lost', 'fine ["fine"]'])
  })

  test('is settled by close(): who did not answer has the verdict closed', async () => {
    host.guests.set('alpha', silent)
    host.guests.set('fine', bots('fine'))
    const verdicts = hub.fleet.info('bots')
    const { end } = read(verdicts)
    await host.clock.settle()
    await hub.close()
    expect((await verdicts).map(brief)).toEqual(['alpha closed', 'fine ["fine"]'])
    expect(await end).toBe('over')
  })
})
