import { expectTypeOf } from 'vitest'
import * as z from 'zod'
import * as mini from 'zod/mini'
import { createClient, guestool, type Client, type ContractTypes } from './index.js'

// Compiled, never run: every line below a `@ts-expect-error` must be a compile error, and every other one must not.

const url = 'ws://127.0.0.1:37103/guests/alpha'
const client = createClient(url)
const contract = guestool.extend({
  info: {
    gpu: {
      params: z.object({ index: z.int().default(0) }),
      result: z.object({ name: z.string(), percent: z.number() }),
    },
    sensors: {
      params: mini.object({ kind: mini.enum(['fan', 'heat']), limit: mini.optional(mini.number()) }),
      result: mini.array(mini.string()),
    },
  },
  action: { reboot: { params: z.object({ force: z.boolean() }), result: z.null() } },
  event: { bot_online: z.object({ bot: z.string() }) },
})
const extended = createClient(url, { contract })

expectTypeOf(client).toEqualTypeOf<Client>()
expectTypeOf(extended).toEqualTypeOf<Client<ContractTypes<typeof contract>>>()
// Whoever wants a client of the protocol takes one of a larger contract, too.
expectTypeOf(extended).toExtend<Client>()

// Hovers are plain: what is written there is what the contract says, not how it was computed.
interface Amount {
  total: number
  available: number
  used: number
  percent: number
}
expectTypeOf(client.info('cpu', 0.5)).resolves.toEqualTypeOf<{
  cpu_percent: number
  cpu_ncores: { physical: number | null; logical: number | null }
  cpu_freq: { current: number; min: number; max: number }
  cpu_load: { last1m: number; last5m: number; last15m: number }
}>()
expectTypeOf(client.info('memory')).resolves.toEqualTypeOf<{ mem: Amount; swap: Amount }>()
expectTypeOf(client.info('all_partitions', false)).resolves.toEqualTypeOf<
  { device: string; mountpoint: string; filesystem: string; usage: Amount | null; error: string | null }[]
>()
expectTypeOf(client.info('bots')).resolves.toEqualTypeOf<string[]>()
expectTypeOf(client.info('recv_events')).resolves.toEqualTypeOf<Record<string, Record<string, number>>>()
expectTypeOf(client.action('matcher/list')).resolves.toEqualTypeOf<string[]>()
expectTypeOf(client.watch('bots')).toEqualTypeOf<AsyncGenerator<string[], void, undefined>>()
expectTypeOf(extended.info('gpu')).resolves.toEqualTypeOf<{ name: string; percent: number }>()
expectTypeOf(extended.info('sensors', { kind: 'fan' })).resolves.toEqualTypeOf<string[]>()
expectTypeOf(extended.info('memory')).resolves.toEqualTypeOf<{ mem: Amount; swap: Amount }>()
expectTypeOf(extended.action('reboot', true)).resolves.toEqualTypeOf<null>()

export function options(signal: AbortSignal): void {
  void client.info('cpu', 0.5, { timeout: 5_000, signal })
  void client.info('cpu', { smptime: 0.5 }, { timeout: 5_000 })
  void client.info('memory', undefined, { signal })
  void client.info('memory', {}, { signal })
  void client.watch('cpu', 0.2, { every: 1_000, signal, timeout: 500 })
  void client.action('matcher/info', { id: 'x' }, { timeout: 5_000 })
  // @ts-expect-error options are third, also without params
  void client.info('memory', { timeout: 5_000 })
  // @ts-expect-error a misspelt option
  void client.info('memory', undefined, { timout: 5_000 })
  // @ts-expect-error only a watch has an interval
  void client.info('memory', undefined, { every: 5_000 })
}

export async function wrong(): Promise<void> {
  // @ts-expect-error a wrong info name
  void client.info('cpus')
  // @ts-expect-error a wrong param alone
  void client.info('cpu', '0.5')
  // @ts-expect-error a misspelt param
  void client.info('cpu', { smptme: 0.5 })
  // @ts-expect-error the wrong type of a param
  void client.info('all_partitions', { physical_only: 1 })
  // @ts-expect-error there are no params
  void client.info('memory', 1)
  // @ts-expect-error this one must be given
  void client.action('matcher/info')
  const cpu = await client.info('cpu')
  // @ts-expect-error a misspelt field of the result
  void cpu.cpu_precent
  // @ts-expect-error another contract's
  void client.info('gpu')
  // @ts-expect-error another contract's
  client.onEvent('bot_online', () => {})
}

export async function wrongInAnExtendedContract(): Promise<void> {
  // @ts-expect-error a wrong info name
  void extended.info('gpus')
  // @ts-expect-error a wrong param alone
  void extended.info('gpu', 'first')
  // @ts-expect-error a misspelt param
  void extended.info('gpu', { indx: 1 })
  // @ts-expect-error not one of them
  void extended.info('sensors', { kind: 'noise' })
  // @ts-expect-error two params: none may stand alone
  void extended.info('sensors', 'fan')
  // @ts-expect-error this one must be given
  void extended.info('sensors')
  // @ts-expect-error this one must be given
  void extended.action('reboot')
  const gpu = await extended.info('gpu', 0)
  // @ts-expect-error a misspelt field of the result
  void gpu.percnt
  extended.onEvent('bot_online', ({ bot }) => {
    expectTypeOf(bot).toEqualTypeOf<string>()
  })
  // @ts-expect-error a misspelt event
  extended.onEvent('bot_onlin', () => {})
  // @ts-expect-error a misspelt field of its data
  extended.onEvent('bot_online', ({ bt }) => void bt)
}

// @ts-expect-error a misspelt option
createClient(url, { revison: 2 })
// @ts-expect-error there is no such revision
createClient(url, { revision: 3 })

export async function tokens(fresh: () => Promise<string>): Promise<void> {
  createClient(url, { token: 'text' })
  createClient(url, { token: undefined })
  createClient(url, { token: () => 'text' })
  createClient(url, { token: fresh })
  // @ts-expect-error a promise is no function that is asked again
  createClient(url, { token: fresh() })
  // @ts-expect-error not a text
  createClient(url, { token: 7 })
  // @ts-expect-error it must give one
  createClient(url, { token: () => undefined })
}
