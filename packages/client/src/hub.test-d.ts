import { expectTypeOf } from 'vitest'
import * as z from 'zod'
import {
  createClient,
  createHub,
  guestool,
  type ContractTypes,
  type ErrorCode,
  type GuestoolError,
  type GuestRecord,
  type Hub,
  type HubGuest,
  type Requester,
  type Verdict,
} from './index.js'

// Compiled, never run: every line below a `@ts-expect-error` must be a compile error, and every other one must not.

const contract = guestool.extend({
  info: { gpu: { params: z.object({ index: z.int().default(0) }), result: z.object({ name: z.string() }) } },
  event: { bot_online: z.object({ bot: z.string() }) },
})
const hub = createHub('ws://127.0.0.1:37103')
const extended = createHub(new URL('ws://127.0.0.1:37103'), { contract, revision: 2, token: () => 'secret' })

expectTypeOf(hub).toEqualTypeOf<Hub>()
expectTypeOf(extended).toEqualTypeOf<Hub<ContractTypes<typeof contract>>>()
expectTypeOf(extended).toExtend<Hub>()

// The hub's own infos and events; what is written there is what its contract says, not how it was computed.
expectTypeOf(hub.guests()).resolves.toEqualTypeOf<GuestRecord[]>()
expectTypeOf<GuestRecord>().toEqualTypeOf<{
  id: string
  revision: number
  state: 'alive' | 'unresponsive' | 'gone'
  state_ts: number
  connected_ts: number | null
  address: string | null
  round_trip_ms: number | null
  counts: {
    sent: number
    received: number
    late: number
    malformed: number
    rejected: number
    shared: number
  }
}>()
expectTypeOf(hub.watch('hub', undefined, { every: 5_000 })).toExtend<AsyncGenerator<{ version: string }>>()
hub.onEvent('guest_left', ({ id, reason }) => expectTypeOf([id, reason]).toEqualTypeOf<string[]>())
hub.onEvent('guest_state', ({ state }) => expectTypeOf(state).toEqualTypeOf<'alive' | 'unresponsive'>())

// A guest is asked as by a client.
expectTypeOf(extended.guest('alpha')).toEqualTypeOf<HubGuest<ContractTypes<typeof contract>>>()
expectTypeOf(hub.guest('alpha')).toExtend<Requester<ContractTypes<typeof guestool>>>()
expectTypeOf(hub.guest('alpha').info('cpu', 0.5)).toEqualTypeOf(
  createClient('ws://h/guests/alpha').info('cpu', 0.5),
)
expectTypeOf(extended.guest('alpha').info('gpu', 1)).resolves.toEqualTypeOf<{ name: string }>()
expectTypeOf(hub.guest('alpha').id).toEqualTypeOf<string>()
extended.fleet.onEvent('bot_online', ({ bot }, guest) => expectTypeOf([bot, guest]).toEqualTypeOf<string[]>())

export async function fleet(signal: AbortSignal): Promise<void> {
  const verdicts = extended.fleet.info('gpu', 0, {
    timeout: 5_000,
    signal,
    filter: (guest) => guest.state !== 'gone',
  })
  for await (const verdict of verdicts) {
    expectTypeOf(verdict).toEqualTypeOf<Verdict<{ name: string }>>()
    expectTypeOf(verdict.guest).toEqualTypeOf<string>()
    // @ts-expect-error it may have failed
    void verdict.result
    if (verdict.ok) {
      expectTypeOf(verdict.result).toEqualTypeOf<{ name: string }>()
      // @ts-expect-error it did not fail
      void verdict.error
    } else {
      expectTypeOf(verdict.error).toEqualTypeOf<GuestoolError>()
      expectTypeOf(verdict.error.code).toEqualTypeOf<ErrorCode>()
    }
  }
  expectTypeOf(await verdicts).toEqualTypeOf<Verdict<{ name: string }>[]>()
}

export async function changed(): Promise<void> {
  expectTypeOf((await hub.action('add_guest', { guest: 'alpha' })).token).toEqualTypeOf<string | null>()
  await hub.action('remove_guest', 'alpha')
}

export function wrong(): void {
  // @ts-expect-error subscribing is done for you
  void hub.action('subscribe', {})
  // @ts-expect-error the hub itself has no cpu
  void hub.info('cpu')
  // @ts-expect-error of whom?
  void hub.info('history')
  // @ts-expect-error a misspelt param
  void hub.info('history', { guest: 'alpha', minute: 1 })
  // @ts-expect-error a guest's event
  extended.onEvent('bot_online', () => {})
  // @ts-expect-error the hub's event
  extended.fleet.onEvent('guest_joined', () => {})
  // @ts-expect-error an address is a text
  hub.guest(1)
  // @ts-expect-error a wrong info name
  void hub.guest('alpha').info('cpus')
  // @ts-expect-error a wrong info name
  void hub.fleet.info('cpus')
  // @ts-expect-error a wrong param
  void hub.fleet.info('cpu', '0.5')
  // @ts-expect-error another contract's
  void hub.fleet.info('gpu')
  // @ts-expect-error options are third
  void hub.fleet.info('memory', { timeout: 5_000 })
  // @ts-expect-error a misspelt option
  void hub.fleet.info('memory', undefined, { timout: 5_000 })
  // @ts-expect-error a misspelt state
  void hub.fleet.info('memory', undefined, { filter: ({ state }) => state === 'dead' })
  // @ts-expect-error a misspelt option
  createHub('ws://h', { revison: 2 })
}
