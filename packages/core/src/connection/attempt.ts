import { setPatientTimer, type CancelTimer, type Clock } from '../clock.js'
import { textOf } from '../errors.js'
import { closeCode } from '../close-code.js'
import * as limits from '../limits.js'
import type { AskingRevision } from '../revision/revision.js'
import type { Addresses } from '../session/address.js'
import { Session, type Role } from '../session/session.js'
import type { Dial, Receiver, Transport } from '../transport.js'
import { Liveness } from './liveness.js'
import { isToken, notToken, type Token } from './token.js'

/** A connection that was lost or never came about. */
export interface Loss {
  readonly code: number
  readonly reason: string
}

/** In place of a close code: it failed on this side, before anything was dialled. */
export const undialled = 0

/** What one attempt to have a session needs. */
export interface AttemptOptions<R extends Role> {
  readonly dial: Dial
  /** For the dial. */
  readonly token?: Token | undefined
  readonly role: (session: Session<R>) => R
  readonly revision: AskingRevision
  readonly clock: Clock
  readonly maxPayload?: number | undefined
  readonly addresses?: Addresses | undefined
}

/** One socket from dial to close, with its session. */
export class Attempt<R extends Role> implements Receiver {
  readonly #options: AttemptOptions<R>
  readonly #on: { open: () => void; over: (loss: Loss, openFor: number) => void }
  /** The token of this attempt: never to be shown. */
  #token: string | undefined
  #transport: Transport | undefined
  #session: Session<R> | undefined
  #cancelTimer: CancelTimer | undefined
  #openedAt: number | undefined
  #aliveAt = 0
  #over = false
  #finishing = false
  #gone: (() => void) | undefined

  constructor(
    options: AttemptOptions<R>,
    on: { open: () => void; over: (loss: Loss, openFor: number) => void },
  ) {
    this.#options = options
    this.#on = on
  }

  get session(): Session<R> | undefined {
    return this.#session
  }

  start(): void {
    const { token } = this.#options
    if (typeof token === 'function') void this.#ask(token)
    else this.#dial(token)
  }

  async #ask(giveToken: () => unknown): Promise<void> {
    let problem = 'gave nothing in time'
    const fail = (): void => this.closed(undialled, `the token function ${problem}`)
    this.#arm(limits.helloTimeout, fail)
    let token: unknown
    try {
      // Later, also when it throws at once: whoever made this connection has no listener yet.
      token = await Promise.resolve().then(giveToken)
      problem = `gave ${notToken}`
    } catch {
      // What it threw may hold the token, as JSON.parse throws the text that it could not read.
      problem = 'failed; log its error inside it'
    }
    if (this.#over) return
    if (isToken(token)) this.#dial(token)
    else fail()
  }

  #dial(token: string | undefined): void {
    this.#token = token
    // A peer that accepts the connection and then stays silent must not hold us for ever.
    this.#arm(limits.helloTimeout, () => this.#drop('no connection in time'))
    try {
      this.#transport = this.#options.dial(this, token)
    } catch (error) {
      // Later, as any dial reports, and for the same reason.
      const reason = textOf(error)
      void Promise.resolve().then(() => this.closed(undialled, reason))
    }
  }

  opened(): void {
    if (this.#over || this.#transport === undefined) return
    const { clock, revision } = this.#options
    this.#aliveAt = clock.now()
    const onReady = (): void => this.#ready()
    this.#session = new Session<R>({ ...this.#options, transport: this.#transport, onReady })
    if (revision.number === 1) this.#arm(limits.helloGrace, () => this.#session?.markReady())
    else this.#arm(limits.helloTimeout, () => this.#drop('the host did not answer hello'))
    this.#hello()
  }

  text(text: string): void {
    this.#session?.receive(text)
  }

  binary(): void {
    this.#session?.receiveBinary()
  }

  pong(): void {
    this.#aliveAt = this.#options.clock.now()
  }

  closed(code: number, said: string): void {
    if (this.#over) return
    this.#over = true
    this.#cancelTimer?.()
    // A peer or a dial may say the token that it did not like.
    const reason = this.#token === undefined ? said : said.replaceAll(this.#token, '…')
    this.#session?.end({ code, reason, byUs: false })
    const openFor = this.#openedAt === undefined ? 0 : this.#options.clock.now() - this.#openedAt
    this.#gone?.()
    this.#on.over({ code, reason }, openFor)
  }

  /** Ends on purpose: what waits is told at once, the peer hears bye and 1000. */
  async finish(wasOpen: boolean): Promise<void> {
    if (this.#over) return
    // There is nothing to close yet; a token that comes later is not dialled with.
    if (this.#transport === undefined) return this.closed(undialled, '')
    this.#finishing = true
    this.#cancelTimer?.()
    const bye = wasOpen ? this.#session?.sayBye() : undefined
    const gone = new Promise<void>((resolve) => (this.#gone = resolve))
    // Calls in flight are told at once, but the session must still read the peer's answer to bye.
    const ending = { code: closeCode.normal, reason: 'closed', byUs: true }
    this.#session?.leave(ending)
    await bye
    if (this.#over) return
    this.#session?.end(ending)
    this.#transport.close(closeCode.normal, '')
    const cancel = this.#options.clock.setTimer(
      () => this.#drop('the peer did not close in time'),
      limits.byeTimeout,
    )
    await gone
    cancel()
  }

  #ready(): void {
    // The echo and `close()` may cross: what is being closed does not open any more.
    if (this.#finishing) return
    const { clock } = this.#options
    this.#openedAt = clock.now()
    const transport = this.#transport
    const liveness = new Liveness({
      clock,
      heardAt: () => Math.max(this.#aliveAt, this.#session?.heardAt ?? 0),
      // Where there is no ping (a browser), a fresh hello asks the same: the acceptor echoes it.
      probe: () => (transport?.ping === undefined ? this.#hello() : transport.ping()),
      missed: (misses) => {
        if (misses >= limits.missesAllowed) this.#drop('the host stopped answering')
      },
    })
    this.#beatLater(liveness)
    this.#on.open()
  }

  // A dialler has one connection to look after; the wheel is for those who have many.
  #beatLater(liveness: Liveness): void {
    this.#arm(limits.probeTimeout, () => {
      this.#beatLater(liveness)
      liveness.beat()
    })
  }

  #hello(): void {
    try {
      this.#session?.sayHello()
    } catch {
      // The socket is closing; `closed` follows.
    }
  }

  /** Gives the socket up without waiting for the peer. */
  #drop(reason: string): void {
    const transport = this.#transport
    this.closed(closeCode.lost, reason)
    if (transport?.terminate !== undefined) transport.terminate()
    else transport?.close(closeCode.normal, '')
  }

  #arm(ms: number, run: () => void): void {
    this.#cancelTimer?.()
    this.#cancelTimer = setPatientTimer(this.#options.clock, run, ms)
  }
}
