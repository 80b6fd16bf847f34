import { frame, opidOf, readFrame, Stage, type StageOptions } from '@guestool/testing'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Failure } from '../errors.js'
import { revision1 } from '../revision/revision1.js'
import { revision2 } from '../revision/revision2.js'

let stage: Stage

beforeEach(() => {
  stage = new Stage()
})

afterEach(async () => {
  expect(await stage.leftovers()).toEqual([])
})

const opid = '11111111-2222-4333-8444-555555555555'

/** A requester with one request on the wire. */
async function asked(options: StageOptions = {}) {
  const staged = stage.requester(options)
  await stage.clock.settle()
  const call = watched(staged.role.ask('info', 'time', {}))
  const request = await staged.peer.next()
  return { ...staged, call, opid: opidOf(request), request }
}

/** A call and how often it settled. */
function watched(promise: Promise<unknown>) {
  const seen: { outcomes: unknown[] } = { outcomes: [] }
  void promise.then((outcome) => seen.outcomes.push(outcome))
  return seen
}

const codes = (call: { outcomes: unknown[] }): unknown[] =>
  call.outcomes.map((outcome) => (outcome instanceof Failure ? outcome.code : outcome))

const reply = (to: string, content: unknown = { fine: true }): string => frame(to, '/info', content)

const rejectionsIn = (texts: readonly string[]) =>
  texts
    .map(readFrame)
    .filter(({ opct }) => (opct as { event?: unknown }).event === 'reject')
    .map((f) => [f.opid, (f.opct as { code: unknown }).code])

describe('expiry: 60 s after the request was sent', () => {
  test('a reply at 59 999 ms resolves', async () => {
    const { call, peer, opid: id, session } = await asked()
    await stage.clock.advance(59_999)
    peer.send(reply(id))
    await stage.clock.settle()
    expect(call.outcomes).toEqual([{ fine: true }])
    await stage.clock.advance(600_000)
    expect(call.outcomes).toHaveLength(1)
    expect(peer.waiting).toEqual([])
    expect(session.counts).toMatchObject({ late: 0, duplicate: 0, unknown: 0 })
  })

  test('at 60 000 ms it is refused: the call has failed, and one rejection is on the wire', async () => {
    const { call, peer, opid: id, session } = await asked()
    await stage.clock.advance(60_000)
    expect(codes(call)).toEqual(['expired'])
    expect(peer.waiting).toEqual([])
    peer.send(reply(id))
    await stage.clock.settle()
    peer.send(reply(id))
    peer.send(reply(id))
    await stage.clock.settle()
    expect(rejectionsIn(peer.waiting)).toEqual([[id, 'expired']])
    expect(readFrame(peer.waiting[0]!).opct).toMatchObject({ age_ms: 60_000, error: expect.any(String) })
    expect(call.outcomes).toHaveLength(1)
    expect(session.counts).toMatchObject({ late: 1, duplicate: 2 })
  })

  test('the arrival decides, not the timer: a late reply is refused although no timer has run yet', async () => {
    const { call, peer, opid: id } = await asked()
    stage.clock.sleep(60_000)
    peer.send(reply(id))
    await stage.clock.settle()
    expect(codes(call)).toEqual(['expired'])
    expect(rejectionsIn(peer.waiting)).toEqual([[id, 'expired']])
  })

  test('a sleep of 59 999 ms leaves it valid', async () => {
    const { call, peer, opid: id } = await asked()
    stage.clock.sleep(59_999)
    peer.send(reply(id))
    await stage.clock.settle()
    expect(call.outcomes).toEqual([{ fine: true }])
  })

  test('a wall clock set back makes no reply late, one set forward may expire it early', async () => {
    const back = await asked()
    stage.clock.setWall(0)
    await stage.clock.advance(59_999)
    back.peer.send(reply(back.opid))
    await stage.clock.settle()
    expect(back.call.outcomes).toEqual([{ fine: true }])

    const forward = await asked()
    stage.clock.setWall(stage.clock.wall() + 3_600_000)
    forward.peer.send(reply(forward.opid))
    await stage.clock.settle()
    expect(codes(forward.call)).toEqual(['expired'])
  })

  test.each([
    ['a rejection', (id: string) => frame(id, '/event', { event: 'reject', code: 'busy', error: 'x' })],
    ['text that is not JSON', (id: string) => `{"opid": "${id}", "opnm": "/info", "opct": NaN}`],
  ])('%s that comes too late does not answer the call either', async (_name, text) => {
    const { call, peer, opid: id } = await asked()
    stage.clock.sleep(60_000)
    peer.send(text(id))
    await stage.clock.settle()
    expect(codes(call)).toEqual(['expired'])
  })

  test('100 000 pending calls use one timer', async () => {
    const { role, pair } = stage.requester()
    await stage.clock.settle()
    pair.hold()
    const calls = Array.from({ length: 100_000 }, () => role.ask('info', 'time', {}))
    expect([role.pending, stage.clock.timers]).toEqual([100_000, 1])
    await stage.clock.advance(60_000)
    expect([role.pending, stage.clock.timers]).toEqual([0, 0])
    const outcomes = await Promise.all(calls)
    expect(outcomes.every((outcome) => outcome instanceof Failure && outcome.code === 'expired')).toBe(true)
  })
})

describe('a reply', () => {
  test('settles its call whatever its operation name, in whatever order', async () => {
    const { role, peer } = stage.requester()
    await stage.clock.settle()
    const calls = ['cpu', 'memory', 'time'].map((name) => role.ask('info', name, {}))
    const opids = [await peer.next(), await peer.next(), await peer.next()].map(opidOf)
    for (const id of opids.toReversed()) peer.send(frame(id, '/whatever', id))
    expect(await Promise.all(calls)).toEqual(opids)
  })

  test('on another connection is not accepted', async () => {
    const one = await asked()
    const two = stage.requester()
    await stage.clock.settle()
    two.peer.send(reply(one.opid))
    await stage.clock.settle()
    expect(one.call.outcomes).toEqual([])
    expect(two.session.counts.unknown).toBe(1)
    one.peer.send(reply(one.opid))
    await stage.clock.settle()
    expect(one.call.outcomes).toEqual([{ fine: true }])
  })

  test('that comes twice is dropped and counted, and answers nothing', async () => {
    const { call, peer, opid: id, session } = await asked()
    peer.send(reply(id))
    peer.send(reply(id, 'second'))
    await stage.clock.settle()
    expect(call.outcomes).toEqual([{ fine: true }])
    expect(session.counts.duplicate).toBe(1)
    expect(peer.waiting).toEqual([])
  })

  test('to nothing is rejected once as unknown_opid', async () => {
    const { peer, session } = stage.requester()
    await stage.clock.settle()
    for (let i = 0; i < 3; i++) peer.send(reply(opid))
    await stage.clock.settle()
    expect(rejectionsIn(peer.waiting)).toEqual([[opid, 'unknown_opid']])
    expect(session.counts).toMatchObject({ unknown: 1, duplicate: 2 })
  })

  test('may be null, a string, an array: results are not always objects', async () => {
    for (const content of [null, 'text', [1], 0, false]) {
      const { call, peer, opid: id } = await asked()
      peer.send(reply(id, content))
      await stage.clock.settle()
      expect(call.outcomes).toEqual([content])
    }
  })

  test('with a key __proto__, however written, is invalid_result with what came', async () => {
    for (const key of ['__proto__', String.raw`\u005f_proto__`]) {
      const { call, peer, opid: id } = await asked()
      peer.send(`{"opid":"${id}","opnm":"/info","opct":{"a":{"${key}":1}}}`)
      await stage.clock.settle()
      expect(codes(call)).toEqual(['invalid_result'])
      expect((call.outcomes[0] as Failure).details?.raw).toBeTypeOf('object')
    }
  })

  test('that is not JSON but says whom it answers fails that call with its text, and is not counted', async () => {
    const { call, peer, opid: id, session } = await asked()
    const text = `{"opid": "${id}", "opnm": "/event/report/info", "opct": {"cpu_percent": NaN}}`
    peer.send(text)
    await stage.clock.settle()
    expect(codes(call)).toEqual(['invalid_result'])
    expect((call.outcomes[0] as Failure).details?.raw).toBe(text)
    expect(session.counts.malformed).toBe(0)
    expect(peer.waiting).toEqual([])
  })
})

describe('a rejection', () => {
  const forms = [
    [revision1, (id: string, content: object) => frame(id, '/event', { event: 'reject', ...content })],
    [revision2, (id: string, content: object) => frame(id, '/event/reject', content)],
  ] as const

  test.each(forms)('revision $number: settles its call with its code', async (revision, write) => {
    const { call, peer, opid: id, session } = await asked({ revision })
    peer.send(write(id, { code: 'busy', error: 'later' }))
    await stage.clock.settle()
    expect(codes(call)).toEqual(['busy'])
    expect(call.outcomes[0]).toMatchObject({ text: 'later', details: { remote: true } })
    expect(session.counts.rejected).toBe(1)
  })

  test.each(forms)('revision $number: is never answered, known or not', async (revision, write) => {
    const { peer, opid: id, session } = await asked({ revision })
    for (const one of [id, id, opid, opid]) peer.send(write(one, { code: 'expired', error: 'x' }))
    await stage.clock.settle()
    expect(peer.waiting).toEqual([])
    expect(session.counts).toMatchObject({ rejected: 4, unknown: 0 })
  })

  test('with a code that is none of ours is failed, and says which', async () => {
    const { call, peer, opid: id } = await asked()
    peer.send(frame(id, '/event', { event: 'reject', code: 'teapot', error: 'short and stout' }))
    await stage.clock.settle()
    expect(call.outcomes[0]).toMatchObject({ code: 'failed', text: 'short and stout (teapot)' })
  })
})

describe('rejections are rate-limited', () => {
  test('32 at once, 8 a second after that; the connection lives', async () => {
    const { peer, session } = stage.requester()
    await stage.clock.settle()
    const unknownOpids = (count: number, digit: number) => {
      for (let i = 0; i < count; i++)
        peer.send(reply(`${digit}1111111-2222-4333-8444-${String(i).padStart(12, '0')}`))
    }
    unknownOpids(100, 1)
    await stage.clock.settle()
    expect(peer.waiting).toHaveLength(32)
    await stage.clock.advance(1_000)
    unknownOpids(100, 2)
    await stage.clock.settle()
    expect(peer.waiting).toHaveLength(40)
    expect(session.counts.unknown).toBe(200)
    expect(peer.received).toHaveLength(40)
  })
})

describe('the ledger is bounded', () => {
  test('what fell out of it is unknown_opid: the oldest of 4 097 unanswered', async () => {
    const { role, peer } = stage.requester()
    await stage.clock.settle()
    const calls = Array.from({ length: 4_097 }, () => role.ask('info', 'time', {}))
    await stage.clock.advance(60_000)
    await Promise.all(calls)
    const [first, second] = peer.waiting.splice(0).map(opidOf)
    peer.send(reply(second!))
    peer.send(reply(first!))
    await stage.clock.settle()
    expect(rejectionsIn(peer.waiting)).toEqual([
      [second, 'expired'],
      [first, 'unknown_opid'],
    ])
  })

  test('and the oldest of 1 025 answered', async () => {
    const { role, peer, session } = stage.requester()
    await stage.clock.settle()
    const calls = Array.from({ length: 1_025 }, () => role.ask('info', 'time', {}))
    await stage.clock.settle()
    const opids = peer.waiting.splice(0).map(opidOf)
    for (const id of opids) peer.send(reply(id))
    await Promise.all(calls)
    peer.send(reply(opids[1]!))
    peer.send(reply(opids[0]!))
    await stage.clock.settle()
    expect(session.counts).toMatchObject({ duplicate: 1, unknown: 1 })
    expect(rejectionsIn(peer.waiting)).toEqual([[opids[0], 'unknown_opid']])
  })
})

describe("the caller's own limits end a call here, and send nothing", () => {
  test('a shorter timeout', async () => {
    const { role, peer, session } = stage.requester()
    await stage.clock.settle()
    const call = watched(role.ask('info', 'time', {}, { timeout: 5_000 }))
    const id = opidOf(await peer.next())
    await stage.clock.advance(4_999)
    expect(codes(call)).toEqual([])
    await stage.clock.advance(1)
    expect(codes(call)).toEqual(['timeout'])
    // A reply inside the minute is dropped and counted …
    peer.send(reply(id))
    await stage.clock.advance(54_999)
    expect([peer.waiting, session.counts.abandoned]).toEqual([[], 1])
    // … and one after it is late like any other.
    await stage.clock.advance(1)
    peer.send(reply(id))
    await stage.clock.settle()
    expect(rejectionsIn(peer.waiting)).toEqual([[id, 'expired']])
  })

  test('a timeout over a minute changes nothing and takes no timer of its own', async () => {
    const { role } = stage.requester()
    await stage.clock.settle()
    const call = watched(role.ask('info', 'time', {}, { timeout: 90_000 }))
    expect(stage.clock.timers).toBe(1)
    await stage.clock.advance(60_000)
    expect(codes(call)).toEqual(['expired'])
  })

  test('a signal, before: nothing is sent', async () => {
    const { role, peer } = stage.requester()
    await stage.clock.settle()
    const reason = new Error('changed my mind')
    const outcome = await role.ask('info', 'time', {}, { signal: AbortSignal.abort(reason) })
    expect(outcome).toMatchObject({ code: 'aborted', details: { cause: reason } })
    await stage.clock.settle()
    expect([peer.waiting, role.pending]).toEqual([[], 0])
  })

  test('a signal, during: at once, and its listener is gone', async () => {
    const { role, peer, session } = stage.requester()
    await stage.clock.settle()
    const controller = new AbortController()
    const added = vi.spyOn(controller.signal, 'addEventListener')
    const removed = vi.spyOn(controller.signal, 'removeEventListener')
    const call = watched(role.ask('info', 'time', {}, { signal: controller.signal }))
    const id = opidOf(await peer.next())
    controller.abort()
    await stage.clock.settle()
    expect(codes(call)).toEqual(['aborted'])
    expect(removed.mock.calls).toEqual([['abort', added.mock.calls[0]![1]]])
    peer.send(reply(id))
    await stage.clock.settle()
    expect([peer.waiting, session.counts.abandoned]).toEqual([[], 1])
  })

  test.each(['reply', 'rejection', 'expiry', 'timeout', 'loss', 'close'] as const)(
    'a signal, after the end by %s: nothing happens, its listener and every timer are gone',
    async (ending) => {
      const { role, peer, session, pair } = stage.requester()
      await stage.clock.settle()
      const controller = new AbortController()
      const removed = vi.spyOn(controller.signal, 'removeEventListener')
      const call = watched(role.ask('info', 'time', {}, { signal: controller.signal, timeout: 59_999 }))
      const id = opidOf(await peer.next())
      if (ending === 'reply') peer.send(reply(id))
      else if (ending === 'rejection') peer.send(frame(id, '/event', { event: 'reject', code: 'busy' }))
      else if (ending === 'expiry') stage.clock.sleep(60_000)
      else if (ending === 'timeout') await stage.clock.advance(59_999)
      else if (ending === 'loss') pair.kill()
      else session.end({ code: 1000, reason: '', byUs: true })
      if (ending === 'expiry') peer.send(reply(id))
      await stage.clock.settle()
      controller.abort()
      await stage.clock.settle()
      expect(call.outcomes).toHaveLength(1)
      expect(codes(call)).not.toEqual(['aborted'])
      expect(removed).toHaveBeenCalledOnce()
      await stage.clock.advance(60_000)
      expect([role.pending, stage.clock.timers]).toEqual([0, 0])
    },
  )
})

describe('every way in which it can end settles the call once', () => {
  test('loss: connection_lost, outcome unknown', async () => {
    const { call, pair } = await asked()
    pair.kill()
    await stage.clock.settle()
    expect(call.outcomes[0]).toMatchObject({
      code: 'connection_lost',
      details: { outcome: 'unknown', closeCode: 1006 },
    })
    await stage.clock.advance(600_000)
    expect(call.outcomes).toHaveLength(1)
  })

  test('this side closes: closed', async () => {
    const { call, session } = await asked()
    session.end({ code: 1000, reason: '', byUs: true })
    session.end({ code: 1006, reason: '', byUs: false })
    await stage.clock.settle()
    expect(codes(call)).toEqual(['closed'])
  })

  test('the socket does not take it: connection_lost, never sent, and nothing is left behind', async () => {
    const { role, end } = stage.requester()
    await stage.clock.settle()
    end.send = () => {
      throw new Error('broken pipe')
    }
    const outcome = await role.ask('info', 'time', {})
    expect(outcome).toMatchObject({ code: 'connection_lost', details: { outcome: 'never_sent' } })
    expect(role.pending).toBe(0)
  })

  test('asking after the end fails at once and leaves no timer', async () => {
    const { role, session } = stage.requester()
    await stage.clock.settle()
    session.end({ code: 1000, reason: '', byUs: true })
    const outcome = await role.ask('info', 'time', {})
    expect(outcome).toMatchObject({ code: 'connection_lost', details: { outcome: 'never_sent' } })
    expect(stage.clock.timers).toBe(0)
  })

  test('params that are not JSON: failed, and nothing was sent', async () => {
    const { role, peer } = stage.requester()
    await stage.clock.settle()
    expect(await role.ask('info', 'x', { n: 1n })).toMatchObject({ code: 'failed' })
    expect(await role.ask('info', 'x', { text: 'x'.repeat(1024 * 1024) })).toMatchObject({
      code: 'too_large',
    })
    await stage.clock.settle()
    expect([peer.waiting, role.pending]).toEqual([[], 0])
  })

  test('1 000 calls in flight die with the connection, and all settle', async () => {
    const { role, pair } = stage.requester()
    await stage.clock.settle()
    const calls = Array.from({ length: 1_000 }, () => role.ask('action', 'x', {}))
    pair.kill()
    const outcomes = await Promise.all(calls)
    expect(new Set(outcomes.map((outcome) => (outcome as Failure).code))).toEqual(
      new Set(['connection_lost']),
    )
    expect([role.pending, stage.clock.timers]).toEqual([0, 0])
  })
})

test('an opid is fresh for each request, also for two equal ones', async () => {
  const { role, peer } = stage.requester()
  await stage.clock.settle()
  void role.ask('info', 'time', {})
  void role.ask('info', 'time', {})
  expect(opidOf(await peer.next())).not.toBe(opidOf(await peer.next()))
})

test('the round trip is measured', async () => {
  const { role, peer, opid: id } = await asked()
  expect(role.roundTrip).toBeUndefined()
  await stage.clock.advance(250)
  peer.send(reply(id))
  await stage.clock.settle()
  expect(role.roundTrip).toBe(250)
})
