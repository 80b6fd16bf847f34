import {
  newOpid,
  type CancelTimer,
  type Clock,
  type Dial,
  type Receiver,
  type Transport,
} from '@guestool/core'
import type { MemoryClose } from '../memory-end.js'
import { utf8Bytes } from '../utf8.js'
import { pyDumps, pyLoads, type PyValue } from './json.js'
import {
  pySeconds,
  pythonInfos,
  recordedResult,
  timeResult,
  type PyParams,
  type PythonMachine,
} from './machine.js'

export interface PythonGuestOptions {
  readonly clock: Clock
  /** @default usual */
  readonly machine?: PythonMachine
  /** Whether bots are connected: three, one of which has left. @default true */
  readonly bots?: boolean
  /** How many processes `processes` samples, one after another; five of them are reported. @default 84 */
  readonly processes?: number
  /** Runs on a Python before 3.11: says hello, and never answers anything. @default false */
  readonly deaf?: boolean
  /** Infos that get no reply, as `processes` does when a process ends while it is sampled. */
  readonly silent?: readonly string[]
  /** An answer other than the recorded one. */
  readonly measure?: (info: string, params: PyParams) => PyValue | undefined
}

const firstDialAgain = 5_000
const pingEvery = 20_000
const maxBytes = 1024 * 1024

/**
 * The public Python guest, as the recordings show it: revision 2, with its bytes and its quirks. It dials once (again
 * every 5 s only while nobody listens), and never after a loss.
 */
export class PythonGuest implements Receiver {
  /** Resolves when its connection is gone. */
  readonly ended: Promise<MemoryClose>
  readonly sent: string[] = []
  readonly received: string[] = []
  /** Whether hello was answered as it must be. */
  greeted = false
  /** Whether its reader has died: it reads nothing any more, while its socket still answers pings. */
  dead = false
  over: MemoryClose | undefined
  readonly #dial: Dial
  readonly #options: PythonGuestOptions
  readonly #startedAt: number
  readonly #startedWall: number
  readonly #tasks = new Set<CancelTimer>()
  #cancelTimer: CancelTimer | undefined
  #transport: Transport | undefined
  #hello: string | undefined
  #awaitsPong = false
  #killed = false
  #setEnded: (close: MemoryClose) => void = () => undefined

  constructor(dial: Dial, options: PythonGuestOptions) {
    this.#dial = dial
    this.#options = options
    this.#startedAt = options.clock.now()
    this.#startedWall = options.clock.wall()
    this.ended = new Promise((resolve) => (this.#setEnded = resolve))
    this.#transport = dial(this)
  }

  opened(): void {
    this.#hello = pyDumps(envelope(newOpid(), '/greet/hello', new Map()))
    this.#send(this.#hello)
    this.#keepAlive()
  }

  text(text: string): void {
    this.received.push(text)
    if (text.length * 3 > maxBytes && utf8Bytes(text) > maxBytes) return this.#close(1009)
    if (!this.greeted) {
      this.greeted = text === this.#hello
      if (!this.greeted) this.#close(1000)
      return
    }
    if (this.dead || this.#options.deaf === true) return
    let message: PyValue
    try {
      message = pyLoads(text)
    } catch {
      this.dead = true
      return
    }
    if (message instanceof Map) this.#message(message)
  }

  binary(): void {
    if (this.greeted) this.dead = true
    else this.#close(1000)
  }

  pong(): void {
    this.#awaitsPong = false
  }

  closed(code: number, reason: string): void {
    this.#stopTimers()
    if (this.#hello === undefined && !this.#killed) {
      this.#cancelTimer = this.#options.clock.setTimer(() => {
        this.#transport = this.#dial(this)
      }, firstDialAgain)
      return
    }
    this.over = { code, reason }
    this.#setEnded(this.over)
  }

  /** Its process ends. */
  kill(): void {
    this.#killed = true
    this.#stopTimers()
    if (this.#transport?.terminate !== undefined) this.#transport.terminate()
    else this.#transport?.close(1000, '')
  }

  #message(message: Map<string, PyValue>): void {
    const opid = message.get('opid')
    const opnm = message.get('opnm')
    if (opid === undefined || typeof opnm !== 'string') return
    if (opnm === '/greet/bye') {
      this.#send(pyDumps(message))
      this.#close(1000)
      return
    }
    // It cuts the kind and one character off, whatever that character is: /infoXmemory works.
    if (opnm.startsWith('/info')) this.#asked('info', opid, opnm.slice(6), message.get('opct'))
    else if (opnm.startsWith('/action')) this.#asked('action', opid, opnm.slice(8), message.get('opct'))
  }

  /** Actions have no table of their own: what is an info is answered, under the action's name. */
  #asked(kind: 'info' | 'action', opid: PyValue, name: string, opct: PyValue | undefined): void {
    const info = pythonInfos.get(name)
    if (info === undefined || opct === undefined) {
      return this.#report(kind, opid, new Map([['error', `unknown ${kind} type`]]))
    }
    // From here on whatever it cannot digest raises in a task, and nobody hears of it.
    if (!(opct instanceof Map) || this.#options.silent?.includes(name) === true) return
    if ([...opct.keys()].some((key) => key !== info.param)) return
    const sampled = info.param === 'smptime' && opct.has('smptime')
    const seconds = sampled ? pySeconds(opct.get('smptime')) : (info.samples ?? 0)
    if (seconds === undefined || Number.isNaN(seconds)) return
    const times = name === 'processes' ? (this.#options.processes ?? 84) : 1
    this.#after(seconds * times * 1000, () => {
      const result = this.#result(name, opct)
      if (result !== undefined) this.#report(kind, opid, result)
    })
  }

  #result(name: string, params: PyParams): PyValue | undefined {
    const { measure, clock, machine = 'usual', bots = true } = this.#options
    const measured = measure?.(name, params)
    if (measured !== undefined) return measured
    if (name === 'time') return timeResult(clock.now() - this.#startedAt, this.#startedWall)
    return recordedResult(name, params, machine, bots)
  }

  #report(kind: 'info' | 'action', opid: PyValue, opct: PyValue): void {
    this.#send(pyDumps(envelope(opid, `/event/report/${kind}`, opct)))
  }

  #after(ms: number, run: () => void): void {
    if (ms <= 0) return run()
    const cancel = this.#options.clock.setTimer(() => {
      this.#tasks.delete(cancel)
      run()
    }, ms)
    this.#tasks.add(cancel)
  }

  #keepAlive(): void {
    this.#cancelTimer = this.#options.clock.setTimer(() => {
      if (this.#awaitsPong) return this.#close(1011)
      this.#awaitsPong = this.#transport?.ping !== undefined
      this.#transport?.ping?.()
      this.#keepAlive()
    }, pingEvery)
  }

  #send(text: string): void {
    try {
      this.#transport?.send(text)
      this.sent.push(text)
    } catch {
      // The socket is closing; `closed` follows.
    }
  }

  #close(code: number): void {
    this.#stopTimers()
    this.#transport?.close(code, '')
  }

  #stopTimers(): void {
    this.#cancelTimer?.()
    for (const cancel of this.#tasks) cancel()
    this.#tasks.clear()
  }
}

function envelope(opid: PyValue, opnm: string, opct: PyValue): PyValue {
  return new Map([
    ['opid', opid],
    ['opnm', opnm],
    ['opct', opct],
  ])
}
