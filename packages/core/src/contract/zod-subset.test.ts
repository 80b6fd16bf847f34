import * as fc from 'fast-check'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import * as classic from 'zod'
import type { $ZodType } from 'zod/v4/core'
import * as mini from 'zod/mini'
import { check, Invalid, objectKeys } from './schema.js'
import * as subset from './zod-subset.js'

type Schemas = Map<string, $ZodType>

/** Every schema of the protocol's own contract, written with one of the zods. */
async function contractWith(zod: object): Promise<Schemas> {
  vi.resetModules()
  vi.doMock('#zod', () => zod)
  const [{ info }, { action }, { hub }] = await Promise.all([
    import('./info.js'),
    import('./action.js'),
    import('./hub.js'),
  ])
  vi.doUnmock('#zod')
  const schemas: Schemas = new Map()
  for (const [name, operation] of Object.entries({ ...info, ...action })) {
    schemas.set(`${name} result`, operation.result)
    if ('params' in operation) schemas.set(`${name} params`, operation.params)
  }
  for (const { label, resultSchema, paramsSchema } of [...hub.info.values(), ...hub.action.values()]) {
    schemas.set(`hub ${label} result`, resultSchema)
    if (paramsSchema !== undefined) schemas.set(`hub ${label} params`, paramsSchema)
  }
  for (const [name, schema] of hub.event) schemas.set(`hub event ${name}`, schema)
  return schemas
}

let ours: Schemas
let theirs: [name: string, schemas: Schemas][]
beforeAll(async () => {
  ours = await contractWith(subset)
  theirs = [
    ['zod', await contractWith(classic)],
    ['zod/mini', await contractWith(mini)],
  ]
})
afterEach(() => {
  vi.resetModules()
})

interface Def {
  readonly type: string
  readonly shape?: Record<string, $ZodType>
  readonly element?: $ZodType
  readonly innerType?: $ZodType
  readonly valueType?: $ZodType
  readonly entries?: Record<string, string>
}

/** `__proto__` as a key is refused before a schema sees it. */
const json = fc.jsonValue().filter((value) => !JSON.stringify(value).includes('__proto__'))
const wild = fc.oneof(
  { weight: 4, arbitrary: json },
  fc.constantFrom<unknown>(undefined, Number.NaN, Infinity, -1, 0, '', null),
)
/** Any other key. */
const anyKey = fc.string().filter((key) => key !== '__proto__')

/** Values that a schema takes, and values that it nearly takes. */
function valuesOf(schema: $ZodType): fc.Arbitrary<unknown> {
  const def: Def = schema._zod.def
  return fc.oneof({ weight: 15, arbitrary: fitting(def) }, wild)
}

function fitting(def: Def): fc.Arbitrary<unknown> {
  switch (def.type) {
    case 'string':
      return fc.string()
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true })
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'enum':
      return fc.constantFrom(...Object.values(def.entries!))
    case 'array':
      return fc.array(valuesOf(def.element!), { maxLength: 3 })
    case 'nullable':
      return fc.oneof(fc.constant(null), valuesOf(def.innerType!))
    case 'optional':
    case 'default':
      return fc.oneof(fc.constant(undefined), valuesOf(def.innerType!))
    case 'record':
      return fc.dictionary(anyKey, valuesOf(def.valueType!), { maxKeys: 3 })
    case 'object': {
      const keys = Object.keys(def.shape!)
      const fields = Object.entries(def.shape!).map(([key, field]) => [key, valuesOf(field)] as const)
      const known = fc.record(Object.fromEntries(fields))
      const more = fc.oneof(
        { weight: 5, arbitrary: fc.constant({}) },
        fc.dictionary(anyKey, wild, { maxKeys: 1 }),
      )
      const less = fc.oneof(
        { weight: 5, arbitrary: fc.constant<string[]>([]) },
        fc.subarray<string>(keys, { maxLength: Math.min(1, keys.length) }),
      )
      return fc.tuple(known, more, less).map(([all, others, gone]) => {
        const entries = Object.entries({ ...others, ...all }).filter(([key]) => !gone.includes(key))
        return Object.fromEntries(entries)
      })
    }
    default:
      throw new Error(`no values for ${def.type}: is it in zod-subset.ts?`)
  }
}

/** A verdict as a test compares it: the order of keys is no difference, nor is one whose value is undefined. */
function verdict(schema: $ZodType, value: unknown): unknown {
  const checked = check(schema, structuredClone(value))
  return checked instanceof Invalid ? { problem: checked.message } : { value: structuredClone(checked) }
}

describe('the schemas of the contract', () => {
  test('are all there', () => {
    expect(ours.size).toBe(46)
    for (const [, schemas] of theirs) expect([...schemas.keys()]).toEqual([...ours.keys()])
  })

  test('say the same as zod does, in the same words', () => {
    let fits = 0
    let misfits = 0
    for (const [name, schema] of ours) {
      fc.assert(
        fc.property(valuesOf(theirs[0]![1].get(name)!), (value) => {
          const said = verdict(schema, value)
          for (const [zod, schemas] of theirs)
            expect(said, `${name} with ${zod}`).toEqual(verdict(schemas.get(name)!, value))
          if (Object.hasOwn(said as object, 'problem')) misfits++
          else fits++
        }),
        { numRuns: 200 },
      )
    }
    // Both happened often enough to mean something.
    expect(Math.min(fits, misfits)).toBeGreaterThan(500)
  })

  test('tell their keys, and drop none', () => {
    for (const [name, schema] of ours) {
      for (const [, schemas] of theirs) expect(objectKeys(schema)).toEqual(objectKeys(schemas.get(name)!))
    }
  })
})

test('whatever the contract uses is here', () => {
  for (const [name, made] of Object.entries(subset)) {
    expect(mini).toHaveProperty(name)
    expect(made).toBeTypeOf('function')
  }
})
