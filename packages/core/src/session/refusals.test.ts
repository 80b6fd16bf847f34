import { frame, readFrame, Stage } from '@guestool/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { GuestoolError } from '../errors.js'
import { revision1 } from '../revision/revision1.js'
import { revision2 } from '../revision/revision2.js'
import type { Answer, HandlerContext } from './responder.js'

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

const errorOf = (text: string) => readFrame(text).opct as { code: string; error: string }

/** A responder that waits until it is told, and what its handler saw. */
async function waiting(options: { revision?: typeof revision1; maxPending?: number } = {}) {
  const runs: { context: HandlerContext; finish: (result: unknown) => void; fail: (e: unknown) => void }[] =
    []
  const answer: Answer = (_request, context) =>
    new Promise((finish, fail) => {
      runs.push({ context, finish, fail })
    })
  const staged = stage.responder(answer, options)
  await stage.clock.settle()
  return { ...staged, runs }
}

describe('what is refused', () => {
  const forms = [
    [revision1, (name: string, params: object) => ask(opid, name, params)],
    [revision2, (name: string, params: object) => frame(opid, `/info/${name}`, params)],
  ] as const

  describe.each(forms)('revision $number', (revision, write) => {
    const info = { time: () => ({ system: 'not a number' }), cpu: () => 1, bots: 'unsupported' } as const

    const refused = async (name: string, params: object = {}) => {
      const { peer, errors } = stage.responder({ info }, { revision })
      await stage.clock.settle()
      peer.send(write(name, params))
      const text = await peer.next()
      const { opid: to, opnm } = readFrame(text)
      expect(to).toBe(opid)
      expect(opnm).toBe(revision === revision1 ? '/event' : '/event/report/info')
      return { ...errorOf(text), errors }
    }

    test('an unknown name', async () => {
      expect(await refused('nope')).toMatchObject({
        code: 'unknown_operation',
        error: 'there is no info "nope"',
      })
    })

    test('params that do not fit, with the path of the first problem', async () => {
      expect(await refused('cpu', { smptime: 'abc' })).toMatchObject({
        code: 'invalid_params',
        error: 'smptime: expected number, got string',
      })
      expect(await refused('cpu', { smptime: 1, extra: 1 })).toMatchObject({
        code: 'invalid_params',
        error: 'unknown key "extra"',
      })
      expect(await refused('memory', { extra: 1 })).toMatchObject({ code: 'invalid_params' })
    })

    test('an operation that this guest does not have', async () => {
      expect(await refused('bots')).toMatchObject({ code: 'unsupported' })
    })

    test("a handler's own mistake is failed, and is reported here", async () => {
      const { code, error, errors } = await refused('time')
      expect([code, error]).toEqual([
        'failed',
        "the handler's result does not fit the contract: system: expected number, got string",
      ])
      expect(errors).toHaveLength(1)
    })

    test('a key __proto__, before anything runs', async () => {
      const { peer } = stage.responder({ info }, { revision })
      await stage.clock.settle()
      peer.send(write('cpu', { X: { a: 1 } }).replace('"X"', String.raw`"\u005f_proto__"`))
      expect(errorOf(await peer.next())).toMatchObject({
        code: 'invalid_params',
        error: 'a key may not be called "__proto__"',
      })
    })
  })

  test('an operation name that is none, as a rejection', async () => {
    for (const [revision, opnm] of [
      [revision1, '/event'],
      [revision2, '/event/reject'],
    ] as const) {
      const { peer } = stage.responder({}, { revision })
      await stage.clock.settle()
      peer.send(frame(opid, '/nope/'.repeat(50), {}))
      const text = await peer.next()
      expect(readFrame(text)).toMatchObject({ opid, opnm, opct: { code: 'unknown_operation' } })
      expect(text.length).toBeLessThan(300)
    }
  })

  test('params that are no object', async () => {
    const { peer } = stage.responder({ info: { memory: () => null } }, { revision: revision2 })
    await stage.clock.settle()
    const contents = [null, [], '', '{}', 5]
    for (const [i, content] of contents.entries()) {
      peer.send(frame(opids[i]!, '/info/memory', content))
      expect(errorOf(await peer.next()).code).toBe('invalid_params')
    }
  })

  test('more than maxPending: busy, and the ones before still answer', async () => {
    const { peer, runs } = await waiting({ maxPending: 2 })
    for (const id of opids.slice(0, 3)) peer.send(ask(id))
    const text = await peer.next()
    expect([readFrame(text).opid, errorOf(text).code]).toEqual([opids[2], 'busy'])
    runs[0]!.finish(1)
    await peer.next()
    peer.send(ask(opids[3]!))
    await stage.clock.settle()
    expect(runs).toHaveLength(3)
  })

  test('1 024 at once by default', async () => {
    const { peer, role } = await waiting()
    for (let i = 0; i < 1_025; i++) peer.send(ask(`33333333-2222-4333-8444-${String(i).padStart(12, '0')}`))
    expect(errorOf(await peer.next()).code).toBe('busy')
    expect(role.pending).toBe(1_024)
  })
})

const thrown = async (error: unknown, asynchronous: boolean) => {
  const { peer, errors } = stage.responder(() => {
    if (asynchronous) return Promise.reject(error)
    throw error
  })
  await stage.clock.settle()
  peer.send(ask(opid))
  return { ...errorOf(await peer.next()), reported: errors.length }
}

describe('a handler that fails', () => {
  test.each([false, true])('anything thrown is failed with its message (async: %s)', async (asynchronous) => {
    expect(await thrown(new Error('disk on fire'), asynchronous)).toEqual({
      event: 'reject',
      code: 'failed',
      error: 'disk on fire',
      reported: 1,
    })
    expect(await thrown('a string', asynchronous)).toMatchObject({ code: 'failed', reported: 1 })
    expect(await thrown(new Error(''), asynchronous)).toMatchObject({ error: expect.stringMatching(/./) })
  })

  test.each([false, true])('a wire code of ours travels (async: %s)', async (asynchronous) => {
    const forbidden = new GuestoolError('forbidden', 'not you')
    expect(await thrown(forbidden, asynchronous)).toMatchObject({
      code: 'forbidden',
      error: 'not you',
      reported: 0,
    })
    // What happened to a call of its own is none of the peer's business.
    expect(await thrown(new GuestoolError('timeout', 'x'), asynchronous)).toMatchObject({ code: 'failed' })
  })

  test('an error text is cut', async () => {
    const { error } = await thrown(new Error('x'.repeat(5_000)), true)
    expect(error).toHaveLength(512)
  })

  test('a result that is not JSON is failed; the connection lives', async () => {
    const { peer, errors } = stage.responder(({ name }) => (name === 'cpu' ? { n: 1n } : 'fine'))
    await stage.clock.settle()
    peer.send(ask(opid, 'cpu'))
    expect(errorOf(await peer.next()).code).toBe('failed')
    peer.send(ask(opid2))
    expect(readFrame(await peer.next()).opct).toBe('fine')
    expect(errors).toHaveLength(1)
  })

  test('a result over maxPayload is too_large instead of a frame that would close the connection', async () => {
    const { peer } = stage.responder(() => 'x'.repeat(2_000), { maxPayload: 1_024 })
    await stage.clock.settle()
    peer.send(ask(opid))
    const text = await peer.next()
    expect(text.length).toBeLessThan(1_024)
    expect(errorOf(text)).toMatchObject({ code: 'too_large' })
  })
})
