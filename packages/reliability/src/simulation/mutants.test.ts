import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { mutants } from './mutants.js'

// The faults themselves are tried by `npm run simulate -- --mutants`; here they are kept in step with the sources.

test.each(mutants.map((mutant) => [mutant.what, mutant] as const))(
  '%s',
  (_what, { package: name, file, find, replace }) => {
    const source = readFileSync(new URL(`../../../${name}/src/${file}.ts`, import.meta.url), 'utf8')
    expect(source.split(find)).toHaveLength(2)
    expect(find).not.toMatch(/\n/)
    expect(replace).not.toBe(find)
  },
)
