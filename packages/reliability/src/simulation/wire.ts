import { limits, type Receiver, type Transport } from '@guestool/core'
import type { Machine, MemoryEnd, MemoryPair } from '@guestool/testing'
import { AnsweringEnd } from './answering-end.js'
import { AskingEnd } from './asking-end.js'
import type { Calls } from './calls.js'
import { revisionOf, seen, type SeenFrame } from './frames.js'
import type { History } from './history.js'

/** Who is connected with whom. */
export interface WireOptions {
  readonly number: number
  readonly room: 'guest' | 'console'
  /** The party that dialled. */
  readonly party: string
  /** Of the program that dialled: another one each time that it was started. */
  readonly program: string
  /** The guest that joins by it, or that is asked over it; undefined for the whole hub. */
  readonly guest: string | undefined
  readonly pair: MemoryPair
  readonly dialler: Machine
  readonly acceptor: Machine
  /** Whether the dialling end is the SDK's, too. */
  readonly judged: boolean
}

/** What is told of a wire. */
export interface WireWatcher {
  /** The host said its first frame. */
  echoed(wire: Wire): void
  /** The host closes it. */
  closes(wire: Wire, code: number, reason: string): void
}

/** One end of a wire, judged by what it hears and says. */
export interface Judge {
  heard(frame: SeenFrame, text: string): void
  /** What it heard last was read. */
  read(): void
  said(frame: SeenFrame, text: string): void
}

/** One connection as the simulation overhears it, at both ends. */
export class Wire {
  readonly options: WireOptions
  readonly history: History
  /** Known from the first frame. */
  revision: 1 | 2 | undefined
  /** Frames of each end, as they were said. */
  readonly said = { dialler: [] as string[], acceptor: [] as string[] }
  /** When text was last read at the accepting end, in the time of the world. */
  heardByHost = -Infinity
  /** When hello was read there. */
  greetedAt: number | undefined
  /** A program that has a hand in it is closing it: what comes may not be read any more. */
  leaving = false
  readonly asking: AskingEnd
  readonly answering: AnsweringEnd
  readonly #now: () => number
  readonly #watcher: WireWatcher
  readonly #bad = { dialler: { frames: 0, at: 0 }, acceptor: { frames: 0, at: 0 } }
  /** Frames between hello and its echo. */
  #held = 0

  constructor(options: WireOptions, history: History, calls: Calls, now: () => number, watcher: WireWatcher) {
    this.options = options
    this.history = history
    this.#now = now
    this.#watcher = watcher
    const guests = options.room === 'guest'
    this.asking = new AskingEnd(this, guests ? 'acceptor' : 'dialler', calls)
    this.answering = new AnsweringEnd(this, guests ? 'dialler' : 'acceptor')
  }

  get name(): string {
    return `${this.options.room}#${this.options.number}`
  }

  end(name: 'dialler' | 'acceptor'): MemoryEnd {
    return this.options.pair[name]
  }

  machine(name: 'dialler' | 'acceptor'): Machine {
    return this.options[name]
  }

  /** Whether an end would still read and answer what comes. */
  reads(name: 'dialler' | 'acceptor'): boolean {
    return this.end(name).isOpen && !this.leaving
  }

  violated(invariant: string, what: string): void {
    this.history.violated(invariant, `${this.name} of ${this.options.program}: ${what}`)
  }

  /** What hears an end, overheard. */
  hearing(name: 'dialler' | 'acceptor', receiver: Receiver): Receiver {
    const judge = this.#judge(name)
    return {
      opened: () => receiver.opened(),
      binary: () => receiver.binary(),
      pong: () => receiver.pong(),
      pinged: () => receiver.pinged?.(),
      text: (text) => {
        const frame = this.#seen(text)
        this.history.add(`${this.name} ${name} hears ${said(frame)}`)
        if (name === 'acceptor') {
          this.heardByHost = this.#now()
          this.greetedAt ??= this.#now()
          this.#countHeld()
        }
        if (judge !== undefined && frame.kind === 'malformed') this.#countBad(name)
        judge?.heard(frame, text)
        try {
          receiver.text(text)
        } catch (error) {
          this.violated('nothingIsThrownAtTheSocket', `${String(error)} at ${text.slice(0, 80)}`)
        }
        judge?.read()
      },
      closed: (code, reason) => {
        this.history.add(`${this.name} ${name} closed ${code} ${reason}`)
        receiver.closed(code, reason)
        if (name === this.asking.name) this.asking.lost()
      },
    }
  }

  /** An end as its program has it, overheard. */
  saying(name: 'dialler' | 'acceptor', end: MemoryEnd): Transport {
    const judge = this.#judge(name)
    const transport: Transport = {
      send: (text) => {
        // It throws where nothing can be sent: that was not said.
        end.send(text)
        const frame = this.#seen(text)
        this.history.add(`${this.name} ${name} says ${said(frame)}`)
        if (name === 'acceptor') this.#echoed(text)
        this.said[name].push(text)
        judge?.said(frame, text)
      },
      close: (code, reason) => {
        this.history.add(`${this.name} ${name} closes ${code} ${reason}`)
        if (name === 'acceptor' && end.isOpen) this.#watcher.closes(this, code, reason)
        end.close(code, reason)
      },
      terminate: () => {
        this.history.add(`${this.name} ${name} gives up`)
        if (end.isOpen && end.unread > 0)
          this.violated(
            'theLivingAreNotGivenUp',
            `the ${name} gave it up and had ${end.unread} frames to read`,
          )
        end.terminate()
      },
      pause: () => end.pause(),
      resume: () => end.resume(),
    }
    return end.ping === undefined ? transport : { ...transport, ping: () => end.ping?.() }
  }

  #judge(name: 'dialler' | 'acceptor'): Judge | undefined {
    if (name === 'dialler' && !this.options.judged) return undefined
    return name === this.asking.name ? this.asking : this.answering
  }

  #seen(text: string): SeenFrame {
    this.revision ??= revisionOf(text)
    return seen(text, this.revision ?? 1)
  }

  /** An acceptor says nothing before it has sent back hello, byte for byte. */
  #echoed(text: string): void {
    if (this.said.acceptor.length > 0) return
    this.#watcher.echoed(this)
    if (text !== this.said.dialler[0])
      this.violated('helloIsEchoedFirst', `the host said ${text.slice(0, 80)} first`)
  }

  /** After 16 at once, and one a second, it should have closed; a few more are on their way. */
  #countBad(name: 'dialler' | 'acceptor'): void {
    // What is held until hello was echoed is not read yet.
    if (this.said.acceptor.length === 0) return
    const bad = this.#bad[name]
    const now = this.machine(name).now()
    bad.frames = Math.max(0, bad.frames - ((now - bad.at) / 1000) * limits.badFramesPerSecond) + 1
    bad.at = now
    if (bad.frames > limits.badFrameBurst + 3 && this.reads(name))
      this.violated('whoSendsNonsenseIsClosed', `the ${name} read ${Math.round(bad.frames)} bad frames`)
  }

  #countHeld(): void {
    if (this.said.acceptor.length > 0) return
    this.#held++
    // Hello, and the 64 that may wait behind it.
    if (this.#held > 66 && this.end('acceptor').closing === undefined)
      this.violated('memoryIsBounded', `${this.#held} frames wait for the echo of hello`)
  }
}

function said({ kind, opid, code, call, name }: SeenFrame): string {
  return `${kind} ${name} ${opid ?? ''}${code === undefined ? '' : ` ${code}`}${call === undefined ? '' : ` call ${call}`}`
}
