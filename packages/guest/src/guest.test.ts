import type { HandlerContext } from '@guestool/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { info, MemoryHost } from '../test/memory-host.js'
import { createGuest, guestool } from './index.js'

let host: MemoryHost
beforeEach(() => {
  host = new MemoryHost()
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
})
afterEach(async () => {
  vi.restoreAllMocks()
  await host.tidy()
})

const rejection = (code: string, error: unknown = expect.any(String)) => ({ event: 'reject', code, error })

describe('a guest', () => {
  test.each([
    [1, '/hello', '/info'],
    [2, '/greet/hello', '/event/report/info'],
  ] as const)('of revision %i dials, says hello and answers', async (revision, hello, reply) => {
    host = new MemoryHost(revision)
    const guest = host.guest()
    const states: string[] = []
    guest.on('state', (state) => states.push(state))
    expect(guest.state).toBe('connecting')
    await host.clock.settle()
    expect(states).toEqual(['open'])
    expect(host.frames).toEqual([{ opid: expect.any(String), opnm: hello, opct: {} }])
    const opid = host.ask('info', 'time')
    await host.clock.settle()
    expect(host.answersTo(opid)).toEqual([
      { opid, opnm: reply, opct: { system: 1, nonebot: 1, system_ts: 1, nonebot_ts: 1 } },
    ])
    expect(guest.counts).toMatchObject({ received: 2, sent: 2 })
  })

  test('answers in its own time: whoever is ready first', async () => {
    const waiting: (() => void)[] = []
    host.guest({
      info: {
        ...info,
        all_disk_io: () => new Promise((resolve) => waiting.push(() => resolve([]))),
      },
    })
    await host.clock.settle()
    const slow = host.ask('info', 'all_disk_io')
    const quick = host.ask('info', 'time')
    await host.clock.settle()
    expect(host.answersTo(quick)).toHaveLength(1)
    expect(host.answersTo(slow)).toHaveLength(0)
    waiting[0]?.()
    await host.clock.settle()
    expect(host.answersTo(slow)).toHaveLength(1)
  })

  test('is closed for good: handlers stop, the host hears bye, nothing is answered any more', async () => {
    host = new MemoryHost(2)
    let signal: AbortSignal | undefined
    const guest = host.guest({
      info: {
        ...info,
        processes: (_params, context) => {
          signal = context.signal
          return new Promise(() => {})
        },
      },
    })
    await host.clock.settle()
    const opid = host.ask('info', 'processes')
    await host.clock.settle()
    host.address.pair.hold()
    const closed = guest.close()
    expect(guest.state).toBe('closed')
    expect(signal?.aborted).toBe(true)
    expect(signal?.reason).toMatchObject({ code: 'closed' })
    // This one crosses with bye.
    const late = host.ask('info', 'time')
    host.address.pair.release()
    await closed
    expect(host.frames.at(-1)?.opnm).toBe('/greet/bye')
    expect(host.answersTo(opid)).toEqual([])
    expect(host.answersTo(late)).toEqual([])
    expect(host.address.pair.acceptor.over).toMatchObject({ code: 1000 })
    await guest[Symbol.asyncDispose]()
    expect(host.clock.timers).toBe(0)
  })

  test.each(['ws://h/guests', 'ws://me:SECRET@h/guestool/guests/alpha?token=SECRET'])(
    'does not join where consoles ask: %s',
    (url) => {
      const make = () => createGuest(url, { info, action: 'unsupported' })
      expect(make).toThrow(/where consoles ask; a guest joins at ws:\/\/…\/join\/\{id\}/)
      expect(make).not.toThrow(/SECRET/)
    },
  )

  test.each(['ws://guests', 'ws://guests/join/alpha', 'ws://h/join/guests', 'ws://h/my-guests'])(
    'may join at %s',
    async (url) => {
      const guest = createGuest(url, {
        info,
        action: 'unsupported',
        dial: host.address.dial,
        clock: host.clock,
      })
      await guest.close()
    },
  )

  test.each(['', 'alpha', 'ftp://host.test', 'ws://'])('needs the URL of a host: %j', (url) => {
    expect(() => createGuest(url, { info, action: 'unsupported' })).toThrow(TypeError)
  })
})

describe('a handler', () => {
  test('gets the params with defaults applied, and what it may need beside', async () => {
    const seen: { params: unknown; context: HandlerContext }[] = []
    host.guest({
      info: {
        ...info,
        all_disk_io: (params, context) => {
          seen.push({ params, context })
          return []
        },
      },
    })
    await host.clock.settle()
    await host.answerTo('info', 'all_disk_io')
    await host.clock.advance(1_000)
    const opid = host.ask('info', 'all_disk_io', { smptime: 0.25 })
    await host.clock.settle()
    expect(seen.map(({ params }) => params)).toEqual([{ smptime: 1 }, { smptime: 0.25 }])
    expect(seen[1]?.context.opid).toBe(opid)
    expect(seen[1]?.context.deadline).toBe(host.clock.wall() + 60_000)
    expect(seen[1]?.context.signal.aborted).toBe(false)
  })

  test('stops by its signal when the request expires; no answer is sent then', async () => {
    let context: HandlerContext | undefined
    let answer: ((value: []) => void) | undefined
    host.guest({
      info: {
        ...info,
        processes: (_params, given) => {
          context = given
          return new Promise((resolve) => (answer = resolve))
        },
      },
    })
    await host.clock.settle()
    const opid = host.ask('info', 'processes')
    await host.clock.advance(59_999)
    const { signal } = context!
    expect(signal.aborted).toBe(false)
    await host.clock.advance(1)
    expect(signal.aborted).toBe(true)
    expect(signal.reason).toMatchObject({ code: 'expired' })
    answer?.([])
    await host.clock.settle()
    expect(host.answersTo(opid)).toEqual([])
  })

  test('stops by its signal when the connection is lost; its answer goes nowhere', async () => {
    let signal: AbortSignal | undefined
    let answer: ((value: []) => void) | undefined
    const guest = host.guest({
      info: {
        ...info,
        processes: (_params, context) => {
          signal = context.signal
          return new Promise((resolve) => (answer = resolve))
        },
      },
    })
    await host.clock.settle()
    const opid = host.ask('info', 'processes')
    await host.clock.settle()
    host.address.pair.kill()
    await host.clock.settle()
    expect(signal?.reason).toMatchObject({ code: 'connection_lost' })
    await host.clock.advance(5_000)
    expect(guest.state).toBe('open')
    answer?.([])
    await host.clock.settle()
    expect(host.answersTo(opid)).toEqual([])
  })

  test('that has its signal only after all was over finds it fired', async () => {
    let context: HandlerContext | undefined
    host.guest({
      info: {
        ...info,
        processes: (_params, given) => {
          context = given
          return new Promise(() => {})
        },
      },
    })
    await host.clock.settle()
    host.ask('info', 'processes')
    await host.clock.advance(60_000)
    expect(context?.signal.aborted).toBe(true)
  })

  test("that is 'unsupported' is answered so; no other is called", async () => {
    host.guest()
    await host.clock.settle()
    expect(await host.answerTo('info', 'cpu')).toEqual(rejection('unsupported'))
    expect(await host.answerTo('action', 'matcher/list')).toEqual(rejection('unsupported'))
    // Params are checked all the same: it is the caller's mistake first.
    expect(await host.answerTo('info', 'cpu', { smptime: 'x' })).toEqual(
      rejection('invalid_params', expect.stringContaining('smptime: expected number, got string')),
    )
  })

  test.each([
    [
      'throws',
      () => {
        throw new Error('disk on fire')
      },
    ],
    ['rejects', () => Promise.reject(new Error('disk on fire'))],
  ])('that %s is `failed` to the host and an error here', async (_how, all_disk_io) => {
    const guest = host.guest({ info: { ...info, all_disk_io } })
    const errors: unknown[] = []
    guest.on('error', (error) => errors.push(error))
    await host.clock.settle()
    expect(await host.answerTo('info', 'all_disk_io')).toEqual(rejection('failed', 'disk on fire'))
    expect(errors).toEqual([
      expect.objectContaining({
        code: 'failed',
        operation: 'info all_disk_io',
        cause: new Error('disk on fire'),
        message: expect.stringContaining('disk on fire'),
      }),
    ])
    // And the guest goes on.
    expect(await host.answerTo('info', 'all_partitions')).toEqual([])
  })

  test.each([
    ['throws', false],
    ['rejects', true],
  ])('that %s with what cannot be shown is `failed` all the same', async (_how, later) => {
    const thrown: unknown[] = [Object.create(null), Object.assign(new Error('x'), { message: 1 }), undefined]
    const all_disk_io = () => {
      const error = thrown.shift()
      if (later) return Promise.reject(error)
      throw error
    }
    const guest = host.guest({ info: { ...info, all_disk_io } })
    const errors: unknown[] = []
    guest.on('error', (error) => errors.push(error))
    await host.clock.settle()
    for (let i = 0; i < 3; i++)
      expect(await host.answerTo('info', 'all_disk_io')).toEqual(rejection('failed'))
    expect(errors).toHaveLength(3)
  })

  test('whose result does not fit the contract is `failed`, and says where', async () => {
    // @ts-expect-error the compiler says so, too
    const guest = host.guest({ info: { ...info, all_partitions: () => [{ device: 1 }] } })
    const errors: unknown[] = []
    guest.on('error', (error) => errors.push(error))
    await host.clock.settle()
    expect(await host.answerTo('info', 'all_partitions')).toEqual(
      rejection('failed', expect.stringContaining('[0].device: expected string, got number')),
    )
    expect(errors).toHaveLength(1)
  })

  test('for what no contract knows there is none', async () => {
    host.guest()
    await host.clock.settle()
    for (const name of ['gpu', 'constructor', '__proto__', 'toString'])
      expect(await host.answerTo('info', name)).toEqual(rejection('unknown_operation'))
  })

  test('is not called twice for one opid', async () => {
    const all_disk_io = vi.fn(() => [])
    const guest = host.guest({ info: { ...info, all_disk_io } })
    await host.clock.settle()
    const opid = host.ask('info', 'all_disk_io')
    host.ask('info', 'all_disk_io', {}, opid)
    await host.clock.settle()
    host.ask('info', 'all_disk_io', {}, opid)
    await host.clock.settle()
    expect(all_disk_io).toHaveBeenCalledOnce()
    expect(host.answersTo(opid)).toHaveLength(1)
    expect(guest.counts.duplicate).toBe(2)
  })

  test('waits for no more than maxPending at once', async () => {
    host.guest({ maxPending: 2, info: { ...info, all_disk_io: () => new Promise(() => {}) } })
    await host.clock.settle()
    host.ask('info', 'all_disk_io')
    host.ask('info', 'all_disk_io')
    expect(await host.answerTo('info', 'all_disk_io')).toEqual(rejection('busy'))
  })
})

const contract = guestool.extend({
  info: { gpu: { params: z.object({ index: z.int().default(0) }), result: z.object({ name: z.string() }) } },
  action: { reboot: { result: z.null() } },
  event: { bot_online: z.object({ bot: z.string() }), quiet: z.object({}) },
})
const extended = {
  contract,
  info: { ...info, gpu: ({ index }: { index: number }) => ({ name: `gpu ${index}` }) },
  action: {
    'matcher/list': 'unsupported',
    'matcher/info': 'unsupported',
    'matcher/hack': 'unsupported',
    'matcher/remove': 'unsupported',
    reboot: () => null,
  },
} as const

describe("a project's own contract", () => {
  test('is answered as the rest is', async () => {
    host.guest(extended)
    await host.clock.settle()
    expect(await host.answerTo('info', 'gpu')).toEqual({ name: 'gpu 0' })
    expect(await host.answerTo('info', 'gpu', { index: 3 })).toEqual({ name: 'gpu 3' })
    expect(await host.answerTo('action', 'reboot')).toBeNull()
    expect(await host.answerTo('info', 'gpu', { index: 'x' })).toEqual(rejection('invalid_params'))
  })
})

describe('emit', () => {
  test.each([
    [1, { opnm: '/event', opct: { event: 'bot_online', bot: '10001' } }],
    [2, { opnm: '/event/bot_online', opct: { bot: '10001' } }],
  ] as const)('sends an event (revision %i)', async (revision, frame) => {
    host = new MemoryHost(revision)
    const guest = host.guest(extended)
    await host.clock.settle()
    expect(guest.emit('bot_online', { bot: '10001' })).toBe(true)
    await host.clock.settle()
    expect(host.frames.at(-1)).toEqual({ opid: expect.any(String), ...frame })
  })

  test('says false where there is no connection, and keeps nothing for later', async () => {
    const guest = host.guest(extended)
    expect(guest.emit('quiet', {})).toBe(false)
    await host.clock.settle()
    host.address.pair.dialler.lose('cable')
    expect(guest.emit('quiet', {})).toBe(false)
    await host.clock.settle()
    expect(guest.emit('quiet', {})).toBe(false)
    await host.clock.advance(5_000)
    expect(guest.state).toBe('open')
    await guest.close()
    expect(guest.emit('quiet', {})).toBe(false)
    expect(host.frames.every(({ opnm }) => opnm === '/hello')).toBe(true)
  })

  test('throws when the data does not fit, whether or not anybody listens', async () => {
    const guest = host.guest(extended)
    // @ts-expect-error a wrong field
    expect(() => guest.emit('bot_online', { bot: 1 })).toThrow(
      expect.objectContaining({ code: 'invalid_params', operation: 'event bot_online' }),
    )
    // @ts-expect-error no such event
    expect(() => guest.emit('bot_onlin', {})).toThrow(expect.objectContaining({ code: 'unknown_operation' }))
    await host.clock.settle()
    expect(() => guest.emit('bot_online', { bot: 'x'.repeat(1_100_000) })).toThrow(
      expect.objectContaining({ code: 'too_large' }),
    )
    expect(guest.state).toBe('open')
  })
})

describe('when the host closes', () => {
  test.each([
    [1000, 'done'],
    [4409, 'alpha is taken'],
    [4403, 'not here'],
  ])('with %i the guest is done, too, and says why', async (code, reason) => {
    const guest = host.guest()
    const errors: unknown[] = []
    guest.on('error', (error) => errors.push(error))
    await host.clock.settle()
    host.address.pair.acceptor.close(code, reason)
    await host.clock.advance(120_000)
    expect(guest.state).toBe('closed')
    expect(host.address.dials).toBe(1)
    expect(errors).toEqual([expect.objectContaining({ code: 'refused', closeCode: code })])
    expect(String(errors[0])).toContain(reason)
    expect(host.clock.timers).toBe(0)
  })

  test.each([1001, 1006, 1012, 4400, 4429])(
    'with %i the guest dials again, after up to 6 s',
    async (code) => {
      const guest = host.guest()
      await host.clock.settle()
      if (code === 1006) host.address.pair.kill()
      else host.address.pair.acceptor.close(code, 'later')
      await host.clock.settle()
      expect(guest.state).toBe('reconnecting')
      expect(host.clock.untilNext).toBe(3_000)
      await host.clock.advance(3_000)
      expect(guest.state).toBe('open')
      expect(await host.answerTo('info', 'time')).toMatchObject({ system: 1 })
    },
  )

  test('and stays away, the guest keeps dialling, 30 s apart at most', async () => {
    const guest = host.guest()
    await host.clock.settle()
    host.address.otherwise = 'refuse'
    host.address.pair.kill()
    await host.clock.settle()
    const waits: number[] = []
    for (let i = 0; i < 5; i++) {
      waits.push(host.clock.untilNext ?? 0)
      await host.clock.advance(waits[i] ?? 0)
    }
    expect(waits).toEqual([3_000, 6_000, 12_000, 15_000, 15_000])
    host.address.otherwise = 'accept'
    await host.clock.advance(15_000)
    expect(guest.state).toBe('open')
  })

  test('of revision 2 says bye, the guest answers and is done', async () => {
    host = new MemoryHost(2)
    const guest = host.guest()
    await host.clock.settle()
    host.greets = false
    host.address.pair.acceptor.send(
      '{"opid": "6a0ef7a8-9bdc-4b67-8f6c-2f2bd8e7a001", "opnm": "/greet/bye", "opct": {}}',
    )
    await host.clock.settle()
    expect(host.frames.at(-1)).toEqual({
      opid: '6a0ef7a8-9bdc-4b67-8f6c-2f2bd8e7a001',
      opnm: '/greet/bye',
      opct: {},
    })
    expect(guest.state).toBe('closed')
  })
})
