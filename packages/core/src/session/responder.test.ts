import { frame, readFrame, Stage } from '@guestool/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { defineContract } from '../contract/contract.js'
import { revision1 } from '../revision/revision1.js'
import { revision2 } from '../revision/revision2.js'
import type { Answer, RequestContext } from './responder.js'

let stage: Stage

beforeEach(() => {
  stage = new Stage()
})

afterEach(async () => {
  expect(await stage.leftovers()).toEqual([])
})

const opids = Array.from({ length: 100 }, (_, i) => `11111111-2222-4333-8444-${String(i).padStart(12, '0')}`)
const [opid, opid2] = opids as [string, string]

const ask = (to: string, info = 'time', params: object = {}) => frame(to, '/info', { info, ...params })

/** A responder that waits until it is told, and what its handler saw. */
async function waiting(options: { revision?: typeof revision1; maxPending?: number } = {}) {
  const runs: { context: RequestContext; finish: (result: unknown) => void; fail: (e: unknown) => void }[] =
    []
  const answer: Answer = (_request, context) =>
    new Promise((finish, fail) => {
      runs.push({ context, finish, fail })
    })
  const staged = stage.responder(answer, options)
  await stage.clock.settle()
  return { ...staged, runs }
}

describe('a reply', () => {
  test.each([
    [revision1, ask(opid), '/info'],
    [revision2, frame(opid, '/info/time', {}), '/event/report/info'],
    [revision1, frame(opid, '/action', { action: 'x' }), '/action'],
    [revision2, frame(opid, '/action/x', {}), '/event/report/action'],
  ])('has the opid of its request: revision $number', async (revision, request, opnm) => {
    const { peer } = stage.responder(({ kind, name, params }) => ({ kind, name, params }), { revision })
    await stage.clock.settle()
    peer.send(request)
    const text = await peer.next()
    expect(readFrame(text)).toMatchObject({ opid, opnm })
    expect(readFrame(text).opct).toMatchObject({ params: {} })
  })

  test.each([null, 'text', 0, false, [], [1], {}])('may be %j', async (result) => {
    const { peer } = stage.responder(() => result)
    await stage.clock.settle()
    peer.send(ask(opid))
    expect(readFrame(await peer.next()).opct).toEqual(result)
  })

  test('of a handler that gives nothing is null', async () => {
    const { peer } = stage.responder(() => undefined)
    await stage.clock.settle()
    peer.send(ask(opid))
    expect(await peer.next()).toBe(`{"opid":"${opid}","opnm":"/info","opct":null}`)
  })

  test('goes out when it is ready, in whatever order', async () => {
    const { peer, runs } = await waiting()
    peer.send(ask(opid))
    peer.send(ask(opid2))
    await stage.clock.settle()
    runs[1]!.finish('second')
    await stage.clock.settle()
    runs[0]!.finish('first')
    expect([readFrame(await peer.next()).opid, readFrame(await peer.next()).opid]).toEqual([opid2, opid])
  })
})

describe('expiry, measured from receipt', () => {
  test('before 60 s it replies', async () => {
    const { peer, runs } = await waiting()
    peer.send(ask(opid))
    await stage.clock.advance(59_999)
    expect(runs[0]!.context.signal.aborted).toBe(false)
    runs[0]!.finish('in time')
    expect(readFrame(await peer.next()).opct).toBe('in time')
  })

  test('at 60 s the signal fires and no reply is sent', async () => {
    const { peer, runs, role } = await waiting()
    peer.send(ask(opid))
    await stage.clock.settle()
    const { signal } = runs[0]!.context
    await stage.clock.advance(60_000)
    expect(signal.aborted).toBe(true)
    expect(signal.reason).toMatchObject({ code: 'expired' })
    runs[0]!.finish('too late')
    await stage.clock.settle()
    expect([peer.waiting, role.pending]).toEqual([[], 0])
  })

  test('the context itself stops what it was handed to, once, without a signal', async () => {
    const { peer, runs } = await waiting()
    peer.send(ask(opid))
    await stage.clock.settle()
    const { context } = runs[0]!
    const heard: string[] = []
    const removed = (): unknown => heard.push('removed')
    context.addEventListener('abort', () => heard.push(`first ${context.aborted}`))
    context.addEventListener('abort', removed)
    context.addEventListener('abort', () => heard.push('second'))
    context.removeEventListener('abort', removed)
    await stage.clock.advance(59_999)
    expect([heard, context.aborted]).toEqual([[], false])
    await stage.clock.advance(1)
    expect(heard).toEqual(['first true', 'second'])
    expect(context.reason).toMatchObject({ code: 'expired' })
  })

  test('a handler that looks at its signal for the first time after that sees it fired', async () => {
    const { peer, runs } = await waiting()
    peer.send(ask(opid))
    await stage.clock.advance(60_000)
    expect(runs[0]!.context.signal.aborted).toBe(true)
  })

  test('after a sleep that no timer noticed no reply is sent either', async () => {
    const { peer, runs, role } = await waiting()
    peer.send(ask(opid))
    peer.send(ask(opid2))
    await stage.clock.settle()
    stage.clock.sleep(60_000)
    runs[0]!.finish('too late')
    runs[1]!.fail(new Error('too late'))
    await stage.clock.settle()
    expect([peer.waiting, role.pending]).toEqual([[], 0])
  })

  test('the deadline is Unix time, 60 s after receipt', async () => {
    const { peer, runs } = await waiting()
    const received = stage.clock.wall()
    peer.send(ask(opid))
    await stage.clock.settle()
    expect(runs[0]!.context.deadline).toBe(received + 60_000)
    expect(runs[0]!.context.opid).toBe(opid)
    runs[0]!.finish(null)
    await stage.clock.settle()
  })

  test('a copy of an expired request is dropped', async () => {
    const { peer, runs, session } = await waiting()
    peer.send(ask(opid))
    await stage.clock.advance(60_000)
    peer.send(ask(opid))
    await stage.clock.settle()
    expect([runs.length, session.counts.duplicate]).toEqual([1, 1])
  })
})

describe('a request never runs twice', () => {
  test('while it runs and after it was answered, copies are dropped and counted', async () => {
    const { peer, runs, session } = await waiting()
    peer.send(ask(opid))
    peer.send(ask(opid))
    peer.send(ask(opid, 'memory'))
    await stage.clock.settle()
    runs[0]!.finish(1)
    await stage.clock.settle()
    peer.send(ask(opid))
    await stage.clock.settle()
    expect([runs.length, session.counts.duplicate, peer.waiting.length]).toEqual([1, 3, 1])
  })

  test('also not one that was refused', async () => {
    const { peer, session } = stage.responder({ info: {} })
    await stage.clock.settle()
    for (let i = 0; i < 3; i++) peer.send(ask(opid, 'nope'))
    for (let i = 0; i < 3; i++) peer.send(frame(opid2, '/nope', {}))
    await stage.clock.settle()
    expect([peer.waiting.length, session.counts.duplicate]).toEqual([2, 4])
  })

  test('1 024 answered requests are remembered', async () => {
    let runs = 0
    const { peer } = stage.responder(() => ++runs)
    await stage.clock.settle()
    const many = Array.from(
      { length: 1_025 },
      (_, i) => `22222222-2222-4333-8444-${String(i).padStart(12, '0')}`,
    )
    for (const id of many) peer.send(ask(id))
    await stage.clock.settle()
    peer.send(ask(many[1]!))
    peer.send(ask(many[0]!))
    await stage.clock.settle()
    expect(runs).toBe(1_026)
  })
})

describe('the end of the connection', () => {
  test('fires the signal of what runs, and nothing is sent any more', async () => {
    const { peer, pair, runs, role } = await waiting()
    peer.send(ask(opid))
    await stage.clock.settle()
    const { signal } = runs[0]!.context
    pair.kill()
    await stage.clock.settle()
    expect(signal.reason).toMatchObject({ code: 'connection_lost' })
    runs[0]!.finish('nobody is there')
    await stage.clock.settle()
    expect([role.pending, stage.clock.timers, pair.dialler.sent]).toEqual([0, 0, []])
  })

  test('on purpose: closed', async () => {
    const { peer, session, runs } = await waiting()
    peer.send(ask(opid))
    await stage.clock.settle()
    const { signal } = runs[0]!.context
    session.end({ code: 1000, reason: '', byUs: true })
    expect(signal.reason).toMatchObject({ code: 'closed' })
  })

  test('a socket that closes while a reply is sent is no error of the handler', async () => {
    const { peer, end, runs, errors } = await waiting()
    peer.send(ask(opid))
    await stage.clock.settle()
    end.close(1000, '')
    runs[0]!.finish('fine')
    await stage.clock.settle()
    expect(errors).toEqual([])
  })
})

describe('events', () => {
  test.each([
    [revision1, '/event', { event: 'bot_online', bot: '1' }],
    [revision2, '/event/bot_online', { bot: '1' }],
  ])('revision $number: go out with an opid of their own', async (revision, opnm, opct) => {
    const { role, peer } = stage.responder({}, { revision })
    await stage.clock.settle()
    expect(role.emit('bot_online', { bot: '1' })).toBe(true)
    expect(role.emit('bot_online', { bot: '1' })).toBe(true)
    const [first, second] = [readFrame(await peer.next()), readFrame(await peer.next())]
    expect(first).toMatchObject({ opnm, opct })
    expect(first.opid).not.toBe(second.opid)
  })

  test('without a connection say so, and throw only for what is wrong with them', async () => {
    const { role, pair } = stage.responder({})
    await stage.clock.settle()
    expect(() => role.emit('x', { n: 1n })).toThrow(expect.objectContaining({ code: 'failed' }))
    expect(() => role.emit('x', { n: 'x'.repeat(2 ** 20) })).toThrow(
      expect.objectContaining({ code: 'too_large' }),
    )
    pair.kill()
    await stage.clock.settle()
    expect(role.emit('x', {})).toBe(false)
  })
})

test('a rejection that arrives is counted, and nothing else happens', async () => {
  const { peer, session } = stage.responder({})
  await stage.clock.settle()
  peer.send(frame(opid, '/event', { event: 'reject', code: 'expired', error: 'x' }))
  await stage.clock.settle()
  expect([peer.waiting, session.counts.rejected]).toEqual([[], 1])
})

test('defaults are applied by the responder, and transforms run once', async () => {
  const seen: unknown[] = []
  const contract = defineContract({
    info: {
      x: {
        params: z.object({ n: z.number().default(7), s: z.string().transform((s) => s.length) }),
        result: z.null(),
      },
    },
  })
  const x = (params: never): null => {
    seen.push(params)
    return null
  }
  const { peer } = stage.responder({ info: { x } }, { contract })
  await stage.clock.settle()
  peer.send(ask(opid, 'x', { s: 'abc' }))
  await peer.next()
  expect(seen).toEqual([{ n: 7, s: 3 }])
})
