import type { $ZodRawIssue, $ZodType, ParseContextInternal } from 'zod/v4/core'

// Schemas are known by their `_zod` member, never by class: a user's zod and ours may be two copies, classic and mini.

/** A value that does not fit a schema; `message` names the first problem and where it is. */
export class Invalid {
  readonly message: string
  constructor(message: string) {
    this.message = message
  }
}

const context: ParseContextInternal = { async: false }

/** The checked value (defaults applied), or an {@link Invalid}. Throws only if the schema itself is asynchronous. */
export function check<T>(schema: $ZodType<T>, value: unknown): T | Invalid {
  const payload = schema._zod.run({ value, issues: [] }, context)
  if (payload instanceof Promise) throw new TypeError('a contract schema must be synchronous')
  const issue = payload.issues[0]
  if (issue !== undefined) return new Invalid(describeIssue(issue))
  return payload.value as T
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

/** The keys of an object schema, and whether it would silently drop keys that it does not know. */
export function objectKeys(schema: $ZodType): { keys: string[]; drops: boolean } | undefined {
  const def: object = schema._zod.def
  if (!('type' in def) || def.type !== 'object' || !('shape' in def)) return undefined
  const shape = def.shape
  if (typeof shape !== 'object' || shape === null) return undefined
  return { keys: Object.keys(shape), drops: !('catchall' in def) || def.catchall === undefined }
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
    default:
      return typeof issue.message === 'string'
        ? issue.message
        : `invalid (${issue.code ?? 'unknown problem'})`
  }
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((key, i) => (typeof key === 'number' ? `[${key}]` : (i > 0 ? '.' : '') + String(key)))
    .join('')
}

/** What a person would call a value: `null`, `array`, `NaN`, `string`. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  return typeof value
}
