import type { Operation } from './contract/operation.js'
import { Invalid } from './contract/schema.js'
import { Failure, isWireCode } from './errors.js'
import { isRecord } from './message.js'

// What a reply says: a result that fits the contract, or why there is none.

/** The result in what a call came to, checked, or why there is none. */
export function resultOf(operation: Operation, outcome: unknown): unknown {
  return outcome instanceof Failure ? outcome : readReply(operation, outcome)
}

/** A reply that is an error whatever was asked: it says one of the protocol's codes. */
export function errorReply(content: unknown): Failure | undefined {
  return isRecord(content) && typeof content.error === 'string' && isWireCode(content.code)
    ? new Failure(content.code, content.error, { remote: true })
    : undefined
}

/** The result in a reply's content, checked, or why there is none. */
export function readReply(operation: Operation, content: unknown): unknown {
  const failure = errorReply(content)
  if (failure !== undefined) return failure
  const result = operation.checkResult(content)
  if (!(result instanceof Invalid)) return result
  // `error` alone is an error unless the schema takes it for a result: a bot may be called "error".
  return (
    plainErrorReply(content) ??
    new Failure('invalid_result', `the reply does not fit the contract: ${result.message}`, { raw: content })
  )
}

/** A reply that says `error` alone. The public Python guest sends no codes; two texts say that it does not know a name. */
export function plainErrorReply(content: unknown): Failure | undefined {
  if (!isRecord(content) || typeof content.error !== 'string' || Object.keys(content).length !== 1)
    return undefined
  const { error } = content
  const unknown = error === 'unknown info type' || error === 'unknown action type'
  return new Failure(unknown ? 'unknown_operation' : 'failed', error, { remote: true })
}
