import { decode, encode, isGuestoolError, Malformed, type Message } from '@guestool/core'
import { frame } from '../grammar.js'
import { frames } from '../seeds.js'
import { promise, type Target } from '../target.js'

/** Text into the one door where JSON of frames is read: it never throws, and what it lets in can be written again. */
export const codec: Target = {
  name: 'codec',
  seeds: frames.map((text) => [text]),
  step: frame,
  play(steps, watch) {
    for (const text of steps) {
      const from = performance.now()
      const message = decode(text)
      watch.took(text, performance.now() - from)
      if (!(message instanceof Malformed)) rewritten(message)
    }
    return Promise.resolve()
  },
}

function rewritten({ opid, opnm, opct }: Message): void {
  let text: string
  try {
    text = encode(opid, opnm, opct)
  } catch (error) {
    // What is nested so deep can be read, but not written: the engine's stack is full. That is an error like others.
    promise(isGuestoolError(error) && error.code === 'failed', `encode threw ${String(error)}`)
    return
  }
  const again = decode(text)
  promise(!(again instanceof Malformed), `what was written again cannot be read: ${text.slice(0, 200)}`)
  promise(
    again.opid === opid && again.opnm === opnm && JSON.stringify(again.opct) === JSON.stringify(opct),
    `what was written again means another thing: ${text.slice(0, 200)}`,
  )
}
