import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { revision1, revision2, type Revision } from '@guestool/core'
import { Stage } from '@guestool/testing'
import type { Dice } from './dice.js'
import { fair, frame } from './grammar.js'
import { HostilePeer } from './hostile-peer.js'

/** What one connection left in memory, of so many frames. */
export interface Kept {
  readonly name: string
  readonly frames: number
  /** Bytes of heap that the second half of the frames left behind, for each of them. */
  readonly bytesPerFrame: number
}

/** Sends frames over one connection that lives on, and looks at the heap on the way. */
export async function memoryKept(
  role: 'requester' | 'responder',
  revision: 1 | 2,
  dice: Dice,
  frames: number,
): Promise<Kept> {
  const stage = new Stage()
  const words: Revision = revision === 1 ? revision1 : revision2
  const options = { revision: words, addressed: true }
  const staged = role === 'requester' ? stage.requester(options) : stage.responder({}, options)
  const { peer, pair, end } = staged
  const hostile = new HostilePeer(peer, end === pair.dialler ? pair.acceptor : pair.dialler)
  await stage.clock.settle()
  let half = 0
  for (let i = 0; i < frames; i++) {
    if ('asker' in staged && i % 2 === 0) void staged.role.ask('info', 'cpu', {}, { timeout: 5_000 }, 'alpha')
    const text = dice.percent(60) ? fair(dice) : frame(dice)
    // Bad frames are forgiven one a second, and this connection is to live.
    if (text.length < 8_192 && !text.includes('bye')) hostile.say(text)
    await stage.clock.advance(1_000)
    // What the network remembers is the test's own, but for the last that was heard.
    for (const seen of [pair.frames, pair.dialler.sent, pair.acceptor.sent]) seen.length = 0
    peer.received.splice(0, peer.received.length - 2)
    peer.waiting.length = 0
    hostile.overhear()
    if ('asker' in staged) {
      staged.asker.events.length = 0
      staged.asker.errors.length = 0
    } else staged.errors.length = 0
    if (i === frames >> 1) half = heapUsed()
  }
  const bytesPerFrame = (heapUsed() - half) / (frames / 2)
  const alive = end.isOpen ? '' : ', closed on its way'
  await stage.leftovers()
  return { name: `${role} of revision ${revision}${alive}`, frames, bytesPerFrame }
}

setFlagsFromString('--expose-gc')
const collect: unknown = runInNewContext('gc')

function heapUsed(): number {
  if (typeof collect === 'function') for (let i = 0; i < 3; i++) collect()
  return process.memoryUsage().heapUsed
}
