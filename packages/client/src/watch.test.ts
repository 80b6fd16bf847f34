import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { MemoryHost, outcomeOf, silence } from '../test/memory-host.js'
import type { Client } from './index.js'

let host: MemoryHost
let client: Client
let errors: unknown[]
beforeEach(async () => {
  host = new MemoryHost()
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
  let samples = 0
  host.answer = () => [`sample ${++samples}`]
  client = await host.open()
  errors = []
  client.on('error', (error) => errors.push(error))
})
afterEach(async () => {
  vi.restoreAllMocks()
  await host.tidy()
})

/** Reads a watch to its end; the returned list grows. */
function read<T>(watch: AsyncIterable<T>): { values: T[]; end: Promise<unknown> } {
  const values: T[] = []
  const reading = async (): Promise<string> => {
    for await (const value of watch) values.push(value)
    return 'over'
  }
  return { values, end: outcomeOf(reading()) }
}

describe('a watch', () => {
  test('samples at once, then every second', async () => {
    const { values } = read(client.watch('bots'))
    await host.clock.settle()
    expect(values).toEqual([['sample 1']])
    await host.clock.advance(999)
    expect(values).toHaveLength(1)
    await host.clock.advance(1)
    expect(values).toHaveLength(2)
    await host.clock.advance(8_000)
    expect(values.at(-1)).toEqual(['sample 10'])
  })

  test('takes the params of a call, and options third', async () => {
    const { values } = read(client.watch('cpu', 0.2, { every: 5_000, timeout: 3_000 }))
    await host.clock.settle()
    expect(host.asked[0]?.opct).toEqual({ info: 'cpu', smptime: 0.2 })
    await host.clock.advance(4_999)
    expect(host.asked).toHaveLength(1)
    await host.clock.advance(1)
    expect(host.asked).toHaveLength(2)
    expect(values).toEqual([])
  })

  test('never has two samples in flight: a slow one makes the next one late', async () => {
    host.answer = () => silence
    const { values } = read(client.watch('bots', undefined, { every: 1_000 }))
    await host.clock.advance(3_500)
    expect(host.asked).toHaveLength(1)
    host.asked[0]?.reply(['slow'])
    await host.clock.advance(0)
    expect(values).toEqual([['slow']])
    // It is late already, so the next goes out at once; after that the interval counts from there.
    expect(host.asked).toHaveLength(2)
    host.asked[1]?.reply(['quick'])
    await host.clock.advance(999)
    expect(host.asked).toHaveLength(2)
    await host.clock.advance(1)
    expect(host.asked).toHaveLength(3)
  })

  test('asks nothing before it is read, nor while its reader is busy', async () => {
    const watch = client.watch('bots', undefined, { every: 1_000 })
    await host.clock.advance(5_000)
    expect(host.asked).toEqual([])
    await watch.next()
    await host.clock.advance(5_000)
    expect(host.asked).toHaveLength(1)
    const second = watch.next()
    await host.clock.advance(0)
    expect(await second).toEqual({ done: false, value: ['sample 2'] })
    await watch.return()
  })

  test('ends with break', async () => {
    const seen: unknown[] = []
    const reading = (async () => {
      for await (const value of client.watch('bots', undefined, { every: 10 })) {
        seen.push(value)
        if (seen.length === 3) break
      }
    })()
    await host.clock.advance(1_000)
    await reading
    expect(seen).toHaveLength(3)
    expect(host.asked).toHaveLength(3)
    expect(errors).toEqual([])
  })

  test.each([
    ['a sample is in flight', 100],
    ['it waits for the next', 600],
  ])('ends with return() while %s', async (_when, at) => {
    host.answer = ({ reply }) => {
      host.clock.setTimer(() => reply(['x']), 500)
      return silence
    }
    const watch = client.watch('bots')
    const { values, end } = read(watch)
    await host.clock.advance(at)
    await watch.return()
    expect(await end).toBe('over')
    await host.clock.advance(10_000)
    expect(host.asked).toHaveLength(1)
    expect(values).toHaveLength(at === 600 ? 1 : 0)
    expect(errors).toEqual([])
  })

  test.each([
    ['before it starts', undefined],
    ['while a sample is in flight', 100],
    ['while it waits for the next', 600],
  ])('ends with its signal %s, without an error', async (_when, at) => {
    host.answer = ({ reply }) => {
      host.clock.setTimer(() => reply(['x']), 500)
      return silence
    }
    const controller = new AbortController()
    if (at === undefined) controller.abort()
    const { end } = read(client.watch('bots', undefined, { signal: controller.signal }))
    await host.clock.advance(at ?? 0)
    controller.abort()
    expect(await end).toBe('over')
    await host.clock.advance(10_000)
    expect(host.asked).toHaveLength(at === undefined ? 0 : 1)
    expect(errors).toEqual([])
  })

  test.each([
    ['while a sample is in flight', 100],
    ['while it waits for the next', 600],
  ])('ends with close() %s, without an error', async (_when, at) => {
    host.answer = ({ reply }) => {
      host.clock.setTimer(() => reply(['x']), 500)
      return silence
    }
    const { end } = read(client.watch('bots'))
    await host.clock.advance(at)
    await client.close()
    expect(await end).toBe('over')
    expect(errors).toEqual([])
    await host.clock.advance(500)
  })

  test('skips a sample that failed in passing, and tells of it', async () => {
    const { values } = read(client.watch('bots', undefined, { every: 1_000, timeout: 100 }))
    await host.clock.settle()
    host.answer = () => ({ error: 'too much to do', code: 'busy' })
    await host.clock.advance(1_000)
    host.answer = () => silence
    await host.clock.advance(1_000)
    host.answer = () => ({ not: 'a list' })
    await host.clock.advance(1_000)
    host.answer = () => ['well again']
    await host.clock.advance(1_000)
    expect(values).toEqual([['sample 1'], ['well again']])
    expect(errors).toEqual([
      expect.objectContaining({ code: 'busy', operation: 'info bots' }),
      expect.objectContaining({ code: 'timeout', operation: 'info bots' }),
      expect.objectContaining({ code: 'invalid_result', operation: 'info bots' }),
    ])
  })

  test('goes on over a reconnect', async () => {
    const { values } = read(client.watch('bots'))
    await host.clock.settle()
    host.address.otherwise = 'refuse'
    host.address.pair.kill()
    await host.clock.advance(20_000)
    host.address.otherwise = 'accept'
    await host.clock.advance(30_000)
    expect(values.length).toBeGreaterThan(1)
    expect(values.at(-1)).not.toEqual(['sample 1'])
  })

  test.each(['unsupported', 'unknown_operation', 'invalid_params', 'forbidden', 'too_large'])(
    'throws what will not pass: %s',
    async (code) => {
      host.answer = () => ({ error: 'no', code })
      expect(await read(client.watch('bots')).end).toMatchObject({
        code,
        operation: 'info bots',
        guest: 'alpha',
      })
      expect(host.asked).toHaveLength(1)
      expect(errors).toEqual([])
    },
  )

  test('throws when the host refuses for good', async () => {
    const { end } = read(client.watch('bots'))
    await host.clock.settle()
    host.address.pair.acceptor.close(4404, 'no such guest')
    expect(await end).toMatchObject({ code: 'refused', closeCode: 4404 })
  })

  test('with params that cannot be right throws at the first reading', async () => {
    expect(await read(client.watch('cpu', -1)).end).toMatchObject({ code: 'invalid_params' })
    expect(host.asked).toEqual([])
  })

  test('of a client that is closed throws', async () => {
    await client.close()
    expect(await read(client.watch('bots')).end).toMatchObject({ code: 'closed' })
  })
})
