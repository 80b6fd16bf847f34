import { guestool } from '@guestool/core'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { formOf, type Field } from './form.js'
import { paramsOf } from './params.js'

const fieldOf = (schema: unknown): Partial<Field> | undefined =>
  formOf({ type: 'object', properties: { x: schema } }).fields[0]
const schemaOf = (params: z.core.$ZodType) => z.toJSONSchema(params, { io: 'input', unrepresentable: 'any' })

describe('a form from JSON Schema', () => {
  test.each([
    [{ type: 'string' }, { kind: 'text', nullable: false }],
    [
      { type: 'number', default: 0.1 },
      { kind: 'number', unlessGiven: '0.1', required: false },
    ],
    [{ type: 'integer' }, { kind: 'integer' }],
    [{ type: 'boolean' }, { kind: 'flag' }],
    [{ enum: ['a', 2, null] }, { kind: 'choice', choices: ['"a"', '2', 'null'] }],
    [{ anyOf: [{ const: 'a' }, { const: 'b' }] }, { kind: 'choice', choices: ['"a"', '"b"'] }],
    [{ anyOf: [{ type: 'number' }, { type: 'null' }] }, { kind: 'number', nullable: true }],
    [{ type: ['boolean', 'null'] }, { kind: 'flag', nullable: true }],
    [{ type: ['string', 'null'] }, { kind: 'json' }],
    [{ type: 'array', items: { type: 'string' } }, { kind: 'json' }],
    [{ allOf: [{ type: 'integer' }] }, { kind: 'integer' }],
    [{ description: 'which one' }, { kind: 'json', description: 'which one' }],
    [true, { kind: 'json' }],
    [null, { kind: 'json' }],
  ])('%j', (schema, field) => {
    expect(fieldOf(schema)).toMatchObject(field)
  })

  test('references within the schema are followed, also in a circle', () => {
    const schema = {
      type: 'object',
      properties: {
        a: { $ref: '#/$defs/a~1b', default: 1 },
        c: { $ref: '#/$defs/c' },
        d: { $ref: 'other.json' },
      },
      $defs: { 'a/b': { type: 'integer' }, c: { anyOf: [{ $ref: '#/$defs/c' }] } },
    }
    expect(formOf(schema).fields.map(({ kind, unlessGiven }) => [kind, unlessGiven])).toEqual([
      ['integer', '1'],
      ['json', undefined],
      ['json', undefined],
    ])
    expect(formOf({ $ref: '#' })).toEqual({ fields: [], rest: true })
  })

  test('what takes more than it names, or has no names at all, takes JSON', () => {
    expect(formOf(schemaOf(z.strictObject({})))).toEqual({ fields: [], rest: false })
    expect(formOf(schemaOf(z.looseObject({ a: z.string() })))).toMatchObject({
      rest: true,
      fields: [{ name: 'a' }],
    })
    expect(formOf(schemaOf(z.record(z.string(), z.number())))).toEqual({ fields: [], rest: true })
    for (const odd of [undefined, null, 1, 'x', [], {}, { type: 'array' }])
      expect(formOf(odd)).toEqual({ fields: [], rest: true })
  })

  test('nothing throws, whatever the schema is', () => {
    const keyword = fc.constantFrom(
      'type',
      'properties',
      'required',
      'anyOf',
      'oneOf',
      'allOf',
      'enum',
      'const',
      '$ref',
      'default',
      '$defs',
      'x',
    )
    const leaf = fc.oneof(
      fc.constantFrom('object', 'string', 'null', 'number', '#', '#/properties/x', '#/$defs/x', '__proto__'),
      fc.jsonValue(),
    )
    const { schema } = fc.letrec<{ schema: unknown }>((tie) => ({
      schema: fc.oneof(
        { maxDepth: 6 },
        leaf,
        fc.array(tie('schema'), { maxLength: 3 }),
        fc.dictionary(keyword, tie('schema')),
      ),
    }))
    fc.assert(
      fc.property(schema, fc.string(), (any, text) => {
        const form = formOf({ type: 'object', properties: { x: any }, ...(any as object) })
        const texts = new Map(form.fields.map(({ name }) => [name, text]))
        paramsOf(form, texts, text)
        formOf(any)
      }),
    )
  })
})

describe('parameters from a form', () => {
  const form = formOf(
    schemaOf(
      z.looseObject({
        name: z.string(),
        note: z.string().optional(),
        seconds: z.number().default(1),
        index: z.int().default(0),
        hot: z.boolean().default(true),
        mode: z.enum(['a', 'b']).optional(),
        until: z.nullable(z.number()).optional(),
        list: z.array(z.string()).optional(),
      }),
    ),
  )
  const fill = (texts: Record<string, string>, rest = '') =>
    paramsOf(form, new Map(Object.entries(texts)), rest)

  test('hold what was given and nothing else', () => {
    expect(fill({})).toEqual({ params: { name: '' } })
    const all = {
      name: ' x ',
      note: 'y',
      seconds: ' 1e3 ',
      index: '-2',
      hot: 'false',
      mode: '"b"',
      until: 'null',
    }
    expect(fill({ ...all, list: '["a"]' }, '{"__proto__": 1, "more": 2}')).toEqual({
      params: JSON.parse(
        '{"__proto__": 1, "more": 2, "name": " x ", "note": "y", "seconds": 1000, "index": -2, "hot": false, "mode": "b", "until": null, "list": ["a"]}',
      ) as unknown,
    })
  })

  test.each([
    [{ seconds: 'abc' }, '', { field: 'seconds', problem: 'not_a_number' }],
    [{ seconds: '1e999' }, '', { field: 'seconds', problem: 'not_a_number' }],
    [{ index: '1.5' }, '', { field: 'index', problem: 'not_an_integer' }],
    [{ list: '[1' }, '', { field: 'list', problem: 'not_json' }],
    [{}, '{', { field: undefined, problem: 'not_json' }],
    [{}, '[]', { field: undefined, problem: 'not_an_object' }],
  ])('say what is wrong: %j %s', (texts, rest, problem) => {
    expect(fill(texts, rest)).toEqual(problem)
  })

  test('a number that must be given is missed', () => {
    const needed = formOf(schemaOf(z.object({ n: z.number() })))
    expect(paramsOf(needed, new Map(), '')).toEqual({ field: 'n', problem: 'missing' })
  })

  test('what suits a schema of zod comes back as it was', () => {
    const shape = {
      n: z.number(),
      i: z.int(),
      t: z.string(),
      f: z.boolean(),
      j: z.array(z.int()),
      o: z.number().optional(),
    }
    const whole = z.strictObject(shape)
    const any = fc.record(
      {
        n: fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
        i: fc.maxSafeInteger(),
        t: fc.string(),
        f: fc.boolean(),
        j: fc.array(fc.maxSafeInteger()),
        o: fc.integer(),
      },
      { requiredKeys: ['n', 'i', 't', 'f', 'j'] },
    )
    fc.assert(
      fc.property(any, (params) => {
        const texts = Object.entries(params).map(([name, value]) => {
          return [name, typeof value === 'string' ? value : JSON.stringify(value)] as const
        })
        const filled = paramsOf(formOf(schemaOf(whole)), new Map(texts), '')
        expect('params' in filled && whole.parse(filled.params)).toEqual(params)
      }),
    )
  })
})

test('every operation of the protocol has a form with a field for each parameter', () => {
  for (const operation of [...guestool.info.values(), ...guestool.action.values()]) {
    if (operation.paramsSchema === undefined) continue
    const { fields, rest } = formOf(schemaOf(operation.paramsSchema))
    expect(rest).toBe(false)
    expect(fields.length).toBeGreaterThan(0)
  }
})
