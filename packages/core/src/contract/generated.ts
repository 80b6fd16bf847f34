import type { $ZodRawIssue, $ZodType, ParseContextInternal } from 'zod/v4/core'
import * as z from '#zod'
import { isRecord } from '../message.js'

// Schemas as generated code, and what that takes. In a browser `#generated` (package.json) is generated-never.ts in its
// place: pages often forbid it.

/** The same schema as generated code, where this zod 4 can: without it a call costs 5 % more. */
export function compiled(schema: $ZodType): $ZodType {
  return z.compile?.(schema) ?? schema
}

/** Holds a value against a schema. Of what is wrong with it the first problem is there, and seldom more. */
export function run<T>(schema: $ZodType<T>, value: unknown): ReturnType<typeof schema._zod.run> {
  try {
    return schema._zod.run({ value, issues: [] }, new Context())
  } catch (cause) {
    if (cause !== unfit) throw cause
  }
  const issue = firstProblem(schema, value)
  return issue === undefined ? runPlainly(schema, value) : { value: value as T, issues: [issue] }
}

function runPlainly<T>(schema: $ZodType<T>, value: unknown): ReturnType<typeof schema._zod.run> {
  return schema._zod.run({ value, issues: [] }, { async: false })
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
): $ZodRawIssue | undefined {
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

function problemIn(schema: $ZodType, value: unknown, path: readonly PropertyKey[]): $ZodRawIssue | undefined {
  const inside = firstProblem(schema, value, path)
  if (inside !== undefined) return inside
  const payload = runPlainly(schema, value)
  if (payload instanceof Promise) {
    payload.catch(() => undefined)
    return undefined
  }
  const issue = payload.issues[0]
  return issue && { ...issue, path: [...path, ...(issue.path ?? [])] }
}
