import type { Clock, Receiver } from '@guestool/core'
import type { MemoryEnd } from '../memory-end.js'
import { opidOf, shown } from './frames.js'
import type { PeerSocket } from './peer.js'

/**
 * One step of a script:
 * - `expect`: the next frame must hold this text, or match
 * - `send`: sends this text; `$frame` is the frame that was expected last, `$opid` its `opid`
 * - `sendBinary`: sends a binary frame
 * - `wait`: milliseconds, on the clock given
 * - `close`: closes with this code
 */
export type Step =
  | { readonly expect: string | RegExp }
  | { readonly send: string }
  | { readonly sendBinary: true }
  | { readonly wait: number }
  | { readonly close: number; readonly reason?: string }

/**
 * A peer that plays a list of steps, whatever the other side makes of it. Frames that come before they are expected
 * are kept; frames that come after the last step are ignored.
 */
export class ScriptedPeer implements Receiver {
  /** Resolves when all was played; rejects at the first frame that is not the expected one. */
  readonly done: Promise<void>
  /** Every text frame that came. */
  readonly received: string[] = []
  readonly #socket: PeerSocket
  readonly #steps: Step[]
  readonly #clock: Clock | undefined
  readonly #unread: string[] = []
  #frame = ''
  #waits = false
  #opened = false
  #over = false
  #succeed: () => void = () => undefined
  #fail: (error: Error) => void = () => undefined

  constructor(socket: PeerSocket, steps: readonly Step[], clock?: Clock) {
    this.#socket = socket
    this.#steps = [...steps]
    this.#clock = clock
    this.done = new Promise((resolve, reject) => {
      this.#succeed = resolve
      this.#fail = reject
    })
    // Whoever does not look at `done` has other ways to see what happened.
    this.done.catch(() => undefined)
  }

  opened(): void {
    this.#opened = true
    this.#play()
  }

  text(text: string): void {
    this.received.push(text)
    this.#unread.push(text)
    this.#play()
  }

  binary(): void {}

  pong(): void {}

  closed(code: number, reason: string): void {
    this.#over = true
    if (this.#steps.length > 0)
      this.#stop(`closed (${code} ${reason}) with ${this.#steps.length} steps to go`)
  }

  #play(): void {
    while (this.#opened && !this.#waits && !this.#over) {
      const step = this.#steps[0]
      if (step === undefined) return this.#succeed()
      if ('expect' in step && this.#unread.length === 0) return
      this.#steps.shift()
      this.#do(step)
    }
  }

  #do(step: Step): void {
    if ('expect' in step) this.#expect(step.expect)
    else if ('send' in step) this.#socket.send(this.#filledIn(step.send))
    else if ('sendBinary' in step) this.#socket.sendBinary()
    else if ('close' in step) this.#socket.close(step.close, step.reason ?? '')
    else this.#wait(step.wait)
  }

  #expect(expected: string | RegExp): void {
    const text = this.#unread.shift() ?? ''
    this.#frame = text
    const fits = typeof expected === 'string' ? text.includes(expected) : expected.test(text)
    if (!fits) this.#stop(`expected ${String(expected)}, got ${shown(text)}`)
  }

  #filledIn(text: string): string {
    if (text.includes('$frame')) return text.replaceAll('$frame', () => this.#frame)
    return text.includes('$opid') ? text.replaceAll('$opid', () => opidOf(this.#frame)) : text
  }

  #wait(ms: number): void {
    if (this.#clock === undefined) return this.#stop('a script that waits needs a clock')
    this.#waits = true
    this.#clock.setTimer(() => {
      this.#waits = false
      this.#play()
    }, ms)
  }

  #stop(problem: string): void {
    this.#steps.splice(0)
    this.#over = true
    this.#fail(new Error(`the script broke off: ${problem}`))
  }
}

/** For a memory address: `new MemoryAddress(script([{ expect: '/hello' }, { send: '$frame' }]))`. */
export function script(steps: readonly Step[], clock?: Clock): (end: MemoryEnd) => ScriptedPeer {
  return (end) => new ScriptedPeer(end, steps, clock)
}
