import { isRecord } from '@guestool/core'
import { Argument, InvalidArgumentError, Option, type Command } from 'commander'
import { Problem } from './failure.js'
import { hint } from './hint.js'
import type { JsonSchema } from '@guestool/core/json-schema'
import { printable } from './text.js'

// Params of an operation as options of a command, by their JSON Schema alone: `--smptime <number>`.

interface Param {
  readonly name: string
  readonly schema: JsonSchema
  readonly required: boolean
  readonly types: ReadonlySet<string>
}

/** The params that an operation takes, as far as its schema names them. */
function paramsOf(schema: JsonSchema): Param[] {
  const { properties, required } = schema
  if (!isRecord(properties)) return []
  const needed: readonly unknown[] = Array.isArray(required) ? required : []
  return Object.entries(properties).map(([name, inner]) => {
    const described = isRecord(inner) ? inner : {}
    return { name, schema: described, required: needed.includes(name), types: typesOf(described) }
  })
}

/**
 * Gives a command an option for each param; an only one may stand alone, as it may in code. All of them together can be
 * given as one JSON object, which is the way for names that no option can have.
 *
 * @param taken names of options that mean something else already
 */
export function addParams(command: Command, schema: JsonSchema, taken: ReadonlySet<string>): void {
  const params = paramsOf(schema)
  const [only] = params
  if (only !== undefined && params.length === 1) {
    command.addArgument(new Argument(`[${argumentName(only.name)}]`, `the same as --${printable(only.name)}`))
  } else if (params.length > 0 || isOpen(schema)) {
    command.argument('[json]', 'all params in one JSON object')
  }
  for (const param of params) if (isOption(param.name, taken)) command.addOption(optionOf(param))
}

/** Whether there may be params that it does not name. */
function isOpen({ additionalProperties: more, properties }: JsonSchema): boolean {
  return more === undefined ? !isRecord(properties) : more !== false
}

/** What was given, as the params of a call. */
export function givenParams(command: Command, schema: JsonSchema): Record<string, unknown> {
  const params = paramsOf(schema)
  const given: Record<string, unknown> = { ...paramsAlone(command, params) }
  const options: Readonly<Record<string, unknown>> = command.opts()
  for (const { name } of params) {
    const option = command.options.find(({ long }) => long === `--${name}`)
    if (option === undefined) continue
    const value = options[option.attributeName()]
    // A flag alone is `true`.
    if (value !== undefined) given[name] = value instanceof Given ? value.value : value
  }
  const missing = params.filter(({ name, required }) => required && !Object.hasOwn(given, name))
  if (missing.length > 0) {
    const names = missing.map(({ name }) => `--${printable(name)}`).join(', ')
    throw new Problem('usage', `${command.name()} needs ${names}; ${hintFor(command)} says more`)
  }
  return given
}

function paramsAlone(command: Command, params: readonly Param[]): Record<string, unknown> {
  const [text] = command.args
  if (text === undefined) return {}
  const [only] = params
  const whole = objectIn(text)
  if (only !== undefined && params.length === 1) {
    // `{` begins a value of its own only where a value can be an object.
    if (whole !== undefined && !only.types.has('object') && only.types.size > 0) return whole
    try {
      return { [only.name]: valueOf(only, text) }
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error
      throw new Problem('usage', `${printable(only.name)}: ${error.message}`, { cause: error })
    }
  }
  if (whole !== undefined) return whole
  throw new Problem(
    'usage',
    `the params must be a JSON object, such as '{"name": 1}', not ${printable(text)}`,
  )
}

function objectIn(text: string): Record<string, unknown> | undefined {
  const value = jsonIn(text)
  return isRecord(value) ? value : undefined
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function optionOf(param: Param): Option {
  const { name, types, schema } = param
  const flag = types.size === 1 && types.has('boolean') ? `[${typeText(param)}]` : `<${typeText(param)}>`
  const option = new Option(`--${name} ${flag}`, descriptionOf(param))
  const words = wordsOf(schema)
  if (words !== undefined) option.choices(words)
  else if (types.size === 1 && types.has('boolean')) option.choices(['true', 'false'])
  return option.argParser((text) => new Given(valueOf(param, text)))
}

/** What was given: commander makes something else of a bare null. */
class Given {
  readonly value: unknown
  constructor(value: unknown) {
    this.value = value
  }
}

function descriptionOf({ schema, required }: Param): string {
  const { description, minimum, maximum, default: fallback } = schema
  return [
    typeof description === 'string' ? printable(description) : '',
    typeof minimum === 'number' ? `at least ${minimum}` : '',
    typeof maximum === 'number' && maximum < Number.MAX_SAFE_INTEGER ? `at most ${maximum}` : '',
    required ? '(required)' : '',
    fallback === undefined ? '' : `(default: ${printable(JSON.stringify(fallback))})`,
  ]
    .filter((part) => part !== '')
    .join(' ')
}

/** What somebody typed, as a value of the param's type. */
function valueOf(param: Param, text: string): unknown {
  const { types, schema } = param
  const words = wordsOf(schema)
  if (words !== undefined && words.includes(text)) return text
  const json = jsonIn(text)
  if (types.size === 0) return json ?? text
  if (json === null ? types.has('null') : types.has(typeOf(json))) return json
  if (typeof json === 'number' && types.has('integer') && Number.isInteger(json)) return json
  if (types.has('number') && text.trim() !== '' && Number.isFinite(Number(text))) return Number(text)
  if (types.has('string') && words === undefined) return text
  throw new InvalidArgumentError(`It must be ${articled(typeText(param))}.`)
}

function typeOf(value: unknown): string {
  // A text is typed without quotes: `"5"` with them is a text of three characters.
  if (typeof value === 'string' || value === undefined) return 'no type'
  return Array.isArray(value) ? 'array' : typeof value
}

/** Those of JSON Schema; a host may name others, which nobody knows. */
const schemaTypes = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']

/** The types that a value may have; none is any. */
function typesOf(schema: JsonSchema): ReadonlySet<string> {
  const { type, anyOf, oneOf, enum: words } = schema
  const named: unknown[] = Array.isArray(type) ? type : [type]
  if (type !== undefined) return new Set(schemaTypes.filter((one) => named.includes(one)))
  if (Array.isArray(words)) return new Set(words.map((word) => typeof word))
  const choices: readonly unknown[] = Array.isArray(anyOf) ? anyOf : Array.isArray(oneOf) ? oneOf : []
  return new Set(choices.flatMap((choice) => (isRecord(choice) ? Array.from(typesOf(choice)) : [])))
}

function typeText({ types, schema }: Param): string {
  const words = wordsOf(schema)
  if (words !== undefined) return words.join('|')
  const texts = [...types].map((type) => {
    if (type === 'string') return 'text'
    if (type === 'boolean') return 'true|false'
    return type === 'object' || type === 'array' ? 'json' : type
  })
  return [...new Set(texts)].join('|') || 'value'
}

function articled(type: string): string {
  if (type.includes('|')) return `one of ${type}`
  return type === 'number' ? 'a number' : type === 'integer' ? 'a whole number' : type
}

function wordsOf({ enum: words }: JsonSchema): string[] | undefined {
  if (!Array.isArray(words) || !words.every((word): word is string => typeof word === 'string'))
    return undefined
  return words.every((word) => /^[\w.-]+$/.test(word)) ? words : undefined
}

function isOption(name: string, taken: ReadonlySet<string>): boolean {
  return /^[A-Za-z][\w-]*$/.test(name) && !name.startsWith('no-') && !taken.has(`--${name}`)
}

function argumentName(name: string): string {
  return /^[\w-]+$/.test(name) ? name : 'value'
}

/** `npm run guestool -- info cpu --help`, as it is typed here. */
export function hintFor(command: Command): string {
  return hint([...pathOf(command).split(' ').slice(1), '--help'].join(' '))
}

/** `guestool info cpu`. */
export function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`
}
