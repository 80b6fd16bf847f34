import * as z from '#zod'

// Results are loose: a newer guest may send more keys than we know, and they pass through. The type does not say
// so, or every misspelt field would compile.

/** An object of known fields that may carry more. */
export function result<F extends z.core.$ZodShape>(fields: F): Loose<F> {
  return z.looseObject(fields)
}

type NoMore = Record<never, never>
type Loose<F extends z.core.$ZodShape> = z.core.$ZodType<
  z.core.$InferObjectOutput<F, NoMore>,
  z.core.$InferObjectInput<F, NoMore>
>
