import { isOpid, newOpid } from '@guestool/core'
import { frame, opidOf, readFrame, shown } from '../peer/frames.js'
import type { RawPeer } from '../peer/peer.js'
import { check, same, within } from './case.js'
import { dialects, type Dialect, type Kind, type WireAnswer } from './dialect.js'

/** The suite's end of a connection, and the words to use on it. */
export class Talk {
  readonly peer: RawPeer
  readonly dialect: Dialect

  constructor(peer: RawPeer, revision: 1 | 2) {
    this.peer = peer
    this.dialect = dialects[revision]
  }

  send(text: string): void {
    this.peer.send(text)
  }

  next(what: string): Promise<string> {
    return this.peer.next(what)
  }

  /** Takes the subject's hello and echoes it. */
  async echoHello(): Promise<string> {
    const text = await this.next('hello, the first frame of a dialler')
    const { opid, opnm, opct } = readFrame(text)
    check(opnm === this.dialect.hello, `the first frame is not ${this.dialect.hello}: ${shown(text)}`)
    check(isOpid(opid), `the opid of hello is no uuid4: ${shown(text)}`)
    same(opct, {}, 'the content of hello')
    this.send(text)
    return text
  }

  /** Says hello and takes its echo. */
  async sayHello(text = frame(newOpid(), this.dialect.hello, {})): Promise<void> {
    this.send(text)
    const echo = await this.next('the echo of hello')
    check(echo === text, `the echo is not byte for byte what was sent: ${shown(echo)}`)
  }

  /** Opens the connection from whichever side the suite is on. */
  open(subject: 'dialler' | 'acceptor'): Promise<unknown> {
    return subject === 'dialler' ? this.echoHello() : this.sayHello()
  }

  ask(kind: Kind, name: string, params: object = {}): string {
    const opid = newOpid()
    this.send(this.dialect.request(opid, kind, name, params))
    return opid
  }

  /** The next frame, which must be the answer to this request. */
  async answer(opid: string, what: string): Promise<WireAnswer> {
    const answer = this.dialect.readAnswer(await this.next(what))
    check(answer.opid === opid, `${what}: the opid is ${String(answer.opid)}, not that of the request`)
    return answer
  }

  /** The next frame, which must refuse this request with this code. */
  async refusal(opid: string, code: string, what: string): Promise<string> {
    const answer = await this.answer(opid, what)
    check(answer.code === code, `${what}: the code is ${String(answer.code)}, not ${code}`)
    check(typeof answer.error === 'string' && answer.error !== '', `${what}: it does not say why`)
    return answer.error
  }

  /**
   * Sees that nothing was sent for what came before: frames are in order, so that the answer to one more request must
   * be the very next.
   */
  async quiet(what: string): Promise<void> {
    const opid = this.ask('info', 'bots')
    const text = await this.next(`${what}; then the answer to one more request`)
    check(opidOf(text) === opid, `${what}: nothing may be sent, but there came ${shown(text)}`)
  }

  /** The connection is closed by the subject. */
  async closed(code: number, what: string): Promise<void> {
    const close = await within(this.peer.ended, what)
    check(close.code === code, `${what}: closed with ${close.code} (${close.reason}), not ${code}`)
  }
}
