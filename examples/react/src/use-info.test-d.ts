import { createClient, createHub, guestool } from '@guestool/client'
import { expectTypeOf } from 'vitest'
import * as z from 'zod'
import { useInfo } from './use-info.js'

// Compiled, never run: the contract alone says what may be asked, with which params, and what comes.

const hub = createHub('ws://127.0.0.1')
const contract = guestool.extend({
  info: { gpu: { params: z.strictObject({ index: z.int() }), result: z.object({ name: z.string() }) } },
})
const client = createClient('ws://127.0.0.1/guests/alpha', { contract })

export function Page() {
  const cpu = useInfo(hub.guest('alpha'), 'cpu', 0.5, { every: 1_000 })
  expectTypeOf(cpu.result?.cpu_percent).toEqualTypeOf<number | undefined>()
  expectTypeOf(useInfo(client, 'cpu', { smptime: 0.5 })).toEqualTypeOf(cpu)
  expectTypeOf(useInfo(client, 'gpu', 0).result).toEqualTypeOf<{ name: string } | undefined>()
  useInfo(client, 'memory', undefined, { every: 1_000 })

  // @ts-expect-error no such info
  useInfo(client, 'cpus')
  // @ts-expect-error not in the contract of this one
  useInfo(hub.guest('alpha'), 'gpu', 0)
  // @ts-expect-error no such param
  useInfo(client, 'cpu', { sample: 1 })
  // @ts-expect-error it needs its param
  useInfo(client, 'gpu')
  // @ts-expect-error no such option
  useInfo(client, 'cpu', 0.5, { each: 1_000 })
}
