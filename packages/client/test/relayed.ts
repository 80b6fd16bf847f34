import { Peer } from '@guestool/testing'
import { inject } from 'vitest'
import type { RelayedFrame } from './harness.js'

/** For a browser: a URL with this path, and a hand on the other end of the next connection to it. */
export async function relayed(
  path: '/guests/alpha' | '/join/alpha',
): Promise<{ url: string; peer: Peer; hangUp: () => void }> {
  const id = Math.random().toString(36).slice(2)
  const address = `ws://${inject('harness')}`
  const hand = new WebSocket(`${address}/accept?id=${id}`)
  const tell = (frame: RelayedFrame): void => hand.send(JSON.stringify(frame))
  const peer: Peer = new Peer({
    send: (text) => tell({ text }),
    sendBinary: () => tell({ binary: true }),
    close: (code, reason) => tell({ close: [code, reason] }),
  })
  hand.addEventListener('message', ({ data }) => {
    const frame = JSON.parse(String(data)) as RelayedFrame
    if ('text' in frame) peer.text(frame.text)
    else if ('binary' in frame) peer.binary()
    else if ('close' in frame) peer.closed(...frame.close)
    else peer.opened()
  })
  await new Promise((resolve) => hand.addEventListener('open', resolve))
  return { url: `${address}${path}?id=${id}`, peer, hangUp: () => hand.close() }
}
