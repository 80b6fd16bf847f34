import type {
  $InferObjectInput,
  $InferObjectOutput,
  $ZodDefault,
  $ZodNullable,
  $ZodOptional,
  $ZodShape,
  $ZodType,
  output,
  SomeType,
} from 'zod/v4/core'
import * as z from '#zod'

// What the protocol's own contract is written in. The types name zod/v4/core alone, because they are published with
// the contract, and `#zod` is this package's own affair.

type NoMore = Record<never, never>
type Fields<F extends $ZodShape> = $ZodType<$InferObjectOutput<F, NoMore>, $InferObjectInput<F, NoMore>>

/**
 * An object of known fields that may carry more: a newer guest may send more keys than we know, and they pass through.
 * The type does not say so, or every misspelt field would compile.
 */
export const result: <F extends $ZodShape>(fields: F) => Fields<F> = z.looseObject

/** An object of known keys and no others: a misspelt one is refused. */
export const params: <F extends $ZodShape>(keys: F) => Fields<F> = z.strictObject

export const list: <T extends SomeType>(element: T) => $ZodType<output<T>[]> = z.array

/** Finite. Python floats and ints mix freely, so a whole number of anything is still only a number. */
export const number: $ZodType<number, number> = /* @__PURE__ */ z.number()
export const string: $ZodType<string, string> = /* @__PURE__ */ z.string()
export const boolean: $ZodType<boolean, boolean> = /* @__PURE__ */ z.boolean()
/** There is nothing to say but that it was done. */
export const nothing: $ZodType<null, null> = /* @__PURE__ */ z.null()
/** Seconds to sample for: not negative. */
export const seconds: $ZodType<number, number> = /* @__PURE__ */ z.number().check(/* @__PURE__ */ z.gte(0))

/** Values by name, which may be any text but `__proto__`. */
export function byName<T extends SomeType>(value: T): $ZodType<Record<string, output<T>>> {
  return z.record(z.string(), value)
}

/** One of some words. */
export function oneOf<const W extends readonly string[]>(...words: W): $ZodType<W[number], W[number]> {
  return z.enum(words)
}

export const nullable: <T extends SomeType>(schema: T) => $ZodNullable<T> = z.nullable
export const optional: <T extends SomeType>(schema: T) => $ZodOptional<T> = z.optional

export function withDefault<T extends SomeType>(schema: T, value: output<T>): $ZodDefault<T> {
  return z._default(schema, value as never)
}
