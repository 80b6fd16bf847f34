import { newOpid } from '@guestool/core'
import { opidOf, readFrame } from '../peer/frames.js'
import { badFrames, badFramesAllowed } from './bad-frames.js'
import { same, type AddCase } from './case.js'
import type { Talk } from './talk.js'

/** The same on either side: bad frames are counted, rejected where that is possible, and lived through. */
export function badInputCases(open: AddCase<Talk>, revision: 1 | 2): void {
  for (const { what, text, usable } of badFrames) {
    open(`lives through ${what}${usable ? ' and rejects it' : ''}`, async (talk) => {
      const opid = newOpid()
      talk.send(text.replace('$opid', opid))
      if (usable) {
        const rejection = await talk.next('a rejection')
        same(readFrame(rejection).opnm, revision === 1 ? '/event' : '/event/reject', 'the operation name')
        same(talk.dialect.readAnswer(rejection).code, 'malformed', 'the code')
        same(opidOf(rejection), opid, 'the opid')
      }
      await talk.quiet(what)
    })
  }
  open('lives through a binary frame', async (talk) => {
    talk.peer.sendBinary()
    await talk.quiet('a binary frame')
  })
  open(`closes 4400 at more than ${badFramesAllowed} bad frames, binary ones among them`, async (talk) => {
    for (let i = 0; i < badFramesAllowed - 1; i++) talk.send('bad')
    talk.peer.sendBinary()
    await talk.quiet(`${badFramesAllowed} bad frames`)
    // While that was answered one may have been forgiven.
    for (let i = 0; i < 4; i++) talk.send('bad')
    await talk.closed(4400, `more than ${badFramesAllowed} bad frames`)
  })
}
