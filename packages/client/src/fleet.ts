import {
  findOperation,
  GuestoolError,
  lifeOf,
  notInContract,
  paramsProblem,
  type CallArguments,
  type CallOptions,
  type Contract,
  type Requester,
  type Shape,
} from '@guestool/core'
import * as limits from '@guestool/core/limits'
import { gather, type GuestRecord, type Verdicts } from './gather.js'
import { everyGuest, type GuestEvents } from './guest-events.js'
import type { Line } from './line.js'

/** What a question to all guests may be told. */
export interface FleetOptions extends Omit<CallOptions, 'timeout'> {
  /**
   * Milliseconds for all of it, the list of guests included. A guest that has not answered by then has the verdict
   * `timeout`. Longer than a minute changes nothing.
   * @default 10000
   */
  readonly timeout?: number
  /**
   * Which of the guests are asked.
   * @default all, also those that are gone, whose verdict is `gone`
   */
  readonly filter?: (guest: GuestRecord) => boolean
}

/** All guests of a hub that this console may see. */
export interface Fleet<S extends Shape> {
  /**
   * Asks each guest once, all at the same time: `hub.fleet.info('cpu', 0.2, { timeout: 5_000 })`. Starts at once.
   *
   * @throws {GuestoolError} when awaited or read, of the whole: `invalid_params` before anything is sent; why the
   *   guests could not be listed; `aborted`. What one guest fails with is its verdict.
   */
  info<N extends keyof S['info'] & string>(
    name: N,
    ...args: CallArguments<S['info'][N]['input'], FleetOptions>
  ): Verdicts<S['info'][N]['result']>
  /** Listens for an event of the contract, of whichever guest; the returned function stops listening. */
  onEvent<N extends keyof S['event'] & string>(
    name: N,
    listener: (data: S['event'][N], guest: string) => unknown,
  ): () => void
}

export interface FleetParts<S extends Shape> {
  readonly line: Line
  readonly contract: Contract<S>
  readonly events: GuestEvents
  readonly guest: (id: string) => Pick<Requester<S>, 'info'>
  readonly pages: (signal: AbortSignal) => AsyncIterable<readonly GuestRecord[]>
}

export class HubFleet<S extends Shape> implements Fleet<S> {
  readonly #parts: FleetParts<S>

  constructor(parts: FleetParts<S>) {
    this.#parts = parts
  }

  info<N extends keyof S['info'] & string>(
    name: N,
    ...args: CallArguments<S['info'][N]['input'], FleetOptions>
  ): Verdicts<S['info'][N]['result']> {
    const [params, options = {}] = args
    const { timeout = limits.fleetTimeout, signal, filter = () => true } = options
    const { line, contract, pages, guest } = this.#parts
    return gather<S['info'][N]['result']>({
      line,
      operation: `info ${name}`,
      problem: problemOf(contract, name, params, timeout),
      timeout: lifeOf(timeout),
      signal,
      pages,
      filter,
      ask: (id, stop) => {
        // The same params in front of other options.
        const call = [params, { signal: stop }] as CallArguments<S['info'][N]['input'], CallOptions>
        return guest(id).info(name, ...call)
      },
    })
  }

  onEvent<N extends keyof S['event'] & string>(
    name: N,
    listener: (data: S['event'][N], guest: string) => unknown,
  ): () => void {
    // Only what the event's schema let through is heard.
    return this.#parts.events.on(everyGuest, name, (data, guest) => listener(data as S['event'][N], guest))
  }
}

/** Why no guest need be asked: what is true of one call is true of all. */
function problemOf(
  contract: Contract,
  name: string,
  params: unknown,
  timeout: number,
): GuestoolError | undefined {
  const operation = findOperation(contract, 'info', name)
  if (operation === undefined) return notInContract('info', name)
  const problem = paramsProblem(operation, operation.toParams(params), timeout)
  return problem === undefined
    ? undefined
    : new GuestoolError('invalid_params', problem, { operation: operation.label })
}
