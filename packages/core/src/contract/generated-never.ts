import type { $ZodType } from 'zod/v4/core'

// Where no code is generated: what generated.ts is in a browser.

export const compiled = <S>(schema: S): S => schema

export function run<T>(schema: $ZodType<T>, value: unknown): ReturnType<typeof schema._zod.run> {
  // Zod keeps notes in the context, which must not outlive a check.
  return schema._zod.run({ value, issues: [] }, { async: false })
}
