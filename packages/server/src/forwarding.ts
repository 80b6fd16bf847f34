import {
  errorReply,
  Failure,
  GuestoolError,
  isName,
  isRecord,
  paramsProblem,
  type Contract,
  type ErrorCode,
  type Request,
  type Stop,
} from '@guestool/core'
import type { Access } from './access.js'
import { notConnected, type KnownGuest, type Registry } from './registry.js'

/** What consoles' requests are checked against, and where they go. */
export interface ForwardingRules {
  readonly registry: Pick<Registry, 'find' | 'forward'>
  readonly contract: Contract
  /** Whether operations that the contract does not know are forwarded, or refused. */
  readonly forwardsUnknown: boolean
}

/** A console that asks. */
export interface Asker {
  readonly access: Access
}

/**
 * Answers a console by asking a guest, whoever holds the id at that moment. What is forwarded is encoded anew from what
 * was decoded and checked; the reply's content goes back as it came, and whoever asked checks it. Only an error that
 * says its code is known for one, so that it goes back the way the console's revision says it.
 *
 * @throws {GuestoolError} what needs no guest to be refused
 */
export function forward(
  { registry, contract, forwardsUnknown }: ForwardingRules,
  asker: Asker,
  id: string,
  { kind, name, params }: Request,
  stop: Stop,
): Promise<unknown> {
  const { access } = asker
  if (kind === 'action' && !access.actions)
    throw new GuestoolError('forbidden', 'this console may only read; it needs a token that allows actions')
  const guest = access.sees(id) ? registry.find(id) : undefined
  if (guest === undefined) throw new GuestoolError('gone', notConnected(id))
  const operation = contract[kind].get(name)
  // A name that no contract can have might be made another on its way: `../action/matcher/remove` is no info.
  if (operation === undefined && !(forwardsUnknown && isName(name)))
    throw new GuestoolError('unknown_operation', `there is no ${kind} "${name.slice(0, 64)}" at this host`)
  const problem =
    operation === undefined ? strangeProblem(kind, params) : paramsProblem(operation, params, undefined)
  if (problem !== undefined || !isRecord(params)) throw new GuestoolError('invalid_params', problem ?? '')
  if (guest.state === 'unresponsive') throw unresponsive(id)
  // It stops when the console's minute is over, and when it leaves: the guest never hears of either.
  return registry.forward(id, { operation, kind, name, params, asker }, { signal: stop }).then((outcome) => {
    // Revision 2 fails by a reply, revision 1 by a rejection.
    const failure = outcome instanceof Failure ? outcome : errorReply(outcome)
    if (failure !== undefined) throw told(failure, id, registry.find(id)?.state ?? 'gone')
    return outcome
  })
}

/** What is wrong with the params of an operation that only the guest may know. */
function strangeProblem(kind: Request['kind'], params: unknown): string | undefined {
  if (!isRecord(params)) return 'the params must be an object'
  return Object.hasOwn(params, kind) ? `a parameter may not be called "${kind}"` : undefined
}

/** A guest's failure as its console is told it, which knows what it asked. What the guest itself said stays as it is. */
function told(failure: Failure, id: string, state: KnownGuest['state']): GuestoolError {
  const { text, details } = failure
  const code = codeTold(failure.code, state)
  if (details?.remote === true) return new GuestoolError(code, text)
  if (code === 'unresponsive') return unresponsive(id)
  const left = `guest ${id} left before it answered; ask again once it is back`
  return new GuestoolError(code, code === 'gone' ? left : text)
}

function unresponsive(id: string): GuestoolError {
  return new GuestoolError('unresponsive', `guest ${id} is connected, but does not answer; it may be stuck`)
}

function codeTold(code: ErrorCode, state: KnownGuest['state']): ErrorCode {
  switch (code) {
    case 'connection_lost':
    case 'connect_timeout':
    case 'closed':
    case 'refused':
      return 'gone'
    case 'timeout':
    case 'expired':
      return state === 'alive' ? 'expired' : state
    case 'invalid_result':
    case 'aborted':
      return 'failed'
    default:
      return code
  }
}
