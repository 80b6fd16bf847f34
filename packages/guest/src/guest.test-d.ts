import { expectTypeOf } from 'vitest'
import * as z from 'zod'
import { createGuest, guestool, type ContractTypes, type Guest, type GuestOptions } from './index.js'
import type { HandlerContext } from './index.js'

// Compiled, never run: every line below a `@ts-expect-error` must be a compile error, and every other one must not.

const url = 'ws://127.0.0.1:37103/join/alpha'
declare const info: GuestOptions['info']
const contract = guestool.extend({
  info: {
    gpu: {
      params: z.object({ index: z.int().default(0) }),
      result: z.object({ name: z.string(), percent: z.number() }),
    },
  },
  action: { reboot: { result: z.null() } },
  event: { bot_online: z.object({ bot: z.string() }) },
})
const gpu = { name: 'one', percent: 1 }
const action = {
  'matcher/list': 'unsupported',
  'matcher/info': 'unsupported',
  'matcher/hack': 'unsupported',
  'matcher/remove': 'unsupported',
  reboot: () => null,
} as const

const guest = createGuest(url, { info, action: 'unsupported' })
const extended = createGuest(url, { contract, info: { ...info, gpu: () => gpu }, action })
expectTypeOf(guest).toEqualTypeOf<Guest>()
expectTypeOf(extended).toEqualTypeOf<Guest<ContractTypes<typeof contract>>>()

// Handlers are typed in place, params with their defaults applied; sync or async, or 'unsupported'.
createGuest(url, {
  info: {
    ...info,
    cpu: 'unsupported',
    processes: async ({ smptime }, { signal, deadline, opid }) => {
      expectTypeOf(smptime).toEqualTypeOf<number>()
      expectTypeOf(signal).toEqualTypeOf<AbortSignal>()
      expectTypeOf(deadline).toEqualTypeOf<number>()
      expectTypeOf(opid).toEqualTypeOf<string>()
      return Promise.resolve([])
    },
    all_disk_io: () => new Promise((resolve) => resolve([])),
    all_partitions: ({ physical_only }) => {
      expectTypeOf(physical_only).toEqualTypeOf<boolean>()
      return []
    },
    bots: () => ['10001'],
  },
  action: {
    'matcher/list': (params, context) => {
      expectTypeOf(params).toEqualTypeOf<Readonly<Record<never, never>>>()
      expectTypeOf(context).toEqualTypeOf<HandlerContext>()
      return ['one']
    },
    'matcher/info': 'unsupported',
    'matcher/hack': ({ id, priority }) => {
      expectTypeOf(id).toEqualTypeOf<string>()
      expectTypeOf(priority).toEqualTypeOf<number>()
      return null
    },
    'matcher/remove': 'unsupported',
  },
})
createGuest(url, {
  contract,
  info: {
    ...info,
    gpu: ({ index }) => {
      expectTypeOf(index).toEqualTypeOf<number>()
      return gpu
    },
  },
  action: 'unsupported',
})

export function wrong(): void {
  const { memory, ...incomplete } = info
  void memory
  // @ts-expect-error a missing handler
  createGuest(url, { info: incomplete, action: 'unsupported' })
  // @ts-expect-error whether there are actions must be said
  createGuest(url, { info })
  // @ts-expect-error a missing action
  createGuest(url, { info, action: { 'matcher/list': 'unsupported' } })
  // @ts-expect-error a wrong result
  createGuest(url, { info: { ...info, bots: () => [1] }, action: 'unsupported' })
  // @ts-expect-error a wrong result, later
  createGuest(url, { info: { ...info, bots: async () => Promise.resolve('none') }, action: 'unsupported' })
  // @ts-expect-error a field is missing in the result
  createGuest(url, { info: { ...info, all_disk_io: () => [{ device: 'sda' }] }, action: 'unsupported' })
  // @ts-expect-error no such param
  createGuest(url, { info: { ...info, cpu: ({ sample }) => sample }, action: 'unsupported' })
  // @ts-expect-error no such word
  createGuest(url, { info: { ...info, cpu: 'unsuported' }, action: 'unsupported' })
  // @ts-expect-error this contract has no events
  guest.emit('bot_online', { bot: '10001' })
}

export function wrongInAnExtendedContract(): void {
  // @ts-expect-error a missing handler
  createGuest(url, { contract, info, action })
  // @ts-expect-error a missing handler, in place
  createGuest(url, { contract, info: { ...info }, action })
  // @ts-expect-error a missing action
  createGuest(url, { contract, info: { ...info, gpu: () => gpu }, action: { reboot: () => null } })
  // @ts-expect-error a wrong result
  createGuest(url, { contract, info: { ...info, gpu: () => ({ name: 1, percent: 1 }) }, action })
  // @ts-expect-error a field is missing in the result
  createGuest(url, { contract, info: { ...info, gpu: () => ({ name: 'one' }) }, action })
  // @ts-expect-error a wrong result of an action
  createGuest(url, { contract, info: { ...info, gpu: () => gpu }, action: { ...action, reboot: () => true } })
  // @ts-expect-error a handler for what the contract does not know
  createGuest(url, { contract, info: { ...info, gpu: () => gpu, npu: () => gpu }, action })

  extended.emit('bot_online', { bot: '10001' })
  // @ts-expect-error a misspelt event
  extended.emit('bot_onlin', { bot: '10001' })
  // @ts-expect-error a misspelt field
  extended.emit('bot_online', { bt: '10001' })
  // @ts-expect-error the wrong type of a field
  extended.emit('bot_online', { bot: 10_001 })
}

export async function tokens(fresh: () => Promise<string>): Promise<void> {
  createGuest(url, { info, action: 'unsupported', token: 'text' })
  createGuest(url, { info, action: 'unsupported', token: undefined })
  createGuest(url, { info, action: 'unsupported', token: fresh })
  // @ts-expect-error a promise is no function that is asked again
  createGuest(url, { info, action: 'unsupported', token: fresh() })
  // @ts-expect-error it must give one
  createGuest(url, { info, action: 'unsupported', token: () => undefined })
}
