import { expectTypeOf } from 'vitest'
import * as z from 'zod'
import { guestool, type GuestoolShape } from './contract/guestool.js'
import type { ContractTypes } from './contract/contract.js'
import type { Requester } from './requester.js'
import type { Watch } from './watch.js'

// Compiled, never run: every line below a `@ts-expect-error` must be a compile error, and every other one must not.

declare const client: Requester<GuestoolShape>

export async function results(): Promise<void> {
  const cpu = await client.info('cpu')
  expectTypeOf(cpu.cpu_percent).toEqualTypeOf<number>()
  expectTypeOf(cpu.cpu_ncores.physical).toEqualTypeOf<number | null>()
  const partitions = await client.info('all_partitions')
  const usage = partitions[0]?.usage
  expectTypeOf(usage).toEqualTypeOf<
    { total: number; available: number; used: number; percent: number } | null | undefined
  >()
  const bots = await client.info('bots')
  expectTypeOf(bots).toEqualTypeOf<string[]>()
  const calls = await client.info('apicall')
  expectTypeOf(calls).toEqualTypeOf<Record<string, Record<string, number>>>()
  const removed = await client.action('matcher/remove', { id: 'x' })
  expectTypeOf(removed).toEqualTypeOf<null>()
  const version = await client.info('python_version')
  expectTypeOf(version.version_info.release_level).toEqualTypeOf<string>()

  // @ts-expect-error a misspelt field of a result
  void cpu.cpu_precent
  // @ts-expect-error a misspelt field deeper down
  void cpu.cpu_load.last2m
  // @ts-expect-error a list is no object
  void bots.length.foo
  // @ts-expect-error it may be null
  void partitions[0]?.usage.total
}

export function names(): void {
  // @ts-expect-error a wrong info name
  void client.info('cpus')
  // @ts-expect-error an action is no info
  void client.info('matcher/list')
  // @ts-expect-error a wrong action name
  void client.action('matcher/lists')
  // @ts-expect-error an info is no action
  void client.action('cpu')
  // @ts-expect-error a wrong name to watch
  void client.watch('cpus')
  // @ts-expect-error actions are not watched
  void client.watch('matcher/list')
  // @ts-expect-error the protocol names no events
  client.onEvent('bot_online', () => undefined)
}

export function params(): void {
  // The sole parameter may stand alone, typed by the contract.
  void client.info('cpu', 0.5)
  void client.info('cpu', { smptime: 0.5 })
  void client.info('cpu', {})
  void client.info('cpu', undefined, { timeout: 5_000 })
  void client.info('cpu', 0.5, { timeout: 5_000, signal: new AbortController().signal })
  void client.info('all_partitions', false)
  void client.info('all_partitions', { physical_only: false })
  void client.info('memory')
  void client.info('memory', {})
  void client.info('memory', undefined, { timeout: 5_000 })
  void client.action('matcher/list')
  void client.action('matcher/info', 'id')
  void client.action('matcher/info', { id: 'id' })

  // @ts-expect-error a number is asked for
  void client.info('cpu', '0.5')
  // @ts-expect-error a number is asked for
  void client.info('cpu', { smptime: true })
  // @ts-expect-error a misspelt parameter
  void client.info('cpu', { smptine: 0.5 })
  // @ts-expect-error one parameter too many
  void client.info('cpu', { smptime: 0.5, extra: 1 })
  // @ts-expect-error a boolean is asked for
  void client.info('all_partitions', 1)
  // @ts-expect-error there are no params
  void client.info('memory', 1)
  // @ts-expect-error there are no params
  void client.info('memory', { smptime: 1 })
  // @ts-expect-error the id is missing
  void client.action('matcher/info')
  // @ts-expect-error the id is missing
  void client.action('matcher/info', {})
  // @ts-expect-error several parameters have no sole one
  void client.action('matcher/hack', 'id')
  // @ts-expect-error options are the third argument
  void client.info('memory', { timeout: 5_000 })
  // @ts-expect-error a misspelt option
  void client.info('memory', {}, { timeOut: 5_000 })
  // @ts-expect-error only a watch has an interval
  void client.info('memory', {}, { every: 1_000 })
}

export async function watching(): Promise<void> {
  const watch = client.watch('cpu', 0.2, { every: 1_000, timeout: 500 })
  expectTypeOf(watch).toExtend<Watch<{ cpu_percent: number }>>()
  for await (const cpu of watch) {
    expectTypeOf(cpu.cpu_percent).toEqualTypeOf<number>()
    // @ts-expect-error a misspelt field of a sample
    void cpu.percent
  }
  void client.watch('memory', undefined, { every: 1_000 })
  // @ts-expect-error a misspelt option
  void client.watch('memory', undefined, { evry: 1_000 })
}

const extended = guestool.extend({
  info: {
    gpu: {
      params: z.object({ index: z.int().default(0) }),
      result: z.object({ name: z.string(), percent: z.number() }),
    },
    tag: { params: z.object({ tag: z.enum(['a', 'b']) }), result: z.string() },
    pair: { params: z.object({ a: z.number(), b: z.number().optional() }), result: z.null() },
    list: { params: z.object({ ids: z.array(z.string()) }), result: z.null() },
    size: { params: z.object({ text: z.string().transform((text) => text.length) }), result: z.number() },
  },
  action: { restart: { result: z.null() } },
  event: { bot_online: z.object({ bot: z.string() }) },
})
declare const mine: Requester<ContractTypes<typeof extended>>

export async function extension(): Promise<void> {
  const gpu = await mine.info('gpu', 0)
  expectTypeOf(gpu).toEqualTypeOf<{ name: string; percent: number }>()
  void mine.info('gpu')
  void mine.info('cpu', 0.5)
  void mine.info('tag', 'a')
  void mine.info('pair', { a: 1 })
  void mine.info('list', { ids: [] })
  void mine.info('size', 'text')
  void mine.action('restart')
  const off = mine.onEvent('bot_online', ({ bot }) => bot.toUpperCase())
  expectTypeOf(off).toEqualTypeOf<() => void>()
  mine.onEvent('bot_online', async ({ bot }) => bot)

  // @ts-expect-error a misspelt field of a result
  void gpu.procent
  // @ts-expect-error a number is asked for
  void mine.info('gpu', '0')
  // @ts-expect-error a wrong name
  void mine.info('gpus')
  // @ts-expect-error none of the values
  void mine.info('tag', 'c')
  // @ts-expect-error the parameter has no default
  void mine.info('tag')
  // @ts-expect-error two parameters, of which one must be given
  void mine.info('pair')
  // @ts-expect-error two parameters have no sole one
  void mine.info('pair', 1)
  // @ts-expect-error a list cannot stand alone
  void mine.info('list', [])
  // @ts-expect-error a caller gives what goes into a transform, not what comes out
  void mine.info('size', 4)
  // @ts-expect-error a wrong event
  mine.onEvent('bot_offline', () => undefined)
  // @ts-expect-error a misspelt field of an event
  mine.onEvent('bot_online', ({ bott }) => bott)
}
