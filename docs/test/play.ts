// What is expected here is expected by the tests that play an exchange.
/* oxlint-disable vitest/no-standalone-expect */
import {
  decode,
  isGuestoolError,
  Malformed,
  newOpid,
  revision1,
  revision2,
  type Receiver,
  type Revision,
} from '@guestool/core'
import { MemoryAddress, memoryPair, VirtualClock, type MemoryEnd, type MemoryPair } from '@guestool/testing'
import { expect } from 'vitest'
import type { Exchange, PartyName, Step } from './exchange.js'
import { realConsole, realGuest, realHost, realHub, type Party, type Results } from './parties.js'

/**
 * Plays an exchange with one real peer. The page's lines of the other one are sent as they stand; the real one must
 * say its own lines, at that time and no other: the same messages, but for the `opid` of a message of its own.
 */
export async function play(exchange: Exchange, real: PartyName, results: Results): Promise<void> {
  const performance = new Performance(exchange, real, results)
  await performance.begin()
  for (const step of exchange.steps) await performance.step(step)
  await performance.end()
}

class Performance {
  readonly #exchange: Exchange
  readonly #real: PartyName
  readonly #revision: Revision
  readonly #clock = new VirtualClock()
  readonly #party: Party
  readonly #pair: MemoryPair
  /** What the real peer said and the page has not yet. */
  readonly #heard: string[] = []
  /** The `opid`s that the page gives to messages of the real peer, and what they really are. */
  readonly #opids = new Map<string, string>()
  readonly #saidByPage = new Set<string>()
  /** The content of the page's latest message. */
  #told: unknown

  constructor(exchange: Exchange, real: PartyName, results: Results) {
    const { dialler, acceptor, revision, whole } = exchange
    this.#exchange = exchange
    this.#real = real
    this.#revision = revision === 1 ? revision1 : revision2
    const stage = { clock: this.#clock, revision, results }
    const ear: Receiver = {
      opened() {},
      text: (text) => this.#hear(text),
      binary() {},
      pong() {},
      closed() {},
    }
    if (real === dialler) {
      const address = new MemoryAddress(() => ear)
      this.#party = dialler === 'guest' ? realGuest(address.dial, stage) : realConsole(address.dial, stage)
      this.#pair = address.pair
    } else {
      this.#pair = memoryPair()
      const end = this.#pair.acceptor
      this.#party = acceptor === 'host' ? realHost(end, stage) : realHub(end, stage, whole)
      this.#pair.dialler.attach(ear)
    }
  }

  get #realDials(): boolean {
    return this.#real === this.#exchange.dialler
  }

  get #realEnd(): MemoryEnd {
    return this.#realDials ? this.#pair.dialler : this.#pair.acceptor
  }

  get #pageEnd(): MemoryEnd {
    return this.#realDials ? this.#pair.acceptor : this.#pair.dialler
  }

  /** Whether the real peer asks: only who asks has calls that end, and hears events. */
  get #realAsks(): boolean {
    return this.#real === 'host' || this.#real === 'console'
  }

  async begin(): Promise<void> {
    await this.#clock.settle()
    if (this.#exchange.fresh) return
    const hello = JSON.stringify({ opid: newOpid(), opnm: this.#revision.hello, opct: {} })
    this.#pageEnd.send(this.#realDials ? (this.#heard.shift() ?? '') : hello)
    await this.#clock.settle()
    if (!this.#realDials) expect(this.#heard.shift(), 'the echo of hello').toBe(hello)
  }

  async step(step: Step): Promise<void> {
    if (step.after > 0) {
      // A millisecond early nothing has happened yet.
      await this.#clock.advance(step.after - 1)
      this.#expectNothing()
      await this.#clock.advance(1)
    }
    switch (step.type) {
      case 'frame':
        return step.from === this.#real ? this.#expectFrame(step.text) : this.#sendFrame(step.text)
      case 'close':
        return step.by === this.#real ? this.#expectClose(step) : this.#close(step)
      case 'outcome':
        return this.#expectOutcome(step.code)
      case 'silence':
        return this.#expectNothing()
    }
  }

  /** Nothing more is said, also when the real peer is closed, and nothing is left of it. */
  async end(): Promise<void> {
    this.#expectNothing()
    this.#pageEnd.terminate()
    this.#party.close()
    await this.#clock.settle()
    expect(this.#clock.timers, 'timers that were left').toBe(0)
  }

  async #sendFrame(text: string): Promise<void> {
    let sent = text
    for (const [onPage, real] of this.#opids) sent = sent.replace(onPage, real)
    this.#pageEnd.send(sent)
    await this.#clock.settle()
    const message = decode(text)
    if (message.opid !== undefined) this.#saidByPage.add(message.opid)
    if (message instanceof Malformed) return
    this.#told = message.opct
    if (!this.#realAsks || this.#revision.readRejection(message) !== undefined) return
    const event = this.#realEnd.isOpen ? this.#revision.readEvent(message) : undefined
    if (event !== undefined) expect(this.#party.events.shift(), 'the event it was told').toEqual(event)
  }

  async #expectFrame(text: string): Promise<void> {
    const wanted = decode(text)
    if (wanted instanceof Malformed) throw new Error(`no real peer says ${text}`)
    if (this.#heard.length === 0) {
      this.#party.say(wanted)
      await this.#clock.settle()
    }
    const heard = this.#heard.shift() ?? ''
    const real = decode(heard)
    if (real instanceof Malformed)
      throw new Error(`the ${this.#real} was to say ${text}, but said ${heard || 'nothing'}`)
    const answers = this.#saidByPage.has(wanted.opid)
    if (!answers && !this.#opids.has(wanted.opid)) this.#opids.set(wanted.opid, real.opid)
    expect(real).toEqual({ ...wanted, opid: this.#opids.get(wanted.opid) ?? wanted.opid })
    // The echo of hello is the one frame of which every byte counts.
    if (answers && wanted.opnm === this.#revision.hello) expect(heard).toBe(text)
  }

  async #expectClose({ code, reason }: { code: number; reason?: string | undefined }): Promise<void> {
    if (this.#realEnd.closing === undefined) this.#party.close()
    await this.#clock.settle()
    expect(this.#realEnd.closing?.code).toBe(code)
    if (reason !== undefined) expect(this.#realEnd.closing?.reason).toBe(reason)
  }

  async #close({ code, reason = '' }: { code: number; reason?: string | undefined }): Promise<void> {
    this.#pageEnd.close(code, reason)
    await this.#clock.settle()
  }

  /** A host's own questions whether its guest lives are no part of an exchange. */
  #hear(text: string): void {
    const message = decode(text)
    const request = message instanceof Malformed ? undefined : this.#revision.readRequest(message)
    if (this.#real !== 'host' || request?.name !== 'time') this.#heard.push(text)
  }

  #expectOutcome(code: string | undefined): void {
    if (!this.#realAsks) return
    expect(this.#party.outcomes, 'how the call ended').not.toEqual([])
    const outcome = this.#party.outcomes.shift()
    if (code !== undefined) expect(isGuestoolError(outcome) ? outcome.code : outcome).toBe(code)
    else expect(outcome).toEqual(this.#told)
  }

  #expectNothing(): void {
    expect(this.#heard, 'it was to say nothing').toEqual([])
    expect(this.#party.outcomes, 'no call was to end').toEqual([])
    expect(this.#party.events, 'nothing was to be heard as an event').toEqual([])
  }
}
