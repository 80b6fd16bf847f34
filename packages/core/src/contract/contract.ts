import type { $ZodType, input, output } from 'zod/v4/core'
import { assertFree, Operation, type OperationKind, type OperationOptions } from './operation.js'
import { assertSchema, objectKeys } from './schema.js'

/** An info or an action as it is written down: what may be asked with it, and what comes back. */
export interface OperationDefinition extends OperationOptions {
  /**
   * A zod 4 object schema; left out, the operation takes no parameters. Unknown keys are refused, whether or not it is
   * strict; an object inside of it says that for itself: `z.strictObject`.
   */
  readonly params?: $ZodType
  /** A zod 4 schema of the result: any JSON value. */
  readonly result: $ZodType
}

/** What `defineContract` and `extend` take. */
export interface ContractDefinition {
  readonly info?: { readonly [name: string]: OperationDefinition }
  readonly action?: { readonly [name: string]: OperationDefinition }
  /** The data of each event: a zod 4 object schema. */
  readonly event?: { readonly [name: string]: $ZodType }
}

/** The types of one operation: what a caller gives, what a handler gets (defaults applied), what comes back. */
export interface OperationShape {
  readonly input: unknown
  readonly params: unknown
  readonly result: unknown
}

/** The types of a contract, free of any schema. */
export interface Shape {
  readonly info: { readonly [name: string]: OperationShape }
  readonly action: { readonly [name: string]: OperationShape }
  readonly event: { readonly [name: string]: unknown }
}

type NoParams = { readonly [key in never]: never }
type OperationsOf<D> = {
  [N in keyof D]: D[N] extends OperationDefinition
    ? {
        input: D[N] extends { params: infer P extends $ZodType } ? input<P> : NoParams
        params: D[N] extends { params: infer P extends $ZodType } ? output<P> : NoParams
        result: output<D[N]['result']>
      }
    : never
}
type EventsOf<D> = { [N in keyof D]: D[N] extends $ZodType ? output<D[N]> : never }
type Part<D, K extends keyof ContractDefinition> = D extends { [key in K]: infer P } ? P : unknown

/** The types that a definition describes. */
export type ShapeOf<D extends ContractDefinition> = {
  info: OperationsOf<Part<D, 'info'>>
  action: OperationsOf<Part<D, 'action'>>
  event: EventsOf<Part<D, 'event'>>
}

type Joined<A, B> = { [N in keyof A | keyof B]: N extends keyof B ? B[N] : N extends keyof A ? A[N] : never }

/** The types of a contract after `extend`. */
export type Extended<S extends Shape, T extends Shape> = {
  info: Joined<S['info'], T['info']>
  action: Joined<S['action'], T['action']>
  event: Joined<S['event'], T['event']>
}

declare const shape: unique symbol

/**
 * The only list of operations there is: types on both sides, checks on both sides and the documentation come from it.
 */
export interface Contract<S extends Shape = Shape> {
  /** Types only: never there at run time. */
  readonly [shape]?: S
  readonly info: ReadonlyMap<string, Operation>
  readonly action: ReadonlyMap<string, Operation>
  readonly event: ReadonlyMap<string, $ZodType>
  /**
   * This contract and more. The names must be new.
   *
   * @throws {TypeError} when a name is taken, reserved, or a schema is none of zod 4
   */
  extend<const D extends ContractDefinition>(definition: D): Contract<Extended<S, ShapeOf<D>>>
}

/** The types of a contract, for annotations: `Client<ContractTypes<typeof contract>>`. */
export type ContractTypes<C> = C extends Contract<infer S extends Shape> ? S : never

/** The operation of a kind and name, or undefined. */
export function findOperation(contract: Contract, kind: OperationKind, name: string): Operation | undefined {
  return contract[kind].get(name)
}

class ContractTable<S extends Shape> implements Contract<S> {
  declare readonly [shape]?: S
  readonly info: ReadonlyMap<string, Operation>
  readonly action: ReadonlyMap<string, Operation>
  readonly event: ReadonlyMap<string, $ZodType>

  constructor(base: Contract | undefined, definition: ContractDefinition) {
    this.info = operations('info', base?.info, definition.info)
    this.action = operations('action', base?.action, definition.action)
    this.event = events(base?.event, definition.event)
  }

  extend<const D extends ContractDefinition>(definition: D): Contract<Extended<S, ShapeOf<D>>> {
    return new ContractTable<Extended<S, ShapeOf<D>>>(this, definition)
  }
}

/**
 * A contract from nothing. Most projects want `guestool.extend(…)` instead, which has the protocol's own operations.
 *
 * @throws {TypeError} when a name is reserved by the protocol or a schema is none of zod 4
 */
export function defineContract<const D extends ContractDefinition>(definition: D): Contract<ShapeOf<D>> {
  return new ContractTable<ShapeOf<D>>(undefined, definition)
}

function operations(
  kind: OperationKind,
  base: ReadonlyMap<string, Operation> | undefined,
  definitions: ContractDefinition['info'] = {},
): ReadonlyMap<string, Operation> {
  const table = new Map(base)
  for (const [name, definition] of Object.entries(definitions)) {
    assertName(kind, name, table)
    const where = `${kind} ${name}`
    assertSchema(definition.result, `the result of ${where}`)
    if (definition.params !== undefined) assertSchema(definition.params, `params of ${where}`)
    table.set(name, new Operation(kind, name, definition.params, definition.result, definition))
  }
  return table
}

function events(
  base: ReadonlyMap<string, $ZodType> | undefined,
  definitions: ContractDefinition['event'] = {},
) {
  const table = new Map(base)
  for (const [name, schema] of Object.entries(definitions)) {
    assertName('event', name, table)
    if (/^(reject|report(\/.*)?)$/.test(name)) {
      throw new TypeError(
        `event ${name}: "reject" and "report/…" mean something else on the wire; choose another name`,
      )
    }
    assertSchema(schema, `the data of event ${name}`)
    assertFree('event', objectKeys(schema)?.keys ?? [], `event ${name}`)
    table.set(name, schema)
  }
  return table
}

// A name becomes part of a path, so it keeps to what a path segment may hold without escapes.
const nameForm = /^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/

/** Whether a contract can have an operation or an event of this name. */
export function isName(name: string): boolean {
  return nameForm.test(name)
}

function assertName(kind: string, name: string, table: ReadonlyMap<string, unknown>): void {
  if (!isName(name)) {
    throw new TypeError(`${kind} "${name}": a name is letters, digits, ".", "_", "-", in parts joined by "/"`)
  }
  if (table.has(name)) throw new TypeError(`${kind} ${name} is already in the contract; choose another name`)
}
