import { defineContract, guestool } from '@guestool/core'
import { expectTypeOf, test } from 'vitest'
import * as z from 'zod'
import { createHost, tokens, type Authenticate, type GuestConnection, type Host } from './index.js'

test('without a contract a host asks what the protocol has', async () => {
  const host = createHost()
  expectTypeOf(host).toEqualTypeOf<Host>()
  const guest = host.guest('alpha')!
  const cpu = await guest.info('cpu', 0.5)
  expectTypeOf(cpu.cpu_percent).toBeNumber()
  expectTypeOf((await guest.info('all_partitions', false))[0]!.mountpoint).toBeString()
  expectTypeOf(await guest.action('matcher/list')).toEqualTypeOf<string[]>()
  // @ts-expect-error -- no such info
  void guest.info('gpu')
  // @ts-expect-error -- no such parameter
  void guest.info('cpu', { smptme: 1 })
  // @ts-expect-error -- not a number
  void guest.info('cpu', 'fast')
  // @ts-expect-error -- it takes none
  void guest.info('memory', 1)
  // @ts-expect-error -- a misspelt field
  void cpu.cpu_procent
  // @ts-expect-error -- no event is in the protocol's own contract
  guest.onEvent('bot_online', () => undefined)
})

test('a contract alone types everything', async () => {
  const contract = guestool.extend({
    info: {
      gpu: { params: z.object({ index: z.int().default(0) }), result: z.object({ name: z.string() }) },
    },
    event: { bot_online: z.object({ bot: z.string() }) },
  })
  const host = createHost({ contract })
  const guest = host.guests[0]!
  expectTypeOf(await guest.info('gpu', 1)).toEqualTypeOf<{ name: string }>()
  expectTypeOf((await guest.info('time')).system).toBeNumber()
  guest.onEvent('bot_online', ({ bot }) => expectTypeOf(bot).toBeString())
  for await (const gpu of guest.watch('gpu', 0, { every: 500 })) expectTypeOf(gpu.name).toBeString()
  host.on('guest', async (joined) => {
    expectTypeOf(joined).toEqualTypeOf(guest)
    expectTypeOf((await joined.info('gpu')).name).toBeString()
  })
  host.on('state', (changed, state) => {
    expectTypeOf(changed.id).toBeString()
    expectTypeOf(state).toEqualTypeOf<'alive' | 'unresponsive' | 'gone'>()
  })
  host.on('error', (error) => expectTypeOf(error).toBeUnknown())
  // @ts-expect-error -- no such event of a host
  host.on('guests', () => undefined)
  // @ts-expect-error -- a misspelt field
  void (await guest.info('gpu')).nmae
})

test('a contract from nothing has nothing else', () => {
  const host = createHost({ contract: defineContract({ info: { gpu: { result: z.string() } } }) })
  expectTypeOf(host.guest('alpha')!.info('gpu')).resolves.toBeString()
  // @ts-expect-error -- that is another contract
  void host.guest('alpha')!.info('cpu')
})

test('an authenticator says who somebody is', () => {
  createHost({
    authenticate: ({ role, id }) => (role === 'guest' && id ? { role, id } : { role: 'console' }),
  })
  createHost({ authenticate: async () => undefined })
  // @ts-expect-error -- true says nobody in particular
  createHost({ authenticate: () => true })
  // @ts-expect-error -- a guest has an id
  createHost({ authenticate: () => ({ role: 'guest' }) })
  expectTypeOf<Parameters<Authenticate>[0]['id']>().toEqualTypeOf<string | undefined>()
})

test('what only a host may do is not there', () => {
  // @ts-expect-error -- users do not make guests
  expectTypeOf<GuestConnection<any>>().toHaveProperty('ask')
})

test('an authenticator says who it is, or why not', async () => {
  createHost({ authenticate: () => ({ role: 'console', guests: 'team-*', actions: true }) })
  createHost({ authenticate: async () => ({ code: 4403, reason: 'not today' }) })
  createHost({ authenticate: tokens('tokens.json').authenticate, trustProxy: ['loopback', '10.0.0.0/8'] })
  // @ts-expect-error -- a guest without an id
  createHost({ authenticate: () => ({ role: 'guest' }) })
  // @ts-expect-error -- a refusal without a reason
  createHost({ authenticate: () => ({ code: 4403 }) })
  createHost({ authenticate: ({ token }) => void expectTypeOf(token).toEqualTypeOf<string | undefined>() })
})

test('tokens as a whole know which guests there are to be; so may something of one’s own', () => {
  const keys = tokens('tokens.json')
  createHost({ authenticate: keys })
  createHost({ authenticate: { ...keys, guests: async () => [{ id: 'alpha', since: 0 }] } })
  const { authenticate } = keys
  // @ts-expect-error -- it must be able to add and remove them, too
  createHost({ authenticate: { authenticate, guests: async () => [] } })
})

test('a page is a handler of Node’s http, and may be async', () => {
  createHost({ page: ({ method }, response) => void response.end(method) })
  createHost({ page: async (_, response) => void response.end() })
  // @ts-expect-error -- a page is no file
  createHost({ page: 'index.html' })
})

test('tokens are for a guest or for a console', async () => {
  const keys = tokens('tokens.json')
  expectTypeOf(await keys.add({ role: 'guest', id: 'alpha' })).toBeString()
  expectTypeOf(await keys.add({ role: 'console', actions: true, expiresIn: 60_000 })).toBeString()
  expectTypeOf(await keys.code({ guests: 'a*', actions: true, admin: true, expiresIn: 60_000 })).toBeString()
  // @ts-expect-error -- a code is for a console
  await keys.code({ role: 'guest', id: 'alpha' })
  // @ts-expect-error -- a guest without an id
  await keys.add({ role: 'guest' })
  for (const known of await keys.list()) {
    if (known.role === 'guest') expectTypeOf(known.id).toBeString()
    else expectTypeOf(known.guests).toBeString()
    expectTypeOf(known.role).toEqualTypeOf<'guest' | 'console' | 'code'>()
    // @ts-expect-error -- no secrets
    void known.secrets
  }
})
