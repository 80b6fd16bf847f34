import {
  MemoryAddress,
  Peer,
  responderConformance,
  VirtualClock,
  type ResponderSubject,
} from '@guestool/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { accepting } from '../test/accepting.js'
import { answers } from '../test/answers.js'
import { createGuest, guestool, type GuestOptions } from './index.js'

const event = { name: 'bot_online', data: { bot: '10001' } } as const
const contract = guestool.extend({ event: { bot_online: z.object({ bot: z.string() }) } })

/** A guest, and what accepted it. */
async function subject(
  url: string,
  options: Pick<GuestOptions, 'revision' | 'dial' | 'clock'>,
  accepted: Promise<Peer>,
): Promise<ResponderSubject> {
  const guest = createGuest(url, { ...options, contract, info: answers, action: 'unsupported' })
  const peer = await accepted
  return {
    peer,
    emit() {
      const emit = (): boolean => guest.emit(event.name, event.data)
      // Over a socket the echo of hello may still be on its way.
      if (guest.state === 'open') emit()
      else guest.on('state', (state) => state === 'open' && emit())
    },
    async close() {
      peer.close(1000)
      await guest.close()
    },
  }
}

describe('a guest in memory', () => {
  let clock: VirtualClock
  beforeEach(() => {
    clock = new VirtualClock()
  })
  afterEach(async () => {
    await clock.settle()
    expect(clock.timers).toBe(0)
  })

  const connect = (revision: 1 | 2): Promise<ResponderSubject> => {
    let dial: GuestOptions['dial']
    const accepted = new Promise<Peer>((resolve) => {
      const address = new MemoryAddress((end) => {
        const peer = new Peer(end)
        resolve(peer)
        return peer
      })
      dial = address.dial
    })
    return subject('ws://memory/join/alpha', { dial: dial!, clock, revision }, accepted)
  }
  test.each(responderConformance({ connect, contract, event }))('$name', ({ run }) => run())
})

describe('a guest over ws', () => {
  let host: Awaited<ReturnType<typeof accepting>>
  beforeAll(async () => {
    host = await accepting()
  })
  afterAll(() => host.close())

  const connect = (revision: 1 | 2): Promise<ResponderSubject> => {
    const accepted = host.next()
    return subject(`${host.url}/join/alpha`, { revision }, accepted)
  }
  test.each(responderConformance({ connect, contract, event }))('$name', ({ run }) => run())
})
