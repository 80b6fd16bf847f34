import { frame, opidOf, readFrame, Stage } from '@guestool/testing'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { asked, codes, rejectionsIn, reply, watched } from '../../test/asked.js'
import { Failure } from '../errors.js'

let stage: Stage

beforeEach(() => {
  stage = new Stage()
})

afterEach(async () => {
  expect(await stage.leftovers()).toEqual([])
})

describe('expiry: 60 s after the request was sent', () => {
  test('a reply at 59 999 ms resolves', async () => {
    const { call, peer, opid: id, session } = await asked(stage)
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
    const { call, peer, opid: id, session } = await asked(stage)
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
    const { call, peer, opid: id } = await asked(stage)
    stage.clock.sleep(60_000)
    peer.send(reply(id))
    await stage.clock.settle()
    expect(codes(call)).toEqual(['expired'])
    expect(rejectionsIn(peer.waiting)).toEqual([[id, 'expired']])
  })

  test('a sleep of 59 999 ms leaves it valid', async () => {
    const { call, peer, opid: id } = await asked(stage)
    stage.clock.sleep(59_999)
    peer.send(reply(id))
    await stage.clock.settle()
    expect(call.outcomes).toEqual([{ fine: true }])
  })

  test('a wall clock set back makes no reply late, one set forward may expire it early', async () => {
    const back = await asked(stage)
    stage.clock.setWall(0)
    await stage.clock.advance(59_999)
    back.peer.send(reply(back.opid))
    await stage.clock.settle()
    expect(back.call.outcomes).toEqual([{ fine: true }])

    const forward = await asked(stage)
    stage.clock.setWall(stage.clock.wall() + 3_600_000)
    forward.peer.send(reply(forward.opid))
    await stage.clock.settle()
    expect(codes(forward.call)).toEqual(['expired'])
  })

  test.each([
    ['a rejection', (id: string) => frame(id, '/event', { event: 'reject', code: 'busy', error: 'x' })],
    ['text that is not JSON', (id: string) => `{"opid": "${id}", "opnm": "/info", "opct": NaN}`],
  ])('%s that comes too late does not answer the call either', async (_name, text) => {
    const { call, peer, opid: id } = await asked(stage)
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
