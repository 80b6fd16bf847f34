import { frame, opidOf, Stage, VirtualClock } from '@guestool/testing'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { GuestoolError } from './errors.js'
import { watch, type Watch, type WatchPlan } from './watch.js'

let clock: VirtualClock
let watches: Set<(error?: Error) => void>

beforeEach(() => {
  clock = new VirtualClock()
  watches = new Set()
})

afterEach(async () => {
  await clock.settle()
  expect([clock.timers, watches.size]).toEqual([0, 0])
})

/** Samples that take `took` milliseconds and are counted. */
function plan(options: Partial<WatchPlan<number>> & { readonly took?: number } = {}) {
  const state = { inFlight: 0, most: 0, taken: 0, startedAt: [] as number[], skipped: [] as unknown[] }
  const sample = async (stop: AbortSignal): Promise<number> => {
    state.startedAt.push(clock.now())
    state.inFlight++
    state.most = Math.max(state.most, state.inFlight)
    try {
      await new Promise<void>((resolve, reject) => {
        const cancel = clock.setTimer(resolve, options.took ?? 10)
        stop.addEventListener('abort', () => {
          cancel()
          reject(new GuestoolError('aborted', 'stopped'))
        })
      })
      return ++state.taken
    } finally {
      state.inFlight--
    }
  }
  const stream = watch<number>({
    sample,
    every: 1_000,
    clock,
    signal: undefined,
    skipped: (error) => void state.skipped.push(error),
    watches,
    ...options,
  })
  return { state, stream }
}

/** Reads a watch to its end, and says how it ended. */
function read<T>(stream: Watch<T>) {
  const seen = { values: [] as T[], ended: undefined as unknown }
  void (async () => {
    for await (const value of stream) seen.values.push(value)
  })().then(
    () => (seen.ended = 'done'),
    (error: unknown) => (seen.ended = error),
  )
  return seen
}

test('samples from start to start, one interval apart', async () => {
  const { state, stream } = plan()
  const seen = read(stream)
  await clock.advance(3_500)
  expect(seen.values).toEqual([1, 2, 3, 4])
  expect(state.startedAt).toEqual([0, 1_000, 2_000, 3_000])
  await stream.return()
  expect(seen.ended).toBe('done')
})

test('never two in flight: a sample longer than the interval makes the next one late', async () => {
  const { state, stream } = plan({ took: 2_500 })
  const seen = read(stream)
  await clock.advance(7_500)
  expect([seen.values, state.most]).toEqual([[1, 2, 3], 1])
  expect(state.startedAt).toEqual([0, 2_500, 5_000, 7_500])
  await stream.return()
})

test('a slow reader holds the next sample up, and gets no burst afterwards', async () => {
  const { state, stream } = plan()
  const first = stream.next()
  await clock.advance(10)
  await first
  await clock.advance(10_000)
  expect(state.taken).toBe(1)
  const second = stream.next()
  await clock.advance(10)
  await second
  const third = stream.next()
  await clock.advance(990)
  expect(state.taken).toBe(2)
  await clock.advance(10)
  expect((await third).value).toBe(3)
  await stream.return()
})

describe('it is stopped', () => {
  test('by break', async () => {
    const { state, stream } = plan()
    const reading = (async () => {
      for await (const value of stream) if (value === 2) break
    })()
    await clock.advance(5_000)
    await reading
    expect(state.taken).toBe(2)
  })

  test('by return() in the middle of a sample, at once', async () => {
    const { state, stream } = plan({ took: 30_000 })
    const next = stream.next()
    await clock.advance(10)
    expect(state.inFlight).toBe(1)
    const returned = stream.return()
    await clock.settle()
    expect(await returned).toEqual({ value: undefined, done: true })
    expect(await next).toEqual({ value: undefined, done: true })
    expect([state.inFlight, state.skipped, clock.now()]).toEqual([0, [], 10])
  })

  test('by throw(), in the middle of a sample and in the pause, at once', async () => {
    for (const paused of [false, true]) {
      const { stream } = plan()
      if (paused) {
        const first = stream.next()
        await clock.advance(10)
        await first
      }
      const next = stream.next()
      await clock.advance(5)
      const mine = new Error('mine')
      await expect(stream.throw(mine)).rejects.toBe(mine)
      expect(await next).toEqual({ value: undefined, done: true })
    }
  })

  test('by return() in the pause, and before it began', async () => {
    const { stream } = plan()
    const seen = read(stream)
    await clock.advance(500)
    await stream.return()
    expect([seen.values, seen.ended]).toEqual([[1], 'done'])
    const { state, stream: unused } = plan()
    await unused.return()
    expect((await unused.next()).done).toBe(true)
    expect(state.startedAt).toEqual([])
  })

  test('by its signal: before, during a sample, in the pause, without an error, listener removed', async () => {
    for (const after of [undefined, 5, 500]) {
      const controller = new AbortController()
      if (after === undefined) controller.abort()
      const added = vi.spyOn(controller.signal, 'addEventListener')
      const removed = vi.spyOn(controller.signal, 'removeEventListener')
      const { state, stream } = plan({ signal: controller.signal })
      const seen = read(stream)
      await clock.advance(after ?? 0)
      controller.abort()
      await clock.settle()
      expect([seen.ended, state.inFlight, state.skipped]).toEqual(['done', 0, []])
      expect(removed.mock.calls.length).toBe(added.mock.calls.length)
    }
  })

  test('by whoever has its end: quietly at close, with the error when it cannot go on', async () => {
    const closed = plan()
    const seen = read(closed.stream)
    await clock.advance(500)
    for (const stop of watches) stop()
    await clock.settle()
    expect(seen.ended).toBe('done')

    const refused = plan()
    const other = read(refused.stream)
    await clock.advance(5)
    const refusal = new GuestoolError('refused', 'no')
    for (const stop of watches) stop(refusal)
    await clock.settle()
    expect(other.ended).toBe(refusal)
  })
})

describe('a sample that fails', () => {
  test('in a way that may pass skips its tick and is told', async () => {
    let turn = 0
    const { state, stream } = plan({
      sample: async () => {
        turn++
        if (turn === 2) throw new GuestoolError('connection_lost', 'x')
        return turn
      },
    })
    const seen = read(stream)
    await clock.advance(3_000)
    expect(seen.values).toEqual([1, 3, 4])
    expect(state.skipped).toMatchObject([{ code: 'connection_lost' }])
    await stream.return()
  })

  test.each([new GuestoolError('unsupported', 'x'), new GuestoolError('refused', 'x'), new TypeError('bug')])(
    'for good throws: %s',
    async (error) => {
      const { state, stream } = plan({
        sample: async () => {
          throw error
        },
      })
      const seen = read(stream)
      await clock.settle()
      expect([seen.ended, state.skipped]).toEqual([error, []])
    },
  )
})

describe('of a requester', () => {
  test('asks again and again over the wire, tells what it skips, and leaves nothing in flight', async () => {
    const stage = new Stage()
    const { asker, peer, role } = stage.requester()
    await stage.clock.settle()
    const stream = asker.watch('time', undefined, { every: 500, timeout: 400 })
    const seen = read(stream)
    await stage.clock.settle()
    const time = { system: 1, nonebot: 1, system_ts: 1, nonebot_ts: 1 }
    peer.send(frame(opidOf(await peer.next()), '/info', time))
    await stage.clock.advance(500)
    await peer.next()
    // The second is not answered, and times out.
    await stage.clock.advance(500)
    peer.send(frame(opidOf(await peer.next()), '/info', time))
    await stage.clock.settle()
    expect(seen.values).toEqual([time, time])
    expect(asker.errors).toMatchObject([{ code: 'timeout' }])
    await stage.clock.advance(500)
    expect(role.pending).toBe(1)
    asker.stop()
    await stage.clock.settle()
    expect([seen.ended, role.pending]).toEqual(['done', 0])
    expect(await stage.leftovers()).toEqual([])
  })

  test('throws a mistake at the first sample', async () => {
    const stage = new Stage()
    const { asker } = stage.requester()
    const seen = read(asker.watch('cpu', 65))
    await stage.clock.settle()
    expect(seen.ended).toMatchObject({ code: 'invalid_params' })
    expect(await stage.leftovers()).toEqual([])
  })
})
