import type { $ZodType } from 'zod/v4/core'
import { compiled } from '#generated'
import { isRecord } from '../message.js'
import { kindOf } from './kind.js'
import { check, Invalid, objectKeys } from './schema.js'

/** What can be asked: an `info` reads, an `action` changes something. */
export type OperationKind = 'info' | 'action'

/** What an operation says of itself beside its schemas. */
export interface OperationOptions {
  /**
   * Spoils its own result when it runs twice at once in one guest, so a host runs one at a time per guest. For infos
   * only: actions never wait for one another.
   * @default false
   */
  readonly exclusive?: boolean
  /**
   * How long it takes is not known from its params (a guest may sample many things one after another): only its answer
   * or its expiry says that it is over.
   * @default false
   */
  readonly openEnded?: boolean
  /** The parameter, in seconds, for which the guest samples before it answers. It must end before the call does. */
  readonly sampling?: string
}

/** One operation of a contract, at run time. */
export class Operation {
  readonly kind: OperationKind
  readonly name: string
  /** Kind and name, as errors say it: `info cpu`. */
  readonly label: string
  /** The name of the only parameter, if there is just one: its value may then stand alone. */
  readonly soleParam: string | undefined
  readonly exclusive: boolean
  readonly openEnded: boolean
  readonly sampling: string | undefined
  /** The schema of the parameters; undefined takes none. */
  readonly paramsSchema: $ZodType | undefined
  readonly resultSchema: $ZodType
  /** Where the params schema would silently drop other keys, the ones it knows: others are refused here. */
  readonly #knownKeys: readonly string[] | undefined
  // The same schemas, compiled when they are first needed: a program uses few of a contract.
  #compiledParams: $ZodType | undefined
  #compiledResult: $ZodType | undefined

  constructor(
    kind: OperationKind,
    name: string,
    params: $ZodType | undefined,
    result: $ZodType,
    options: OperationOptions,
  ) {
    this.kind = kind
    this.name = name
    this.label = `${kind} ${name}`
    this.paramsSchema = params
    this.resultSchema = result
    this.exclusive = options.exclusive ?? false
    this.openEnded = options.openEnded ?? false
    this.sampling = options.sampling
    const object = params === undefined ? { keys: [], drops: true } : objectKeys(params)
    if (object === undefined) throw new TypeError(`params of ${this.label} must be an object schema`)
    const { keys, drops } = object
    assertFree(kind, keys, this.label)
    this.soleParam = keys.length === 1 ? keys[0] : undefined
    this.#knownKeys = drops ? keys : undefined
  }

  /** Params as an object: `undefined` is none, and a value alone is that of the sole parameter. */
  toParams(params: unknown): unknown {
    if (params === undefined) return {}
    if (this.soleParam !== undefined && isScalar(params)) return { [this.soleParam]: params }
    return params
  }

  /** The params with defaults applied, or what is wrong with them. */
  checkParams(params: unknown): object | Invalid {
    if (!isRecord(params)) return new Invalid(`expected object, got ${kindOf(params)}`)
    const known = this.#knownKeys
    const stranger = known && Object.keys(params).find((key) => !known.includes(key))
    if (stranger !== undefined) return new Invalid(`unknown key "${stranger}"`)
    if (this.paramsSchema === undefined) return params
    this.#compiledParams ??= compiled(this.paramsSchema)
    const checked = check(this.#compiledParams, params)
    if (checked instanceof Invalid) return checked
    return isRecord(checked) ? checked : new Invalid('the schema made something other than an object')
  }

  /** The result as the schema has it, or what is wrong with it. */
  checkResult(result: unknown): unknown {
    this.#compiledResult ??= compiled(this.resultSchema)
    return check(this.#compiledResult, result)
  }
}

/** Revision 1 puts a name beside the values of its message, under the key of its kind. */
export function assertFree(kind: OperationKind | 'event', keys: readonly string[], label: string): void {
  if (keys.includes(kind))
    throw new TypeError(`${label}: nothing in it may be called "${kind}", revision 1 keeps the name there`)
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}
