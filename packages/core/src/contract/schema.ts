import type { $ZodRawIssue, $ZodType } from 'zod/v4/core'
import { run } from '#generated'
import { textOf } from '../errors.js'
import { isRecord } from '../message.js'
import { kindOf } from './kind.js'

// Schemas are known by their `_zod` member, never by class: a user's zod and ours may be two copies, classic and mini.

/** A value that does not fit a schema; `message` names the first problem and where it is. */
export class Invalid {
  readonly message: string
  constructor(message: string) {
    this.message = message
  }
}

/**
 * The checked value (defaults applied), or an {@link Invalid}. Never throws: a schema whose own code trips over what a
 * peer sent (a `refine` that expects more than is there) must not take the process down.
 */
export function check<T>(schema: $ZodType<T>, value: unknown): T | Invalid {
  let payload: ReturnType<typeof run<T>>
  try {
    payload = run(schema, value)
  } catch (cause) {
    return failedSchema(cause)
  }
  if (payload instanceof Promise) {
    payload.catch(() => undefined)
    return failedSchema('it is asynchronous')
  }
  const issue = payload.issues[0]
  if (issue !== undefined) return new Invalid(describeIssue(issue))
  return payload.value as T
}

function failedSchema(cause: unknown): Invalid {
  return new Invalid(
    `its schema failed (${textOf(cause)}); schemas of a contract are synchronous and never throw`,
  )
}

/** Refuses what is no zod 4 schema with a sentence that says what to do. */
export function assertSchema(schema: unknown, where: string): asserts schema is $ZodType {
  if (typeof schema === 'object' && schema !== null) {
    if ('_zod' in schema) return
    if ('_def' in schema)
      throw new TypeError(`${where} is a zod 3 schema; import z from zod 4 ("zod" ^4 or "zod/v4")`)
  }
  throw new TypeError(`${where} is not a zod schema`)
}

/** The keys of an object schema, and whether it would silently drop others: a misspelt one, say. Undefined is no object. */
export function objectKeys(schema: $ZodType): { keys: string[]; drops: boolean } | undefined {
  const { type, shape, catchall }: ObjectDef = schema._zod.def
  return type === 'object' ? { keys: Object.keys(shape ?? {}), drops: catchall === undefined } : undefined
}

interface ObjectDef {
  readonly type: string
  readonly shape?: object
  readonly catchall?: unknown
}

// zod/mini ships no texts for its issues, so they are made from what an issue says of itself.
function describeIssue(issue: $ZodRawIssue): string {
  const where = pathText(issue.path ?? [])
  return where === '' ? problemText(issue) : `${where}: ${problemText(issue)}`
}

function problemText(issue: $ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${issue.expected}, got ${kindOf(issue.input)}`
    case 'too_small':
      return `must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`
    case 'too_big':
      return `must be ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}`
    case 'unrecognized_keys':
      return `unknown key ${(issue.keys ?? []).map((key) => `"${key}"`).join(', ')}`
    case 'invalid_value':
      return `expected ${(issue.values ?? []).map(String).join(' or ')}, got ${kindOf(issue.input)}`
    case 'invalid_union':
      return `fits none of the alternatives, got ${kindOf(issue.input)}`
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`
    case 'invalid_format':
      return `is not a valid ${issue.format}`
    default: {
      // What the author of the schema wrote: refine(…, 'must not be bad').
      const author = issue.inst?._zod.def.error as ((issue: $ZodRawIssue) => unknown) | undefined
      const said = author?.(issue)
      const text = isRecord(said) ? said.message : (said ?? issue.message)
      return typeof text === 'string' ? text : `invalid (${issue.code ?? 'unknown problem'})`
    }
  }
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((key, i) => (typeof key === 'number' ? `[${key}]` : (i > 0 ? '.' : '') + String(key)))
    .join('')
}
