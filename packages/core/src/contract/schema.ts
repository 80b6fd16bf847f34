import type { $ZodRawIssue, $ZodType, ParseContextInternal } from 'zod/v4/core'
import * as z from '#zod'
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

/** The same schema as generated code, where this zod 4 can: without it a call costs 5 % more. */
export function compiled(schema: $ZodType): $ZodType {
  return z.compile?.(schema) ?? schema
}

/**
 * The checked value (defaults applied), or an {@link Invalid}. Never throws: a schema whose own code trips over what a
 * peer sent (a `refine` that expects more than is there) must not take the process down.
 */
export function check<T>(schema: $ZodType<T>, value: unknown): T | Invalid {
  try {
    return read(schema, value, new Context())
  } catch (cause) {
    if (cause !== unfit) return failedSchema(cause)
  }
  try {
    return firstProblem(schema, value) ?? read(schema, value, { async: false })
  } catch (cause) {
    return failedSchema(cause)
  }
}

function read<T>(schema: $ZodType<T>, value: unknown, context: ParseContextInternal): T | Invalid {
  const payload = schema._zod.run({ value, issues: [] }, context)
  if (payload instanceof Promise) {
    payload.catch(() => undefined)
    return failedSchema('it is asynchronous')
  }
  const issue = payload.issues[0]
  if (issue !== undefined) return new Invalid(describeIssue(issue))
  return payload.value as T
}

const unfit = new Error('generated code found that a value does not fit')
const fallback = Symbol.for('zod.compile.fallback')

/**
 * Zod keeps notes in the context of a check, which must not outlive it. This one hears when generated code does not take
 * a value and zod begins to look for everything that is wrong with it: a megabyte of `[{},{},…]` has millions of
 * problems, which take ten seconds and as many hundreds of megabytes.
 */
class Context implements ParseContextInternal {
  readonly async = false

  get [fallback](): boolean {
    return false
  }

  set [fallback](_begins: boolean) {
    throw unfit
  }
}

/** What is wrong with the first of the values in a value that does not fit; undefined when it is none of them alone. */
function firstProblem(
  schema: $ZodType,
  value: unknown,
  path: readonly PropertyKey[] = [],
): Invalid | undefined {
  const { type, element, valueType, shape, innerType }: Inner = schema._zod.def
  switch (type) {
    case 'optional':
    case 'nullable':
    case 'default':
      return innerType === undefined || value == null ? undefined : problemIn(innerType, value, path)
    case 'array':
      if (element === undefined || !Array.isArray(value)) return undefined
      for (let i = 0; i < value.length; i++) {
        const problem = problemIn(element, value[i], [...path, i])
        if (problem !== undefined) return problem
      }
      return undefined
    case 'record':
    case 'object':
      if (!isRecord(value)) return undefined
      for (const key of Object.keys(shape ?? value)) {
        // Whether one that is absent has to be there, the whole says.
        if (!Object.hasOwn(value, key)) continue
        const inner = shape === undefined ? valueType : shape[key]
        const problem = inner && problemIn(inner, value[key], [...path, key])
        if (problem !== undefined) return problem
      }
      return undefined
    default:
      return undefined
  }
}

/** As much of a definition as says what is inside of a value. */
interface Inner {
  readonly type: string
  readonly element?: $ZodType
  readonly valueType?: $ZodType
  readonly shape?: Readonly<Record<string, $ZodType>>
  readonly innerType?: $ZodType
}

function problemIn(schema: $ZodType, value: unknown, path: readonly PropertyKey[]): Invalid | undefined {
  const inside = firstProblem(schema, value, path)
  if (inside !== undefined) return inside
  const payload = schema._zod.run({ value, issues: [] }, { async: false })
  if (payload instanceof Promise) {
    payload.catch(() => undefined)
    return undefined
  }
  const issue = payload.issues[0]
  return issue && new Invalid(describeIssue({ ...issue, path: [...path, ...(issue.path ?? [])] }))
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
