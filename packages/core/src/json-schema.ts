import { toJSONSchema, type $ZodType } from 'zod/v4/core'
import { carriesProtoKey, encode } from './codec.js'
import type { Contract } from './contract/contract.js'
import type { Operation } from './contract/operation.js'

// An entry of its own, `@guestool/core/json-schema`: zod's converter is more than a page's whole client.

/** JSON Schema, draft 2020-12; `{}` is anything. */
export type JsonSchema = Record<string, unknown>

/** An info or an action: what may be asked with it, and what comes back. */
interface OperationJsonSchema {
  /** Of an object. What has a default need not be given. */
  params: JsonSchema
  result: JsonSchema
}

/** A contract as data: what a hub answers to its info `contract`. */
export interface ContractJsonSchema {
  readonly info: Record<string, OperationJsonSchema>
  readonly action: Record<string, OperationJsonSchema>
  /** The data of each event. */
  readonly event: Record<string, JsonSchema>
}

/**
 * A contract as JSON Schema (draft 2020-12), with the descriptions that its schemas have. What JSON Schema cannot say
 * (a date, a transformed value, a schema that fails when it is looked at) is `{}`: anything. Never throws. In a browser
 * the protocol's own operations have no schemas that it could read: ask the hub for its info `contract` there.
 */
export function contractJsonSchema(contract: Contract): ContractJsonSchema {
  return {
    info: table(contract.info, operationJsonSchema),
    action: table(contract.action, operationJsonSchema),
    event: table(contract.event, (schema) => jsonSchema(schema, 'output')),
  }
}

function operationJsonSchema({ paramsSchema, resultSchema }: Operation): OperationJsonSchema {
  return {
    params:
      paramsSchema === undefined ? { type: 'object', properties: {} } : jsonSchema(paramsSchema, 'input'),
    result: jsonSchema(resultSchema, 'output'),
  }
}

function jsonSchema(schema: $ZodType, io: 'input' | 'output'): JsonSchema {
  try {
    // Each says the same of itself in 60 bytes: which draft it is.
    const { $schema: _draft, ...rest } = toJSONSchema(schema, { io, unrepresentable: 'any' })
    // A schema may carry notes of its author's own that are no JSON, or a name that whoever reads it would refuse.
    const message = { opid: '', opnm: '', opct: rest }
    return carriesProtoKey(encode('', '', rest), message) ? {} : rest
  } catch {
    return {}
  }
}

/** No table of names that travels has a key `__proto__`: whoever reads it would refuse it all. */
function table<T, U>(map: ReadonlyMap<string, T>, to: (value: T) => U): { [name: string]: U } {
  return Object.fromEntries(
    [...map].flatMap(([name, value]) => (name === '__proto__' ? [] : [[name, to(value)]])),
  )
}
