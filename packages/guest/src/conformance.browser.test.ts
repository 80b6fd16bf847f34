import { responderConformance, type ResponderSubject } from '@guestool/testing'
import { test } from 'vitest'
import * as z from 'zod/mini'
import { relayed } from '../../client/test/relayed.js'
import { answers } from '../test/answers.js'
import { createGuest, guestool } from './index.js'

// The suite, over the WebSocket of a real browser: a page can be a guest, too.

const event = { name: 'bot_online', data: { bot: '10001' } } as const
const contract = guestool.extend({ event: { bot_online: z.object({ bot: z.string() }) } })

async function connect(revision: 1 | 2): Promise<ResponderSubject> {
  const { url, peer, hangUp } = await relayed('/join/alpha')
  const guest = createGuest(url, { contract, revision, info: answers, action: 'unsupported' })
  await peer.ready
  return {
    peer,
    emit() {
      const emit = (): boolean => guest.emit(event.name, event.data)
      // The echo of hello may still be on its way.
      if (guest.state === 'open') emit()
      else guest.on('state', (state) => state === 'open' && emit())
    },
    async close() {
      peer.close(1000)
      await guest.close()
      hangUp()
    },
  }
}

test.each(responderConformance({ connect, contract, event }))('$name', ({ run }) => run())
