import {
  BaseRequester,
  Emitter,
  type Asking,
  type AskOptions,
  type Clock,
  type Contract,
  type Counts,
  type Event,
  type Operation,
  type Shape,
} from '@guestool/core'
import type { Question } from './registry.js'

/**
 * - `alive`: it answers
 * - `unresponsive`: its socket is there, but it did not answer two questions in a row; any text makes it `alive` again
 * - `gone`: the connection is over, for good
 */
export type GuestState = 'alive' | 'unresponsive' | 'gone'

/** What a guest's socket offers to the object that users hold. */
export interface GuestPort {
  readonly id: string
  readonly address: string | undefined
  readonly revision: 1 | 2
  readonly state: GuestState
  readonly connectedAt: number
  readonly roundTrip: number | undefined
  readonly counts: Readonly<Counts>
  readonly shared: number
  send(asking: Asking, question: Question, options: AskOptions | undefined): void
  close(): Promise<void>
  report(error: unknown): void
}

// What a guest's socket tells the object that users hold, under names that users do not have.
export const hear = Symbol('hear')
export const change = Symbol('change')
export const end = Symbol('end')

type GuestEvents = { state: [state: GuestState]; error: [error: unknown] }

/**
 * A guest of a host: one connection, asked as a client asks. It does not come back: after its end it stays `gone`,
 * calls fail with `gone`, and `host.guest(id)` gives its successor. Calls are never retried.
 */
export class GuestConnection<S extends Shape> extends BaseRequester<S> {
  readonly #port: GuestPort
  // Made when they are first needed: a host has many guests, and watches few.
  #emitter: Emitter<GuestEvents> | undefined
  #watches: Set<(error?: Error) => void> | undefined

  /** @internal */
  constructor(contract: Contract<S>, clock: Clock, port: GuestPort) {
    super(contract, clock, port.id)
    this.#port = port
  }

  /** The name under which it joined: `/join/{id}`. */
  get id(): string {
    return this.#port.id
  }

  /** The revision of the protocol that it speaks, learnt from its first frame. */
  get revision(): 1 | 2 {
    return this.#port.revision
  }

  /** `alive`, `unresponsive` or `gone`; see {@link GuestState}. */
  get state(): GuestState {
    return this.#port.state
  }

  /** Unix milliseconds at which it joined. */
  get connectedAt(): number {
    return this.#port.connectedAt
  }

  /** The address it came from, without the port; undefined where there is none, as with a Unix socket. */
  get address(): string | undefined {
    return this.#port.address
  }

  /** Milliseconds that the last answer took, a heartbeat's or a call's, sampling included; undefined before the first. */
  get roundTrip(): number | undefined {
    return this.#port.roundTrip
  }

  /** Frames sent and received and what became of them. */
  get counts(): Readonly<Counts> {
    return this.#port.counts
  }

  /**
   * How many infos were answered by a sample that was taken for somebody else who asked the same: this host's own calls
   * and consoles' alike.
   */
  get shared(): number {
    return this.#port.shared
  }

  /** The state changed. Returns what stops listening. */
  on(event: 'state', listener: (state: GuestState) => unknown): () => void
  /** Something went wrong that no call threw: a skipped sample of a watch, an event that does not fit, a listener's own error. */
  on(event: 'error', listener: (error: unknown) => unknown): () => void
  on(event: 'state' | 'error', listener: (value: never) => unknown): () => void {
    this.#emitter ??= this.#makeEmitter()
    // The overloads say which value goes with which event.
    return this.#emitter.on<'state' | 'error'>(event, listener as (value: unknown) => unknown)
  }

  /**
   * Ends the connection: calls in flight fail with `closed`, the guest hears bye (revision 2) and 1000, and an SDK
   * guest does not dial again. Resolves when the socket is closed, after two seconds at the latest.
   */
  close(): Promise<void> {
    return this.#port.close()
  }

  /** @internal An event came; false when no contract knows it or its data does not fit. */
  [hear](event: Event): boolean {
    return this.receiveEvent(event)
  }

  /** @internal The state changed. */
  [change](state: GuestState): void {
    this.#emitter?.emit('state', state)
  }

  /** @internal The last thing: watches end, with an error unless this side closed. */
  [end](error: Error | undefined): void {
    for (const stop of this.#watches ?? []) stop(error)
  }

  protected override send(
    asking: Asking,
    operation: Operation,
    params: object,
    options: AskOptions | undefined,
  ): void {
    const { kind, name } = operation
    this.#port.send(asking, { operation, kind, name, params }, options)
  }

  protected override get watches(): Set<(error?: Error) => void> {
    return (this.#watches ??= new Set())
  }

  protected override get isOver(): boolean {
    return this.state === 'gone'
  }

  protected override reportError(error: unknown): void {
    if (this.#emitter === undefined) this.#port.report(error)
    else this.#emitter.emit('error', error)
  }

  // Most guests are listened to through their host only.
  #makeEmitter(): Emitter<GuestEvents> {
    const emitter = new Emitter<GuestEvents>()
    emitter.on('error', (error) => this.#port.report(error))
    return emitter
  }
}
