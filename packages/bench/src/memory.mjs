import { Worker } from './worker.mjs'

/** @typedef {import('./variants.mjs').VariantName} VariantName */

/**
 * What a call costs that waits for its answer.
 *
 * @param {VariantName} variant
 * @param {number} calls
 * @param {'plain' | 'own'} [silent] whose silence: that of silent.mjs, or that of the variant itself
 * @returns {Promise<{ bytes: number, timers: number }>} bytes of heap per call; timers of all calls together
 */
export async function measurePending(variant, calls, silent = 'plain') {
  const peer = silent === 'plain' ? new Worker('silent.mjs') : new Worker('end.mjs', { args: [variant] })
  const asker = new Worker('end.mjs', { args: [variant] })
  try {
    const port = await (silent === 'plain'
      ? peer.tell('listen')
      : peer.tell('acceptToAnswer', { silent: true }))
    await asker.tell('dialToAsk', port)
    return await asker.tell('pending', { calls })
  } finally {
    asker.stop()
    peer.stop()
  }
}

// So many first: the youngest part of a heap grows with the first few thousand, by as much as all of them need.
const firstGuests = 2_000

/**
 * What a guest costs its host that says nothing.
 *
 * @param {VariantName} variant
 * @param {number} guests
 * @returns {Promise<number>} kibibytes of resident memory per guest
 */
export async function measureIdle(variant, guests) {
  const host = new Worker('idle-host.mjs')
  const peer = new Worker('idle-guests.mjs')
  try {
    const port = await host.tell('listen', variant)
    await peer.tell('join', { port, guests: firstGuests })
    const before = await host.tell('rss')
    await peer.tell('join', { port, guests })
    return ((await host.tell('rss')) - before) / guests
  } finally {
    host.stop()
    peer.stop()
  }
}
