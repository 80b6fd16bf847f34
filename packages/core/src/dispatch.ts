import { findOperation, type Contract, type Shape } from './contract/contract.js'
import type { Operation, OperationKind } from './contract/operation.js'
import { check, Invalid } from './contract/schema.js'
import { GuestoolError } from './errors.js'
import { isRecord } from './message.js'
import type { Request } from './revision/revision.js'
import { isThenable, type HandlerContext } from './session/responder.js'

/** Answers one operation; `'unsupported'` says on purpose that this guest does not have it. */
export type Handler<Params, Result> =
  | ((params: Params, context: HandlerContext) => Result | Promise<Result>)
  | 'unsupported'

/** One handler for every operation of a kind: leaving one out does not compile. */
type Handlers<S extends Shape, K extends OperationKind> = {
  readonly [N in keyof S[K]]: Handler<S[K][N]['params'], S[K][N]['result']>
}

/** Every info that a contract has, answered. */
export type InfoHandlers<S extends Shape> = Handlers<S, 'info'>

/** Every action that a contract has, answered. */
export type ActionHandlers<S extends Shape> = Handlers<S, 'action'>

type AnyHandler = ((params: never, context: HandlerContext) => unknown) | 'unsupported'

/** Handlers of a kind whose names and types were checked by the compiler, for a table lookup at run time. */
export type HandlerTable = { readonly [name: string]: AnyHandler | undefined } | 'unsupported' | undefined

/**
 * The road from a request to a handler and back: finds the operation, checks the params, runs the handler, checks
 * the result.
 */
export function dispatch(
  contract: Contract,
  handlers: { readonly [K in OperationKind]?: HandlerTable },
): (request: Request, context: HandlerContext) => unknown {
  const tables = { info: toMap(handlers.info), action: toMap(handlers.action) }
  return (request, context) => {
    const { kind, name } = request
    const operation = findOperation(contract, kind, name)
    if (operation === undefined)
      throw new GuestoolError('unknown_operation', `there is no ${kind} "${name.slice(0, 64)}"`)
    const params = operation.checkParams(request.params)
    if (params instanceof Invalid) throw new GuestoolError('invalid_params', params.message)
    const handler = tables[kind].get(name)
    if (handler === undefined) throw new GuestoolError('unsupported', 'this guest does not have it')
    const result = handler(params, context)
    return isThenable(result)
      ? Promise.resolve(result).then((value) => validResult(operation, value))
      : validResult(operation, result)
  }
}

function validResult(operation: Operation, result: unknown): unknown {
  const checked = operation.checkResult(result)
  if (!(checked instanceof Invalid)) return checked
  throw new GuestoolError('failed', `the handler's result does not fit the contract: ${checked.message}`)
}

/**
 * The data of an event, as the contract has it.
 *
 * @throws {GuestoolError} `unknown_operation` or `invalid_params`
 */
export function validEvent(contract: Contract, name: string, data: unknown): Record<string, unknown> {
  const schema = contract.event.get(name)
  const operation = `event ${name}`
  if (schema === undefined)
    throw new GuestoolError('unknown_operation', 'it is not in the contract; add it with extend', {
      operation,
    })
  const checked = check(schema, data)
  if (checked instanceof Invalid) throw new GuestoolError('invalid_params', checked.message, { operation })
  if (!isRecord(checked))
    throw new GuestoolError('invalid_params', 'the data must be an object', { operation })
  return checked
}

type RunHandler = (params: object, context: HandlerContext) => unknown

function toMap(table: HandlerTable): ReadonlyMap<string, RunHandler> {
  const map = new Map<string, RunHandler>()
  if (table === undefined || table === 'unsupported') return map
  for (const [name, handler] of Object.entries(table)) {
    // The compiler matched each handler with its operation's params, and checkParams proves them at run time.
    if (typeof handler === 'function') map.set(name, handler as RunHandler)
  }
  return map
}
