import { isRecord } from '@guestool/core'
import type { JsonSchema } from '@guestool/core/json-schema'
import { printable } from './text.js'

/** What a result has, in one line: `list of device, read_bytes, write_bytes`. */
export function fieldsLine(schema: JsonSchema): string {
  const { type, items, properties, additionalProperties } = schema
  if (type === 'array') return `list of ${isRecord(items) ? fieldsLine(items) : 'anything'}`
  if (isRecord(properties) && Object.keys(properties).length > 0)
    return Object.keys(properties)
      .map((name) => printable(name))
      .join(', ')
  if (type === 'object' && isRecord(additionalProperties))
    return `by name, ${fieldsLine(additionalProperties)}`
  if (type === 'null') return 'nothing'
  return typeof type === 'string' ? printable(type) : 'anything'
}

/** All of its fields, one a line, by their paths. */
export function fieldLines(schema: JsonSchema, path = ''): string[] {
  const { type, items, properties, additionalProperties, description } = schema
  const said = typeof description === 'string' ? `  ${printable(description)}` : ''
  if (isRecord(properties) && Object.keys(properties).length > 0) {
    return Object.entries(properties).flatMap(([name, inner]) =>
      isRecord(inner) ? fieldLines(inner, path === '' ? printable(name) : `${path}.${printable(name)}`) : [],
    )
  }
  if (type === 'array' && isRecord(items)) return fieldLines(items, `${path}[]`)
  if (type === 'object' && isRecord(additionalProperties) && Object.keys(additionalProperties).length > 0)
    return fieldLines(additionalProperties, path === '' ? '*' : `${path}.*`)
  const nullable = innerOf(schema)
  if (nullable !== undefined) return fieldLines(nullable, path)
  const types = Array.isArray(type) ? type.join(' or ') : typeof type === 'string' ? type : 'anything'
  return [`${path === '' ? '' : `${path}: `}${types === 'null' ? 'nothing' : printable(types)}${said}`]
}

/** What else than null it may be, if that is one thing. */
function innerOf({ anyOf }: JsonSchema): JsonSchema | undefined {
  if (!Array.isArray(anyOf)) return undefined
  const others = anyOf.filter((choice) => isRecord(choice) && choice['type'] !== 'null')
  return others.length === 1 && isRecord(others[0]) ? others[0] : undefined
}
