import { isRecord } from '@guestool/core'

/** What a field is filled in with. `json` takes any JSON: for what has no field of its own. */
type FieldKind = 'text' | 'number' | 'integer' | 'flag' | 'choice' | 'json'

/** One parameter. */
export interface Field {
  readonly name: string
  readonly kind: FieldKind
  /** Whether it must be given. */
  readonly required: boolean
  /** Whether `null` may be given. */
  readonly nullable: boolean
  readonly description: string
  /** What is taken when it is not given, as JSON; undefined is not known, or nothing. */
  readonly unlessGiven: string | undefined
  /** Of a choice: its values, each as JSON. */
  readonly choices: readonly string[]
}

/** What the parameters of an operation are filled in with. */
export interface Form {
  readonly fields: readonly Field[]
  /**
   * Whether there is a JSON object to fill in besides: for parameters that have no name here, or for all of them where
   * the schema is none that has fields.
   */
  readonly rest: boolean
}

const mostFields = 100
const mostChoices = 200
const mostCharacters = 2_000
/** References that lead to references, and choices within choices. */
const deepest = 8

/**
 * The form of an operation's parameters, from their JSON Schema. Whatever stands there makes a form: what is not
 * understood is filled in as JSON, and whoever is asked checks it anyway.
 */
export function formOf(schema: unknown): Form {
  const root = schemaOf(schema, schema)
  if (root === undefined || (root.type !== undefined && root.type !== 'object'))
    return { fields: [], rest: true }
  const { properties, required, additionalProperties: more } = root
  if (!isRecord(properties)) {
    return { fields: [], rest: root.type === undefined || more === true || isRecord(more) }
  }
  const names = Object.keys(properties)
  const needed = new Set(Array.isArray(required) ? required : [])
  const fields = names
    .slice(0, mostFields)
    .map((name) => fieldOf(name, properties[name], schema, needed.has(name)))
  return { fields, rest: more === true || isRecord(more) || names.length > mostFields }
}

function fieldOf(name: string, schema: unknown, root: unknown, needed: boolean): Field {
  const { kind, nullable, choices } = valueOf(schema, root, deepest)
  const own = schemaOf(schema, root)
  const given = isRecord(schema) && schema.default !== undefined ? schema.default : own?.default
  const unlessGiven = given === undefined ? undefined : jsonOf(given)
  const said = isRecord(schema) && typeof schema.description === 'string' ? schema : own
  const description = typeof said?.description === 'string' ? said.description.slice(0, mostCharacters) : ''
  return { name, kind, nullable, choices, required: needed && given === undefined, unlessGiven, description }
}

interface Value {
  readonly kind: FieldKind
  readonly nullable: boolean
  readonly choices: readonly string[]
}

const anything: Value = { kind: 'json', nullable: false, choices: [] }

function valueOf(schema: unknown, root: unknown, depth: number): Value {
  const found = schemaOf(schema, root)
  if (found === undefined || depth === 0) return anything
  const { type, const: only, enum: words, allOf } = found
  if ('const' in found) return choice([only])
  if (Array.isArray(words)) return choice(words)
  const either = found.anyOf ?? found.oneOf
  if (Array.isArray(either)) return eitherOf(either, root, depth)
  if (Array.isArray(type))
    return eitherOf(
      type.map((one: unknown) => ({ type: one })),
      root,
      depth,
    )
  if (Array.isArray(allOf) && allOf.length === 1) return valueOf(allOf[0], root, depth - 1)
  switch (type) {
    case 'string':
      return { ...anything, kind: 'text' }
    case 'number':
    case 'integer':
      return { ...anything, kind: type }
    case 'boolean':
      return { ...anything, kind: 'flag' }
    case 'null':
      return choice([null])
    default:
      return anything
  }
}

/** Of some schemas: the one that is left without null, or a choice where each is one. */
function eitherOf(schemas: readonly unknown[], root: unknown, depth: number): Value {
  const values = schemas.slice(0, mostChoices).map((one) => valueOf(one, root, depth - 1))
  if (schemas.length <= mostChoices && values.every(({ kind }) => kind === 'choice')) {
    return { ...anything, kind: 'choice', choices: [...new Set(values.flatMap(({ choices }) => choices))] }
  }
  const others = values.filter(({ kind, choices }) => !(kind === 'choice' && choices.join() === 'null'))
  const [other] = others
  // Of a text that may be null, nobody could tell which of the two was meant.
  if (others.length !== 1 || other === undefined || other.kind === 'text' || schemas.length > mostChoices)
    return anything
  if (other.kind !== 'choice') return { ...other, nullable: true }
  return { ...other, choices: [...new Set([...other.choices, 'null'])] }
}

function choice(values: readonly unknown[]): Value {
  if (values.length === 0 || values.length > mostChoices) return anything
  const choices = values.map(jsonOf)
  return choices.every((text) => text !== undefined) ? { ...anything, kind: 'choice', choices } : anything
}

/** A schema, or what its reference leads to in the same document. */
function schemaOf(schema: unknown, root: unknown): Record<string, unknown> | undefined {
  let found = schema
  for (let step = 0; step < deepest && isRecord(found); step++) {
    const { $ref: reference } = found
    if (reference === undefined) return found
    if (typeof reference !== 'string' || !/^#(\/|$)/.test(reference)) return undefined
    found = at(root, reference.split('/').slice(1))
  }
  return undefined
}

function at(root: unknown, path: readonly string[]): unknown {
  let found = root
  for (const key of path) {
    const name = key.replaceAll('~1', '/').replaceAll('~0', '~')
    found = isRecord(found) && Object.hasOwn(found, name) ? found[name] : undefined
  }
  return found
}

function jsonOf(value: unknown): string | undefined {
  const text: string | undefined = JSON.stringify(value)
  return text === undefined || text.length > mostCharacters ? undefined : text
}
