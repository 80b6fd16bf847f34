import type { $ZodType } from 'zod/v4/core'
import type { Clock } from './clock.js'
import { findOperation, type Contract, type OperationShape, type Shape } from './contract/contract.js'
import type { Operation, OperationKind } from './contract/operation.js'
import { check, Invalid } from './contract/schema.js'
import { Emitter } from './emitter.js'
import { Failure, GuestoolError } from './errors.js'
import * as limits from './limits.js'
import { isRecord } from './message.js'
import { resultOf } from './reply.js'
import type { Event } from './revision/revision.js'
import { Asking, type AskOptions } from './session/requester.js'
import { watch, type Watch } from './watch.js'

/** What a single call may be told. Always the third argument. */
export interface CallOptions {
  /**
   * Milliseconds after which the call fails with `timeout`. Longer than a minute changes nothing: a message expires
   * then ({@link https://github.com/guestool/sdk/blob/main/docs/protocol.md#expiry | docs/protocol.md#expiry}).
   * @default 60000
   */
  readonly timeout?: number
  /** Ends the call with `aborted` when it fires. Nothing is sent: the protocol has no cancel. */
  readonly signal?: AbortSignal
}

/** What a watch may be told. */
export interface WatchOptions extends CallOptions {
  /**
   * Milliseconds from the start of one sample to the start of the next. One sample is on its way at a time.
   * @default 1000
   */
  readonly every?: number
}

type IsUnion<T, U = T> = T extends unknown ? ([U] extends [T] ? false : true) : never
/** The value of the only parameter, which may stand alone when it is a string, number or boolean. */
type Sole<In> = IsUnion<keyof In> extends true ? never : Extract<In[keyof In], string | number | boolean>
type NoParams = Readonly<Record<string, never>>

/** The arguments of a call after the operation's name. */
export type CallArguments<In, Options> = [keyof In] extends [never]
  ? [params?: NoParams | undefined, options?: Options]
  : Partial<In> extends In
    ? [params?: In | Sole<In> | undefined, options?: Options]
    : [params: In | Sole<In>, options?: Options]

/** Whoever asks, asks through this: a client, and each guest of a host. */
export interface Requester<S extends Shape> {
  /**
   * Asks for an info: `info('cpu')`, `info('cpu', 0.5)`, `info('cpu', { smptime: 0.5 }, { timeout: 5_000 })`.
   *
   * @throws {GuestoolError} see {@link ErrorCode}; `invalid_params` before anything is sent
   */
  info<N extends keyof S['info'] & string>(
    name: N,
    ...args: CallArguments<S['info'][N]['input'], CallOptions>
  ): Promise<S['info'][N]['result']>
  /**
   * Asks for an action. It is sent at most once: when the connection breaks, the error's `outcome` says whether it
   * may have been carried out.
   *
   * @throws {GuestoolError} see {@link ErrorCode}; `invalid_params` before anything is sent
   */
  action<N extends keyof S['action'] & string>(
    name: N,
    ...args: CallArguments<S['action'][N]['input'], CallOptions>
  ): Promise<S['action'][N]['result']>
  /**
   * Asks for an info again and again: `for await (const cpu of client.watch('cpu', 0.2, { every: 1_000 }))`. Ends
   * with `break`, its signal, or `close`. Failures that may pass skip a sample and are emitted as `error`, others throw.
   */
  watch<N extends keyof S['info'] & string>(
    name: N,
    ...args: CallArguments<S['info'][N]['input'], WatchOptions>
  ): Watch<S['info'][N]['result']>
  /** Listens for an event of the contract; the returned function stops listening. */
  onEvent<N extends keyof S['event'] & string>(
    name: N,
    listener: (data: S['event'][N]) => unknown,
  ): () => void
}

// How a call tells its requester that it failed, under a name that users do not have.
const failed = Symbol('failed')

/** Asking, on top of one way to send a request: checks on the way out, checks on the way back. */
export abstract class BaseRequester<S extends Shape> implements Requester<S> {
  readonly contract: Contract<S>
  protected readonly clock: Clock
  /** The one that errors name. */
  readonly #guest: string | undefined
  // Made when they are first needed: a host has many guests, and listens to few.
  #events: Emitter<{ [name: string]: [data: unknown] }> | undefined

  constructor(contract: Contract<S>, clock: Clock, guest: string | undefined) {
    this.contract = contract
    this.clock = clock
    this.#guest = guest
  }

  /** Sends a request whose params were checked; `asking` is settled with the reply's content or a {@link Failure}. */
  protected abstract send(
    asking: Asking,
    operation: Operation,
    params: object,
    options: AskOptions | undefined,
  ): void

  /** Whether no later call can succeed, so that no failure passes by itself. */
  protected get isOver(): boolean {
    return false
  }

  /** What is thrown for a name that the contract does not have. */
  protected notInContract(kind: OperationKind, name: string): GuestoolError {
    return notInContract(kind, name)
  }

  /** Something went wrong that no call is there to throw. */
  protected abstract reportError(error: unknown): void

  /** What ends each watch that runs: without an error when this side closed, with one when it cannot go on. */
  protected abstract get watches(): Set<(error?: Error) => void>

  /** A failed call's second chance: what it came to then, or the failure again where there is none. */
  protected recover(failure: Failure, _call: FailedCall): Promise<unknown> | Failure {
    return failure
  }

  info<N extends keyof S['info'] & string>(
    name: N,
    ...[params, options]: CallArguments<S['info'][N]['input'], CallOptions>
  ): Promise<S['info'][N]['result']> {
    return this.#call('info', name, params, options)
  }

  action<N extends keyof S['action'] & string>(
    name: N,
    ...[params, options]: CallArguments<S['action'][N]['input'], CallOptions>
  ): Promise<S['action'][N]['result']> {
    return this.#call('action', name, params, options)
  }

  watch<N extends keyof S['info'] & string>(
    name: N,
    ...[params, options]: CallArguments<S['info'][N]['input'], WatchOptions>
  ): Watch<S['info'][N]['result']> {
    const { every = 1_000, signal } = options ?? {}
    return watch<S['info'][N]['result']>({
      sample: (stop) => this.#call('info', name, params, { ...options, signal: stop }),
      every,
      clock: this.clock,
      signal,
      skipped: (error) => {
        if (this.isOver) throw error
        this.reportError(error)
      },
      watches: this.watches,
    })
  }

  onEvent<N extends keyof S['event'] & string>(
    name: N,
    listener: (data: S['event'][N]) => unknown,
  ): () => void {
    assertEvent(this.contract, name)
    if (this.#events === undefined) {
      this.#events = new Emitter()
      this.#events.on('error', (error) => this.reportError(error))
    }
    // receiveEvent emits only what the event's schema let through.
    return this.#events.on(eventKey(name), (data) => listener(data as S['event'][N]))
  }

  /** An event came; false when no contract knows it or its data does not fit. */
  protected receiveEvent(event: Event): boolean {
    const schema = this.contract.event.get(event.name)
    if (schema === undefined) return false
    const data = readEvent(schema, event, this.#guest)
    if (data instanceof GuestoolError) {
      this.reportError(data)
      return false
    }
    this.#events?.emit(eventKey(event.name), data)
    return true
  }

  #call<O extends OperationShape>(
    kind: OperationKind,
    name: string,
    params: unknown,
    options: CallOptions | undefined,
  ): Promise<O['result']> {
    const operation = findOperation(this.contract, kind, name)
    if (operation === undefined) return Promise.reject(this.notInContract(kind, name))
    const content = operation.toParams(params)
    const problem = paramsProblem(operation, content, options?.timeout)
    if (problem !== undefined || !isRecord(content)) {
      const details = { operation: operation.label, guest: this.#guest }
      return Promise.reject(new GuestoolError('invalid_params', problem ?? '', details))
    }
    return new Promise((resolve) =>
      this.send(new Call(this, operation, params, options, resolve), operation, content, options),
    )
  }

  /** @internal The result of a failed call's second chance; rejects where there is none, or that failed, too. */
  [failed](failure: Failure, call: Call): Promise<unknown> {
    const { operation } = call
    // In a reaction, so that an error that is made here has the line of the caller that awaits. In the second one: before
    // the first the caller's promise does not follow this one yet.
    return Promise.resolve()
      .then(() => this.recover(failure, call))
      .then((outcome) => {
        const result = resultOf(operation, outcome)
        if (result instanceof Failure) throw result.toError(operation.label, this.#guest)
        return result
      })
  }
}

/** Whoever asked, waiting. A call that succeeds makes no other objects than this and one promise. */
class Call extends Asking {
  readonly operation: Operation
  /** As the caller gave them: a number is smaller than an object. */
  readonly params: unknown
  readonly options: CallOptions | undefined
  readonly #requester: Pick<BaseRequester<Shape>, typeof failed>
  readonly #resolve: (result: unknown) => void

  constructor(
    requester: Pick<BaseRequester<Shape>, typeof failed>,
    operation: Operation,
    params: unknown,
    options: CallOptions | undefined,
    resolve: (result: unknown) => void,
  ) {
    super()
    this.operation = operation
    this.params = params
    this.options = options
    this.#requester = requester
    this.#resolve = resolve
  }

  settle(outcome: unknown): void {
    const result = resultOf(this.operation, outcome)
    this.#resolve(result instanceof Failure ? this.#requester[failed](result, this) : result)
  }
}

/** A call that failed once. */
export interface FailedCall {
  readonly operation: Operation
  /** As the caller gave them. */
  readonly params: unknown
  readonly options: CallOptions | undefined
}

// eventemitter3 is one name space, and `error` is this SDK's own event.
const eventKey = (name: string): string => `event ${name}`

export function notInContract(kind: OperationKind | 'event', name: string): GuestoolError {
  const text = `there is no ${kind} "${name}" in the contract; add it with extend`
  return new GuestoolError('unknown_operation', text)
}

/** @throws {GuestoolError} `unknown_operation` when a contract has no such event */
export function assertEvent(contract: Contract, name: string): void {
  if (!contract.event.has(name)) throw notInContract('event', name)
}

/** The data of an event that came, as the contract has it; an error when it does not fit. */
export function readEvent(schema: $ZodType, { name, data }: Event, guest: string | undefined): unknown {
  const checked = check(schema, data)
  if (!(checked instanceof Invalid)) return checked
  const details = { operation: `event ${name}`, guest, raw: data }
  return new GuestoolError(
    'invalid_result',
    `its data does not fit the contract: ${checked.message}`,
    details,
  )
}

/** Milliseconds that a call has: what the caller gave it, at most the lifetime of a message. */
export function lifeOf(timeout: number | undefined): number {
  return Math.min(timeout ?? limits.lifetime, limits.lifetime)
}

/** What is wrong with the params of a call, or undefined. */
export function paramsProblem(
  operation: Operation,
  params: unknown,
  timeout: number | undefined,
): string | undefined {
  const checked = operation.checkParams(params)
  if (checked instanceof Invalid) return checked.message
  const { sampling } = operation
  const seconds = sampling !== undefined && isRecord(params) ? params[sampling] : undefined
  if (typeof seconds !== 'number') return undefined
  const life = lifeOf(timeout)
  // Two seconds for the way there and back; of a short timeout no more than half.
  const longest = Math.max(life - limits.samplingMargin, life / 2) / 1000
  if (seconds <= longest) return undefined
  return `${sampling}: ${seconds} s of sampling cannot be answered in time; at most ${longest} s fit in ${life / 1000} s`
}
