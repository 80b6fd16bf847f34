import type { Operation } from '@guestool/core'
import * as z from 'zod'

type Schema = z.core.JSONSchema.JSONSchema

/** A field of a result, as a page names it: `cpu_freq.min`, `[].device`; `{}` is any key of a table by name. */
export interface Field {
  readonly path: string
  readonly type: string
}

export interface Param {
  readonly name: string
  readonly type: string
  /** As JSON. */
  readonly fallback: string
}

/** Every field of an operation's result. */
export function fieldsOf(operation: Operation): Field[] {
  return fieldsBelow(z.toJSONSchema(operation.resultSchema), '')
}

/** Every parameter of an operation. */
export function paramsOf(operation: Operation): Param[] {
  const { paramsSchema } = operation
  if (paramsSchema === undefined) return []
  const { properties = {} } = z.toJSONSchema(paramsSchema, { io: 'input' })
  return Object.entries(properties).map(([name, property]) => {
    const { type, default: fallback } = asSchema(property)
    return { name, type: String(type), fallback: JSON.stringify(fallback) }
  })
}

/** The keys of a result that its schema lets pass without knowing them. */
export function unknownKeys(operation: Operation, value: unknown): string[] {
  return unknownBelow(z.toJSONSchema(operation.resultSchema), value, '')
}

function fieldsBelow(schema: Schema, path: string): Field[] {
  const { plain, nullable } = withoutNull(schema)
  const type = String(plain.type) + (nullable ? ' or null' : '')
  const self = path === '' ? [] : [{ path, type }]
  if (plain.type === 'array') return fieldsBelow(asSchema(plain.items), `${path}[]`)
  if (plain.type !== 'object' || isOpen(plain)) return self
  const fields = Object.entries(plain.properties ?? { '{}': plain.additionalProperties }).flatMap(
    ([key, value]) => fieldsBelow(asSchema(value), path === '' ? key : `${path}.${key}`),
  )
  return nullable ? [...self, ...fields] : fields
}

function unknownBelow(schema: Schema, value: unknown, path: string): string[] {
  const { plain } = withoutNull(schema)
  if (Array.isArray(value))
    return value.flatMap((item) => unknownBelow(asSchema(plain.items), item, `${path}[]`))
  if (typeof value !== 'object' || value === null) return []
  if (isOpen(plain)) return []
  const { properties } = plain
  return Object.entries(value).flatMap(([key, item]) => {
    const known = properties === undefined ? plain.additionalProperties : properties[key]
    return known === undefined ? [`${path}.${key}`] : unknownBelow(asSchema(known), item, `${path}.${key}`)
  })
}

/** An object of which no field is known. */
function isOpen({ properties }: Schema): boolean {
  return properties !== undefined && Object.keys(properties).length === 0
}

/** JSON Schema has two ways to say that something may be null. */
function withoutNull(schema: Schema): { plain: Schema; nullable: boolean } {
  const types = Array.isArray(schema.type) ? schema.type : []
  const [type] = types
  if (type !== undefined && types.includes('null')) return { plain: { ...schema, type }, nullable: true }
  const [first, second] = schema.anyOf ?? []
  if (first !== undefined && second !== undefined && asSchema(second).type === 'null')
    return { plain: asSchema(first), nullable: true }
  return { plain: schema, nullable: false }
}

function asSchema(value: Schema | boolean | readonly (Schema | boolean)[] | undefined): Schema {
  if (typeof value === 'object' && !Array.isArray(value)) return value as Schema
  throw new Error(
    `the contract has a schema that the pages' tests do not understand: ${JSON.stringify(value)}`,
  )
}
