import { GuestoolError } from '@guestool/core'
import * as z from 'zod'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { MemoryHub } from '../test/memory-hub.js'
import { guestool, type ContractTypes, type Hub } from './index.js'

const contract = guestool.extend({
  event: { bot_online: z.object({ bot: z.string() }), bot_offline: z.object({ bot: z.string() }) },
})

let host: MemoryHub
let hub: Hub<ContractTypes<typeof contract>>
let errors: unknown[]
let heard: unknown[]
beforeEach(async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0)
  host = new MemoryHub()
  hub = await host.open({ contract })
  errors = []
  heard = []
  hub.on('error', (error) => errors.push(error))
})
afterEach(async () => {
  vi.restoreAllMocks()
  await host.tidy()
})

const listen = (id: string) => hub.guest(id).onEvent('bot_online', ({ bot }) => heard.push(`${id}: ${bot}`))
const none = { guests: '*', names: [] }

describe('events of guests', () => {
  test.each([1, 2] as const)(
    'in revision %i reach who listens to that guest, and who listens to all',
    async (revision) => {
      const other = await host.open({ contract, revision })
      other.guest('alpha').onEvent('bot_online', ({ bot }) => heard.push(bot))
      // Another object for the same guest.
      other.guest('alpha').onEvent('bot_online', ({ bot }) => heard.push(`again ${bot}`))
      other.fleet.onEvent('bot_online', ({ bot }, guest) => heard.push(`${guest} ${bot}`))
      await host.clock.settle()
      host.emit('bot_online', { bot: '1' }, 'alpha')
      host.emit('bot_online', { bot: '2' }, 'beta')
      await host.clock.settle()
      expect(heard).toEqual(['1', 'again 1', 'alpha 1', 'beta 2'])
      expect(other.counts.strangeEvents).toBe(0)
    },
  )

  test('are asked for as they are wanted: all at once, on change, and no more in the end', async () => {
    await host.clock.settle()
    expect(host.subscriptions).toEqual([])
    const off = [listen('alpha'), listen('beta'), hub.guest('alpha').onEvent('bot_offline', () => undefined)]
    await host.clock.settle()
    expect(host.subscriptions).toEqual([{ guests: 'alpha,beta', names: ['bot_online', 'bot_offline'] }])
    // Nothing new: nothing is said.
    const again = listen('beta')
    await host.clock.settle()
    expect(host.subscriptions).toHaveLength(1)
    const offAll = hub.fleet.onEvent('bot_online', () => undefined)
    await host.clock.settle()
    offAll()
    for (const stop of off) stop()
    await host.clock.settle()
    again()
    again()
    await host.clock.settle()
    expect(host.subscriptions.slice(1)).toEqual([
      { guests: '*', names: ['bot_online', 'bot_offline'] },
      { guests: 'beta', names: ['bot_online'] },
      none,
    ])
  })

  test('are asked for when the connection is there, and again after each reconnect', async () => {
    const early = host.console({ contract })
    early.guest('alpha').onEvent('bot_online', ({ bot }) => heard.push(bot))
    await host.clock.settle()
    expect(host.subscriptions).toEqual([{ guests: 'alpha', names: ['bot_online'] }])
    host.address.pair.kill()
    await host.clock.advance(1)
    expect(host.subscriptions).toHaveLength(2)
    host.emit('bot_online', { bot: '1' }, 'alpha')
    await host.clock.settle()
    expect(heard).toEqual(['1'])
  })

  test('are not asked for again after a reconnect when nobody listens any more', async () => {
    listen('alpha')()
    const off = listen('alpha')
    await host.clock.settle()
    host.address.pair.kill()
    await host.clock.settle()
    off()
    await host.clock.advance(1)
    expect(hub.state).toBe('open')
    expect(host.subscriptions).toHaveLength(1)
  })

  test('are asked for by one call at a time; what changes meanwhile is told after it', async () => {
    const answers: (() => void)[] = []
    host.subscribe = () => new Promise((resolve) => answers.push(() => resolve(null)))
    listen('alpha')
    await host.clock.settle()
    listen('beta')
    listen('gamma')()
    listen('delta')
    await host.clock.settle()
    expect(host.subscriptions).toHaveLength(1)
    answers[0]?.()
    await host.clock.settle()
    expect(host.subscriptions.slice(1)).toEqual([{ guests: 'alpha,beta,delta', names: ['bot_online'] }])
    answers[1]?.()
    await host.clock.settle()
    expect(host.subscriptions).toHaveLength(2)
  })

  test('that cannot be had are an error; the next change asks for them again', async () => {
    host.subscribe = () => {
      throw new GuestoolError('busy', 'not now')
    }
    listen('alpha')
    await host.clock.advance(60_000)
    expect(errors).toEqual([expect.objectContaining({ code: 'busy', operation: 'action subscribe' })])
    expect(host.subscriptions).toHaveLength(1)
    host.subscribe = () => null
    // The same is wanted, but it is not known that the hub knows.
    listen('alpha')
    await host.clock.settle()
    expect(host.subscriptions).toHaveLength(2)
    expect(errors).toHaveLength(1)
  })

  test('whose subscription is lost with the connection are asked for on the next, and that is no error', async () => {
    host.subscribe = () => new Promise(() => undefined)
    listen('alpha')
    await host.clock.settle()
    host.subscribe = () => null
    host.address.pair.kill()
    await host.clock.advance(1)
    expect(host.subscriptions).toHaveLength(2)
    expect(errors).toEqual([])
  })

  test('that nobody listens to are dropped; only what no contract knows is strange', async () => {
    listen('alpha')
    await host.clock.settle()
    host.emit('bot_online', { bot: '1' }, 'beta')
    host.emit('bot_offline', { bot: '1' }, 'alpha')
    host.emit('bot_offline', { bot: 1 }, 'alpha')
    await host.clock.settle()
    expect(hub.counts.strangeEvents).toBe(0)
    host.emit('guest_joined', {}, 'alpha')
    host.emit('__proto__', {}, 'alpha')
    host.emit('bot_online', { bot: '1' })
    await host.clock.settle()
    expect(hub.counts.strangeEvents).toBe(3)
    expect([heard, errors]).toEqual([[], []])
  })

  test('whose data does not fit are an error that names the guest, and counted', async () => {
    listen('alpha')
    await host.clock.settle()
    host.emit('bot_online', { bot: 1 }, 'alpha')
    await host.clock.settle()
    expect(errors).toEqual([
      expect.objectContaining({ code: 'invalid_result', operation: 'event bot_online', guest: 'alpha' }),
    ])
    expect(hub.counts.strangeEvents).toBe(1)
    expect(heard).toEqual([])
  })

  test('reach everybody, also when one of them fails; the failure is an error event', async () => {
    hub.guest('alpha').onEvent('bot_online', () => {
      throw new Error('sync')
    })
    hub.fleet.onEvent('bot_online', () => Promise.reject(new Error('async')))
    listen('alpha')
    await host.clock.settle()
    host.emit('bot_online', { bot: '1' }, 'alpha')
    await host.clock.settle()
    expect(heard).toEqual(['alpha: 1'])
    expect(errors).toEqual([new Error('sync'), new Error('async')])
  })

  test('of more guests than a pattern holds are asked for of all', async () => {
    for (let i = 0; i < 70; i++) listen(`${i}`.padEnd(64, 'x'))
    await host.clock.settle()
    expect(host.subscriptions).toEqual([{ guests: '*', names: ['bot_online'] }])
  })

  test('that are not in the contract cannot be listened to', () => {
    // @ts-expect-error a misspelt name
    expect(() => hub.guest('alpha').onEvent('bot_onlin', () => {})).toThrow('there is no event "bot_onlin"')
    // @ts-expect-error the hub's own
    expect(() => hub.fleet.onEvent('guest_joined', () => {})).toThrow('there is no event "guest_joined"')
  })
})
