import {
  decode,
  Malformed,
  newOpid,
  revision1,
  revision2,
  type Clock,
  type Message,
  type OperationKind,
  type Receiver,
  type Revision,
} from '@guestool/core'
import { frame } from '@guestool/testing'
import type { Asked, Asking } from './asking.js'

/** What the doctor needs of a socket. */
export interface WireSocket {
  send(text: string): void
  sendBinary(): void
  ping?(): void
  close(code: number, reason: string): void
}

interface Answered {
  readonly at: number
  readonly message: Message
}

/** A connection on which the doctor is the host, and says whatever it wants. */
export class Wire implements Receiver, Asking {
  /** Of the guest, once it said hello. */
  revision: Revision = revision1
  /** What came and answers nothing: events, or worse. */
  readonly strays: string[] = []
  pongs = 0
  over: { readonly code: number; readonly reason: string } | undefined
  readonly clock: Clock
  readonly #socket: WireSocket
  readonly #asked = new Map<string, { readonly at: number; readonly answers: Answered[] }>()
  readonly #waiting = new Set<() => void>()
  #hello: string | undefined

  constructor(socket: WireSocket, clock: Clock) {
    this.#socket = socket
    this.clock = clock
  }

  /** The first frame, or undefined when none comes in time. */
  async hello(ms: number): Promise<string | undefined> {
    await this.until(() => this.#hello !== undefined, ms)
    const text = this.#hello
    const message = text === undefined ? undefined : decode(text)
    if (message !== undefined && !(message instanceof Malformed) && message.opnm === revision2.hello)
      this.revision = revision2
    return text
  }

  send(text: string): void {
    if (this.over === undefined) this.#socket.send(text)
  }

  sendBinary(): void {
    if (this.over === undefined) this.#socket.sendBinary()
  }

  ping(): void {
    if (this.over === undefined) this.#socket.ping?.()
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason)
  }

  /** A request, and its opid. */
  request(kind: OperationKind, name: string, params: unknown, opid = newOpid()): string {
    const { opnm, opct } = this.revision.request(kind, name, params as object)
    this.say(opnm, opct, opid)
    return opid
  }

  /** Any envelope; what comes back under its opid is an answer. */
  say(opnm: string, opct: unknown, opid = newOpid()): string {
    this.expect(opid)
    this.send(frame(opid, opnm, opct))
    return opid
  }

  /** What comes under this opid is an answer. */
  expect(opid: string): void {
    if (!this.#asked.has(opid)) this.#asked.set(opid, { at: this.clock.now(), answers: [] })
  }

  /** How many answers there were. */
  answers(opid: string): number {
    return this.#asked.get(opid)?.answers.length ?? 0
  }

  /** The first answer, now. */
  answer(opid: string): Asked {
    const asked = this.#asked.get(opid)
    const [first] = asked?.answers ?? []
    if (asked === undefined || first === undefined) return { ms: 0 }
    const ms = first.at - asked.at
    const rejection = this.revision.readRejection(first.message)
    return rejection === undefined ? { ms, content: first.message.opct } : { ms, refusal: rejection }
  }

  async ask(kind: OperationKind, name: string, params: object, wait: number): Promise<Asked> {
    const opid = this.request(kind, name, params)
    await this.until(() => this.answers(opid) > 0, wait)
    return this.answers(opid) > 0 ? this.answer(opid) : { ms: wait }
  }

  /** Whether it still answers. */
  async lives(wait: number): Promise<boolean> {
    const asked = await this.ask('info', 'time', {}, wait)
    return 'content' in asked || asked.refusal !== undefined
  }

  /** Waits for something to be so, the end of the connection included. False when time was up, or it ended before. */
  until(holds: () => boolean, ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!holds() && this.over === undefined) return
        this.#waiting.delete(look)
        cancel()
        resolve(holds())
      }
      const cancel = this.clock.setTimer(() => {
        this.#waiting.delete(look)
        resolve(holds())
      }, ms)
      this.#waiting.add(look)
      look()
    })
  }

  opened(): void {
    // It was accepted: it is open.
  }

  text(text: string): void {
    if (this.#hello === undefined) this.#hello = text
    else this.#heard(text)
    this.#look()
  }

  binary(): void {
    this.strays.push('(a binary frame)')
  }

  pong(): void {
    this.pongs++
    this.#look()
  }

  closed(code: number, reason: string): void {
    this.over = { code, reason }
    this.#look()
  }

  #heard(text: string): void {
    const message = decode(text)
    const opid = message.opid
    const asked = opid === undefined ? undefined : this.#asked.get(opid)
    if (asked === undefined) this.strays.push(text)
    else if (!(message instanceof Malformed)) asked.answers.push({ at: this.clock.now(), message })
    else {
      // JSON of Python can hold NaN: it is an answer, and no host can read it.
      const opct = { error: `a frame that is no message: ${message.problem}` }
      asked.answers.push({ at: this.clock.now(), message: { opid: opid ?? '', opnm: '', opct } })
    }
  }

  #look(): void {
    for (const look of this.#waiting) look()
  }
}
