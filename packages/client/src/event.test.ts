import * as z from 'zod'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MemoryHost } from '../test/memory-host.js'
import { guestool, type Client, type ContractTypes } from './index.js'

const contract = guestool.extend({
  event: { bot_online: z.object({ bot: z.string(), since: z.int().default(0) }), quiet: z.object({}) },
})

let host: MemoryHost
let client: Client<ContractTypes<typeof contract>>
const opid = '6a0ef7a8-9bdc-4b67-8f6c-2f2bd8e7a001'
beforeEach(async () => {
  host = new MemoryHost()
  client = await host.open({ contract })
})
afterEach(() => host.tidy())

describe('an event', () => {
  test.each([
    [1, '/event', { event: 'bot_online', bot: '10001' }],
    [2, '/event/bot_online', { bot: '10001' }],
  ] as const)(
    'of revision %i is heard with its data checked, defaults applied',
    async (revision, opnm, opct) => {
      const other = await host.open({ contract, revision })
      const heard: unknown[] = []
      const off = other.onEvent('bot_online', (data) => heard.push(data))
      other.onEvent('quiet', () => heard.push('quiet'))
      host.send(opid, opnm, opct)
      await host.clock.settle()
      expect(heard).toEqual([{ bot: '10001', since: 0 }])
      off()
      off()
      host.send('6a0ef7a8-9bdc-4b67-8f6c-2f2bd8e7a002', opnm, opct)
      await host.clock.settle()
      expect(heard).toHaveLength(1)
      expect(other.counts.strangeEvents).toBe(0)
    },
  )

  test('whose data does not fit is an error and counted, and nobody hears it', async () => {
    const heard: unknown[] = []
    const errors: unknown[] = []
    client.on('error', (error) => errors.push(error))
    client.onEvent('bot_online', (data) => heard.push(data))
    host.send(opid, '/event', { event: 'bot_online', bot: 10_001 })
    await host.clock.settle()
    expect(heard).toEqual([])
    expect(errors).toEqual([
      expect.objectContaining({ code: 'invalid_result', operation: 'event bot_online', guest: 'alpha' }),
    ])
    expect(client.counts.strangeEvents).toBe(1)
  })

  test('that no contract knows is counted, and no trouble', async () => {
    host.send(opid, '/event', { event: 'whatever' })
    host.send('6a0ef7a8-9bdc-4b67-8f6c-2f2bd8e7a002', '/event', { event: '__proto__' })
    await host.clock.settle()
    expect(client.counts.strangeEvents).toBe(2)
    expect(client.state).toBe('open')
  })

  test('that is not in the contract cannot be listened to', () => {
    // @ts-expect-error a misspelt name
    expect(() => client.onEvent('bot_onlin', () => {})).toThrow(
      'there is no event "bot_onlin" in the contract',
    )
  })

  test('reaches every listener, also when one of them fails; the failure is an error event', async () => {
    const errors: unknown[] = []
    const heard: string[] = []
    client.on('error', (error) => errors.push(error))
    client.onEvent('quiet', () => {
      throw new Error('sync')
    })
    client.onEvent('quiet', async () => {
      await Promise.resolve()
      throw new Error('async')
    })
    client.onEvent('quiet', () => heard.push('heard'))
    host.send(opid, '/event', { event: 'quiet' })
    await host.clock.settle()
    expect(heard).toEqual(['heard'])
    expect(errors).toEqual([new Error('sync'), new Error('async')])
  })

  test('listeners outlive a reconnect', async () => {
    const heard: unknown[] = []
    client.onEvent('quiet', () => heard.push('heard'))
    host.address.pair.kill()
    await host.clock.advance(1_000)
    host.send(opid, '/event', { event: 'quiet' })
    await host.clock.settle()
    expect(heard).toEqual(['heard'])
  })
})

test('a listener of the state that fails is an error event, too', async () => {
  const errors: unknown[] = []
  client.on('error', (error) => errors.push(error))
  const off = client.on('state', (state) => {
    throw new Error(state)
  })
  host.address.pair.kill()
  await host.clock.settle()
  expect(errors).toEqual([new Error('reconnecting')])
  off()
  await host.clock.advance(1_000)
  expect(client.state).toBe('open')
  expect(errors).toHaveLength(1)
})
