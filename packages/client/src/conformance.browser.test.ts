import { requesterConformance, type RequesterSubject } from '@guestool/testing'
import { expect, test } from 'vitest'
import { contract } from '../test/contract.js'
import { relayed } from '../test/relayed.js'
import { createClient } from './index.js'

// The suite, over the WebSocket of a real browser.

async function connect(revision: 1 | 2): Promise<RequesterSubject> {
  const { url, peer, hangUp } = await relayed('/guests/alpha')
  const client = createClient(url, { contract, revision })
  const asker: RequesterSubject['asker'] = new Promise((resolve) => {
    client.on('state', (state) => state === 'open' && resolve(client))
  })
  await peer.ready
  return {
    peer,
    asker,
    async close() {
      peer.close(1000)
      await client.close()
      hangUp()
    },
  }
}

const event = { name: 'bot_online', data: { bot: '10001' } }
test.each(requesterConformance({ connect, side: 'dialler', event }))('$name', ({ run }) => run())

test('it really is a browser', () => {
  expect(navigator.userAgent).toContain('Chrome')
})
