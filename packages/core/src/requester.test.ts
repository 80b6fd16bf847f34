import { frame, opidOf, readFrame, Stage } from '@guestool/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { guestool } from './contract/guestool.js'
import { Failure, GuestoolError } from './errors.js'
import { readReply } from './reply.js'
import { paramsProblem } from './requester.js'
import { revision2 } from './revision/revision2.js'

let stage: Stage

beforeEach(() => {
  stage = new Stage()
})

afterEach(async () => {
  expect(await stage.leftovers()).toEqual([])
})

const opid = '11111111-2222-4333-8444-555555555555'
const time = { system: 1, nonebot: 1, system_ts: 1, nonebot_ts: 1 }
const cpu = {
  cpu_percent: 1,
  cpu_ncores: { physical: null, logical: 2 },
  cpu_freq: { current: 0, min: 0, max: 0 },
  cpu_load: { last1m: 0, last5m: 0, last15m: 0 },
}

async function asking() {
  const staged = stage.requester()
  await stage.clock.settle()
  return staged
}

const failure = async (promise: Promise<unknown>): Promise<GuestoolError> => {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof GuestoolError) return error
  throw new Error(`it did not fail with an error of ours: ${String(error)}`)
}

describe('what is sent', () => {
  test.each([
    ['no params', [], {}],
    ['the sole parameter alone', [0.5], { smptime: 0.5 }],
    ['an object', [{ smptime: 0.5 }], { smptime: 0.5 }],
    ['nothing where undefined stands', [{ smptime: undefined }], {}],
    ['undefined and options', [undefined, { timeout: 5_000 }], {}],
  ])('%s: only the keys that the caller gave', async (_name, args, params) => {
    const { asker, peer } = await asking()
    const call = asker.info('cpu', ...(args as []))
    const text = await peer.next()
    expect(readFrame(text)).toMatchObject({ opnm: '/info', opct: { info: 'cpu', ...params } })
    expect(Object.keys(readFrame(text).opct as object)).toEqual(['info', ...Object.keys(params)])
    peer.send(frame(opidOf(text), '/info', cpu))
    expect(await call).toEqual(cpu)
  })

  test('an action', async () => {
    const { asker, peer } = await asking()
    const call = asker.action('matcher/remove', 'the sole one')
    const text = await peer.next()
    expect(readFrame(text).opct).toEqual({ action: 'matcher/remove', id: 'the sole one' })
    peer.send(frame(opidOf(text), '/action', null))
    expect(await call).toBeNull()
  })
})

describe('nothing is sent when the call is wrong', () => {
  test.each([
    ['cpu', [{ smptime: 'x' }], /^info cpu: smptime: expected number, got string$/],
    ['cpu', ['x'], /^info cpu: smptime: expected number, got string$/],
    ['cpu', [{ smptine: 1 }], /^info cpu: unknown key "smptine"$/],
    ['cpu', [[0.5]], /^info cpu: expected object, got array$/],
    ['cpu', [null], /^info cpu: expected object, got null$/],
    ['cpu', [NaN], /^info cpu: smptime: expected number, got NaN$/],
    ['cpu', [-1], /^info cpu: smptime: must be at least 0$/],
    ['memory', [{ smptime: 1 }], /^info memory: unknown key "smptime"$/],
    ['memory', [5], /^info memory: expected object, got number$/],
  ])('%s %j is invalid_params', async (name, args, message) => {
    const { asker, peer } = await asking()
    const error = await failure((asker.info as any)(name, ...args))
    expect([error.code, error.remote]).toEqual(['invalid_params', false])
    expect(error.message).toMatch(message)
    await stage.clock.settle()
    expect(peer.waiting).toEqual([])
  })

  test('a name that is not in the contract says how to add it', async () => {
    const { asker } = await asking()
    for (const name of ['nope', 'toString', '__proto__']) {
      const error = await failure(asker.info(name as never))
      expect(error).toMatchObject({ code: 'unknown_operation', message: expect.stringContaining('extend') })
    }
  })
})

describe('the sampling guard', () => {
  const operation = guestool.info.get('cpu')!
  test.each([
    [58, undefined, true],
    [58.001, undefined, false],
    [65, undefined, false],
    [58, 120_000, true],
    [8, 10_000, true],
    [8.001, 10_000, false],
    [0, 100, true],
    [1, 1_000, false],
  ])('smptime %d with a timeout of %s: %s', (smptime, timeout, fits) => {
    const problem = paramsProblem(operation, { smptime }, timeout)
    expect(problem === undefined).toBe(fits)
    // It says why.
    expect(problem ?? 'smptime: cannot be answered in time').toMatch(/smptime.*cannot be answered in time/)
  })

  test('the default is not the caller’s, and is let pass', () => {
    expect(paramsProblem(operation, {}, 50)).toBeUndefined()
  })

  test('refuses before anything is sent', async () => {
    const { asker, peer } = await asking()
    expect((await failure(asker.info('processes', 59))).code).toBe('invalid_params')
    expect((await failure(asker.info('all_disk_io', 9, { timeout: 10_000 }))).code).toBe('invalid_params')
    await stage.clock.settle()
    expect(peer.waiting).toEqual([])
  })
})

describe('reading a reply', () => {
  const bots = guestool.info.get('bots')!
  const connectTime = guestool.info.get('bots_connect_time')!
  const apicall = guestool.info.get('apicall')!

  test.each([
    [bots, [], []],
    [bots, ['10001'], ['10001']],
    [guestool.action.get('matcher/remove')!, null, null],
    [connectTime, { error: 5 }, { error: 5 }],
    [apicall, { error: { code: 1 } }, { error: { code: 1 } }],
    // A bot may be called "error", and one called "code" beside it.
    [connectTime, { error: 1, code: 2 }, { error: 1, code: 2 }],
  ])('%s takes %j for a result', (operation, content, result) => {
    expect(readReply(operation, content)).toEqual(result)
  })

  test.each([
    [{ error: 'text', code: 'unsupported' }, 'unsupported', 'text'],
    [{ error: 'text', code: 'expired' }, 'expired', 'text'],
    [{ error: 'text', code: 'busy', more: 1 }, 'busy', 'text'],
    [{ error: 'text' }, 'failed', 'text'],
    [{ error: 'unknown info type' }, 'unknown_operation', 'unknown info type'],
    [{ error: 'unknown action type' }, 'unknown_operation', 'unknown action type'],
    [{ error: 'text', code: 'none of ours' }, 'invalid_result', /does not fit/],
    [{ error: 'text', other: 1 }, 'invalid_result', /does not fit/],
    [{ error: 5 }, 'invalid_result', /does not fit/],
    [null, 'invalid_result', /expected array, got null/],
  ])('%j is %s', (content, code, text) => {
    const read = readReply(bots, content)
    expect(read).toBeInstanceOf(Failure)
    expect(read).toMatchObject({ code, text: expect.stringMatching(text) })
  })

  test('a text is a result where the schema takes it', () => {
    const said = guestool
      .extend({ info: { said: { result: z.object({ error: z.string() }) } } })
      .info.get('said')!
    expect(readReply(said, { error: 'no error' })).toEqual({ error: 'no error' })
    expect(readReply(said, { error: 'an error', code: 'failed' })).toMatchObject({ code: 'failed' })
  })

  test('invalid_result carries what came', () => {
    const content = [1, { deep: null }]
    expect(readReply(bots, content)).toMatchObject({ details: { raw: content } })
  })
})

describe('errors', () => {
  test('name the operation and the guest, and their stack holds the line of the caller', async () => {
    const { asker, peer } = await asking()
    const call = (async function whoeverAsks() {
      const answer = await asker.info('time')
      return answer
    })()
    peer.send(frame(opidOf(await peer.next()), '/event', { event: 'reject', code: 'busy', error: 'later' }))
    const error = await failure(call)
    expect(error).toMatchObject({ code: 'busy', operation: 'info time', remote: true })
    expect(error.message).toBe('info time: later')
    expect(error.stack).toContain('whoeverAsks')
    expect(error.stack).toContain('requester.test.ts')
  })

  test.each(['reply', 'expiry', 'timeout', 'loss'] as const)(
    'the stack holds it after %s, too',
    async (end) => {
      const { asker, peer, pair } = await asking()
      const call = (async function whoeverAsks() {
        const answer = await asker.info('time', undefined, { timeout: end === 'timeout' ? 10 : 60_000 })
        return answer
      })()
      const caught = failure(call)
      const id = opidOf(await peer.next())
      if (end === 'reply') peer.send(frame(id, '/info', 'nonsense'))
      else if (end === 'loss') pair.kill()
      else await stage.clock.advance(60_000)
      expect((await caught).stack).toContain('whoeverAsks')
    },
  )
})

describe('events', () => {
  const contract = guestool.extend({
    event: {
      bot_online: z.object({ bot: z.string(), n: z.number().default(1) }),
      error: z.object({ text: z.string() }),
    },
  })
  const hearing = async () => {
    const staged = stage.requester({ revision: revision2 }, contract)
    await stage.clock.settle()
    return staged
  }

  test('arrive with what the schema makes of them, until the listener stops', async () => {
    const { asker, peer } = await hearing()
    const heard: unknown[] = []
    const off = asker.onEvent('bot_online', (data) => heard.push(data))
    peer.send(frame(opid, '/event/bot_online', { bot: '10001' }))
    peer.send(frame(opid, '/event/bot_online', { bot: '10002', n: 2 }))
    await stage.clock.settle()
    off()
    peer.send(frame(opid, '/event/bot_online', { bot: '10003' }))
    await stage.clock.settle()
    expect(heard).toEqual([
      { bot: '10001', n: 1 },
      { bot: '10002', n: 2 },
    ])
  })

  test('that no contract knows are dropped and counted; data that does not fit is reported, too', async () => {
    const { asker, peer, session } = await hearing()
    const heard: unknown[] = []
    asker.onEvent('bot_online', (data) => heard.push(data))
    peer.send(frame(opid, '/event/nobody_knows', {}))
    peer.send(frame(opid, '/event/bot_online', { bot: 5 }))
    peer.send(frame(opid, '/event/bot_online', null))
    await stage.clock.settle()
    expect([heard, session.counts.strangeEvents, peer.waiting]).toEqual([[], 3, []])
    expect(asker.errors).toHaveLength(2)
    expect(asker.errors[0]).toMatchObject({
      code: 'invalid_result',
      message: 'event bot_online: its data does not fit the contract: bot: expected string, got number',
      raw: { bot: 5 },
    })
  })

  test('may be called "error" without being one', async () => {
    const { asker, peer } = await hearing()
    const heard: unknown[] = []
    asker.onEvent('error', (data) => heard.push(data))
    peer.send(frame(opid, '/event/error', { text: 'x' }))
    await stage.clock.settle()
    expect([heard, asker.errors]).toEqual([[{ text: 'x' }], []])
  })

  test('whose listener fails, now or later, are reported, and the others hear them', async () => {
    const { asker, peer } = await hearing()
    const heard: unknown[] = []
    asker.onEvent('bot_online', () => {
      throw new Error('now')
    })
    asker.onEvent('bot_online', async () => Promise.reject(new Error('later')))
    asker.onEvent('bot_online', (data) => heard.push(data))
    peer.send(frame(opid, '/event/bot_online', { bot: '1' }))
    await stage.clock.settle()
    expect(heard).toHaveLength(1)
    expect(asker.errors.map((error) => (error as Error).message)).toEqual(['now', 'later'])
  })

  test('that are not in the contract cannot be listened to', async () => {
    const { asker } = await hearing()
    expect(() => asker.onEvent('nope' as never, () => undefined)).toThrow(
      expect.objectContaining({ code: 'unknown_operation', message: expect.stringContaining('extend') }),
    )
  })

  test('whose schema trips over a hostile peer harm nobody', async () => {
    const hostile = guestool.extend({ event: { x: z.custom<object>((value: any) => value.a.b.c) } })
    const { asker, peer, session } = stage.requester({}, hostile)
    await stage.clock.settle()
    peer.send(frame(opid, '/event', { event: 'x' }))
    await stage.clock.settle()
    expect([asker.errors.length, session.counts.strangeEvents, session.ended]).toEqual([1, 1, false])
    const call = asker.info('time')
    peer.send(frame(opidOf(await peer.next()), '/info', time))
    expect(await call).toEqual(time)
  })
})
