// As much of zod as the protocol's own contract is written in. In a browser `#zod` (package.json) is this in place of
// zod/mini, which is 6 KB of gzip more than everything else together may be; a project's own operations bring a zod of
// their own. Both give the same verdicts in the same words: zod-subset.test.ts compares them over the whole contract.

import { kindOf } from './kind.js'

interface Issue {
  readonly code: string
  readonly path: PropertyKey[]
  readonly [detail: string]: unknown
}

interface Payload {
  value: unknown
  readonly issues: Issue[]
}

/** What a contract needs of a zod schema. */
export interface Schema {
  readonly _zod: { readonly def: { readonly type: string }; run(payload: Payload): Payload }
}

type Shape = Readonly<Record<string, Schema>>
type Read = (value: never, issues: Issue[]) => unknown

/** @param more what its definition says beside its type */
function schema(type: string, read: (value: unknown, issues: Issue[]) => unknown, more?: object): Schema {
  return {
    _zod: {
      def: { type, ...more },
      run(payload) {
        payload.value = read(payload.value, payload.issues)
        return payload
      },
    },
  }
}

/** A schema of values of one kind; `read` looks into them. */
function typed(type: string, read: Read = (value) => value, more?: object): Schema {
  const kind = type === 'record' ? 'object' : type
  const readFitting = (input: unknown, issues: Issue[]): unknown => {
    if (kindOf(input) === kind) return read(input as never, issues)
    issues.push({ code: 'invalid_type', expected: type, input, path: [] })
    return input
  }
  return schema(type, readFitting, more)
}

/** What is inside of a value, its problem under its key. Nobody asks for a second: a megabyte can have millions of them. */
function inside(key: PropertyKey, { _zod }: Schema, value: unknown, issues: Issue[]): unknown {
  if (issues.length > 0) return value
  const payload = _zod.run({ value, issues })
  for (const issue of issues) issue.path.unshift(key)
  return payload.value
}

export const string = (): Schema => typed('string')
export const boolean = (): Schema => typed('boolean')
const oneOf = (values: readonly string[]): Schema =>
  schema('enum', (input, issues) => {
    if (!values.some((value) => value === input))
      issues.push({ code: 'invalid_value', values, input, path: [] })
    return input
  })
export { oneOf as enum }
const nothing = (): Schema => typed('null')
export { nothing as null }

export const gte = (minimum: number) => (input: number, issues: Issue[]) => {
  if (input < minimum) issues.push({ code: 'too_small', minimum, inclusive: true, input, path: [] })
  return input
}

export const number = (read?: Read): Schema & { check: (read: Read) => Schema } => ({
  ...typed('number', read),
  check: number,
})

const unless = (type: string, absent: unknown, value: unknown, inner: Schema): Schema =>
  schema(type, (input, issues) => (input === absent ? value : inner._zod.run({ value: input, issues }).value))
export const nullable = (inner: Schema): Schema => unless('nullable', null, null, inner)
export const optional = (inner: Schema): Schema => unless('optional', undefined, undefined, inner)
export const _default = (inner: Schema, value: unknown): Schema => unless('default', undefined, value, inner)

export const array = (element: Schema): Schema =>
  typed('array', (items: unknown[], issues) =>
    items.map((item, index) => inside(index, element, item, issues)),
  )

/** Any text is a key of the contract's. */
export const record = (_key: Schema, field: Schema): Schema =>
  typed('record', (entries: object, issues) =>
    Object.fromEntries(
      Object.entries(entries).map(([key, value]) => [key, inside(key, field, value, issues)]),
    ),
  )

const object =
  (strict: boolean) =>
  (shape: Shape): Schema => {
    const read = (fields: Readonly<Record<string, unknown>>, issues: Issue[]): unknown => {
      const made = { ...fields }
      for (const [key, field] of Object.entries(shape)) {
        const value = inside(key, field, fields[key], issues)
        if (value !== undefined) made[key] = value
      }
      const keys = Object.keys(fields).filter((key) => strict && !Object.hasOwn(shape, key))
      if (keys.length > 0) issues.push({ code: 'unrecognized_keys', keys, path: [] })
      return made
    }
    return typed('object', read, { shape, catchall: strict })
  }
export const strictObject = object(true)
export const looseObject = object(false)
