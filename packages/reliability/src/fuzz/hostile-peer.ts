import { limits, newOpid } from '@guestool/core'
import { readFrame, type MemoryClose, type MemoryEnd, type Peer, type VirtualClock } from '@guestool/testing'
import { promise, type Watch } from './target.js'

/** Characters that a refusal may be longer than what it refuses: an error text, a code, the envelope. */
const words = 700

/** A peer that says whatever a case says, and looks at what it hears. */
export class HostilePeer {
  readonly peer: Peer
  readonly #end: MemoryEnd
  #said = ''
  #heard = 0

  constructor(peer: Peer, end: MemoryEnd) {
    this.peer = peer
    this.#end = end
  }

  /** Why its connection is over, if it is. */
  get over(): MemoryClose | undefined {
    return this.#end.over
  }

  /** Sends a text with its placeholders filled in, unless the connection is gone; returns what it was. */
  say(text: string): string {
    const filled = text.replaceAll(/\$(fresh|same|heard|older)/g, (_, which: string) => this.#opid(which))
    if (this.#end.isOpen) this.#end.send(filled)
    return filled
  }

  /**
   * Says a text, waits for what comes of it, and looks at that.
   *
   * @throws {Error} as {@link hear}
   */
  async tell(text: string, clock: VirtualClock, watch: Watch): Promise<void> {
    const from = performance.now()
    const said = this.say(text)
    await clock.settle()
    watch.took(said, performance.now() - from)
    this.hear(said)
  }

  sayBinary(): void {
    if (this.#end.isOpen) this.#end.sendBinary()
  }

  /** Closes as a socket would, or is lost where no socket could. */
  leave(code: number): void {
    if (!this.#end.isOpen) return
    if (code === 1000 || (code >= 3_000 && code < 5_000)) this.#end.close(code, 'as it pleases')
    else this.#end.terminate()
  }

  /** Sends back what came last. */
  echo(): void {
    const last = this.peer.received.at(-1)
    if (last !== undefined && this.#end.isOpen) this.#end.send(last)
  }

  /** What came so far was no answer to what comes next. */
  overhear(): void {
    this.#heard = this.peer.received.length
  }

  /**
   * What came since the last look, after a text that was sent.
   *
   * @throws {Error} when it is more than one refusal, or much more of one than was sent
   */
  hear(text: string): void {
    const fresh = this.peer.received.slice(this.#heard)
    this.overhear()
    const isLarge = Buffer.byteLength(text) > limits.helloBytes
    promise(!isLarge || text.includes('/bye') || !fresh.includes(text), 'a large hello was echoed')
    const refusals = fresh.filter((each) => isRefusal(each))
    promise(refusals.length <= 1, `${refusals.length} refusals of one frame: ${refusals.join(' ')}`)
    for (const refusal of refusals)
      promise(
        Buffer.byteLength(refusal) <= Buffer.byteLength(text) + words,
        `a refusal of ${Buffer.byteLength(refusal)} bytes answers ${Buffer.byteLength(text)} bytes: ${refusal}`,
      )
  }

  #opid(which: string): string {
    if (which === 'fresh') return (this.#said = newOpid())
    if (which === 'same') return this.#said
    const heard = this.peer.received.at(which === 'heard' ? -1 : -2)
    const { opid } = heard === undefined ? {} : readFrame(heard)
    return typeof opid === 'string' ? opid : newOpid()
  }
}

function isRefusal(text: string): boolean {
  const { opnm, opct } = readFrame(text)
  if (typeof opct !== 'object' || opct === null) return false
  return (
    String(opnm).endsWith('/event/reject') || ('event' in opct && opct.event === 'reject') || 'error' in opct
  )
}
