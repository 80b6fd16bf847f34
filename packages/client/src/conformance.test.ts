import {
  MemoryAddress,
  Peer,
  requesterConformance,
  VirtualClock,
  type RequesterSubject,
} from '@guestool/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { accepting } from '../test/accepting.js'
import { createClient, guestool, type ClientOptions } from './index.js'

const event = { name: 'bot_online', data: { bot: '10001' } }
const contract = guestool.extend({ event: { bot_online: z.object({ bot: z.string() }) } })

/** A client, and what accepted it. */
async function subject(
  url: string,
  options: ClientOptions,
  accepted: Promise<Peer>,
): Promise<RequesterSubject> {
  const client = createClient(url, { ...options, contract })
  const asker: RequesterSubject['asker'] = new Promise((resolve) => {
    client.on('state', (state) => state === 'open' && resolve(client))
  })
  const peer = await accepted
  return {
    peer,
    asker,
    async close() {
      peer.close(1000)
      await client.close()
    },
  }
}

describe('a client in memory', () => {
  let clock: VirtualClock
  beforeEach(() => {
    clock = new VirtualClock()
  })
  afterEach(async () => {
    await clock.settle()
    expect(clock.timers).toBe(0)
  })

  const connect = (revision: 1 | 2): Promise<RequesterSubject> => {
    let dial: ClientOptions['dial']
    const accepted = new Promise<Peer>((resolve) => {
      const address = new MemoryAddress((end) => {
        const peer = new Peer(end)
        resolve(peer)
        return peer
      })
      dial = address.dial
    })
    return subject('ws://memory/guests/alpha', { dial: dial!, clock, revision }, accepted)
  }
  test.each(requesterConformance({ connect, side: 'dialler', event }))('$name', ({ run }) => run())
})

describe('a client over ws', () => {
  let host: Awaited<ReturnType<typeof accepting>>
  beforeAll(async () => {
    host = await accepting()
  })
  afterAll(() => host.close())

  const connect = (revision: 1 | 2): Promise<RequesterSubject> => {
    const accepted = host.next()
    return subject(`${host.url}/guests/alpha`, { revision }, accepted)
  }
  test.each(requesterConformance({ connect, side: 'dialler', event }))('$name', ({ run }) => run())
})
