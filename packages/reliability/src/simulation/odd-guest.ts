import {
  decode,
  isRecord,
  Malformed,
  newOpid,
  type CancelTimer,
  type Receiver,
  type Transport,
} from '@guestool/core'
import { frame } from '@guestool/testing'
import { modes } from './contract.js'
import type { ProgramSetting } from './program.js'

/**
 * A guest of somebody else: it answers what it likes, when it likes, twice, late or not at all, and heeds no minute. It
 * says what it must to be let in, and comes back when it is lost.
 */
export class OddGuest implements Receiver {
  readonly #setting: ProgramSetting
  readonly #revision: 1 | 2
  #transport: Transport | undefined
  #cancelRedial: CancelTimer | undefined
  #closed = false

  constructor(revision: 1 | 2, setting: ProgramSetting) {
    this.#revision = revision
    this.#setting = setting
    this.#dial()
  }

  /** Whether it will not come back. */
  get gone(): boolean {
    return this.#closed
  }

  opened(): void {
    this.#send(newOpid(), this.#revision === 1 ? '/hello' : '/greet/hello', {})
  }

  text(text: string): void {
    const message = decode(text)
    if (message instanceof Malformed) return
    const { opid, opnm, opct } = message
    if (opnm === '/greet/bye') {
      this.#send(opid, opnm, opct)
      return this.#transport?.close(1000, '')
    }
    const kind = /^\/(info|action)/.exec(opnm)?.[1]
    if (kind === undefined || !isRecord(opct)) return
    const name = this.#revision === 1 ? String(opct[kind]) : opnm.slice(kind.length + 2)
    this.#asked(opid, kind, name, opct)
  }

  binary(): void {}
  pong(): void {}

  closed(code: number): void {
    this.#transport = undefined
    // It does as it is told in this alone.
    if (this.#closed || code === 1000 || (code >= 4400 && code < 4410)) return void (this.#closed = true)
    const { work, random } = this.#setting
    this.#cancelRedial = work.setTimer(() => this.#dial(), random() * 5_000)
  }

  news(number: number): void {
    const data = { who: this.#setting.name, number }
    if (this.#revision === 1) this.#send(newOpid(), '/event', { event: 'news', ...data })
    else this.#send(newOpid(), '/event/news', data)
  }

  close(): Promise<void> {
    this.#closed = true
    this.#cancelRedial?.()
    this.#transport?.close(1000, '')
    return Promise.resolve()
  }

  #dial(): void {
    const { token, dial } = this.#setting
    try {
      this.#transport = dial(this, typeof token === 'string' ? token : undefined)
    } catch {
      this.closed(1006)
    }
  }

  #asked(opid: string, kind: string, name: string, params: Record<string, unknown>): void {
    const { work, name: who, number, calls } = this.#setting
    const { call, wait, smptime } = params
    const mode = modes.find((known) => known === params['mode']) ?? 'ok'
    if (typeof call === 'number') calls.ran(call, false)
    if (mode === 'never' || name === 'cpu') return
    const amount = { total: number, available: 0, used: 0, percent: 0 }
    const results = new Map<string, unknown>([
      ['echo', { who, call }],
      ['act', { who, call }],
      ['sample', { who, wait }],
      ['alone', { who, smptime }],
      ['memory', { mem: amount, swap: amount }],
    ])
    const result = results.get(name) ?? { error: `unknown ${kind} type` }
    const ms = typeof wait === 'number' ? wait : typeof smptime === 'number' ? smptime * 1000 : 0
    if (ms > 0) work.setTimer(() => this.#answer(opid, kind, result, mode), ms)
    else this.#answer(opid, kind, result, mode)
  }

  #answer(opid: string, kind: string, result: unknown, mode: (typeof modes)[number]): void {
    const reply = (content: unknown, to = opid): void =>
      this.#send(to, this.#revision === 1 ? `/${kind}` : `/event/report/${kind}`, content)
    const reject = (): void => {
      const content = { code: 'failed', error: 'no' }
      if (this.#revision === 1) this.#send(opid, '/event', { event: 'reject', ...content })
      else this.#send(opid, '/event/reject', content)
    }
    switch (mode) {
      case 'twice':
        reply(result)
        return reply(result)
      case 'reject':
        reject()
        return reject()
      case 'rejectThenReply':
        reject()
        return reply(result)
      case 'replyThenReject':
        reply(result)
        return reject()
      case 'wrongOpid':
        return reply(result, newOpid())
      case 'nan':
        return this.#sendText(`{"opid": "${opid}", "opnm": "/event/report/info", "opct": NaN}`)
      case 'errorOnly':
        return reply({ error: 'no' })
      case 'invalid':
        return reply({ who: 5 })
      case 'proto':
        return this.#sendText(frame(opid, '/info', {}).replace('{}', '{"__proto__":1}'))
      case 'throw':
        return this.#transport?.close(1000 + 3000, 'it fell over')
      case 'ok':
      case 'large':
      case 'never':
      case 'heeds':
        return reply(result)
    }
  }

  #send(opid: string, opnm: string, content: unknown): void {
    this.#sendText(frame(opid, opnm, content))
  }

  #sendText(text: string): void {
    try {
      this.#transport?.send(text)
    } catch {
      // It hears of the end by `closed`.
    }
  }
}
