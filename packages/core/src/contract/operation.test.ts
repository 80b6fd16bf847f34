import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { defineContract, type OperationDefinition } from './contract.js'
import { Invalid } from './schema.js'

const operation = (
  params: OperationDefinition['params'],
  result: OperationDefinition['result'] = z.unknown(),
) => defineContract({ info: { x: params === undefined ? { result } : { params, result } } }).info.get('x')!

const problem = (checked: unknown): string => (checked instanceof Invalid ? checked.message : 'it fits')

describe('a misspelt key is refused, never silently stripped', () => {
  const shape = { physical_only: z.boolean().default(true) }
  test.each([
    ['a plain object', z.object(shape)],
    ['a strict object', z.strictObject(shape)],
    ['an object with a catchall never', z.object(shape).catchall(z.never())],
  ])('of %s', (_name, params) => {
    expect(problem(operation(params).checkParams({ phisical_only: false }))).toContain('phisical_only')
    expect(operation(params).checkParams({ physical_only: false })).toEqual({ physical_only: false })
  })

  test('a loose object says itself that it takes more', () => {
    expect(operation(z.looseObject(shape)).checkParams({ other: 1 })).toEqual({
      physical_only: true,
      other: 1,
    })
  })

  test('an operation without params takes none', () => {
    expect(operation(undefined).checkParams({})).toEqual({})
    expect(problem(operation(undefined).checkParams({ x: 1 }))).toBe('unknown key "x"')
  })
})

describe('the sole parameter may stand alone', () => {
  const one = operation(z.object({ smptime: z.number().default(0.1) }))
  const two = operation(z.object({ a: z.number().default(1), b: z.number().default(2) }))
  const none = operation(undefined)

  test.each([
    [0.5, { smptime: 0.5 }],
    [0, { smptime: 0 }],
    [false, { smptime: false }],
    ['', { smptime: '' }],
    [undefined, {}],
    [{ smptime: 0.5 }, { smptime: 0.5 }],
    [{}, {}],
  ])('%j becomes %j', (params, object) => {
    expect(one.toParams(params)).toEqual(object)
  })

  test.each([null, [1], new Map()])('but not %s, which says nothing clear', (params) => {
    expect(one.toParams(params)).toBe(params)
  })

  test('and not where there are none or several', () => {
    expect(two.toParams(5)).toBe(5)
    expect(problem(two.checkParams(two.toParams(5)))).toBe('expected object, got number')
    expect(none.toParams(5)).toBe(5)
    expect([one.soleParam, two.soleParam, none.soleParam]).toEqual(['smptime', undefined, undefined])
  })
})

describe('problems name the place and what was expected', () => {
  const params = z.object({
    n: z.number().optional(),
    mode: z.enum(['a', 'b']).optional(),
    deep: z.object({ list: z.array(z.string()) }).optional(),
    step: z.number().multipleOf(5).lt(100).optional(),
    id: z.uuid().optional(),
    either: z.union([z.string(), z.number()]).optional(),
    own: z
      .string()
      .refine((text) => text !== 'bad', 'must not be bad')
      .optional(),
  })
  test.each([
    [{ n: '1' }, 'n: expected number, got string'],
    [{ n: NaN }, 'n: expected number, got NaN'],
    [{ n: null }, 'n: expected number, got null'],
    [{ mode: 'c' }, 'mode: expected a or b, got string'],
    [{ deep: { list: ['x', 5] } }, 'deep.list[1]: expected string, got number'],
    [{ deep: [] }, 'deep: expected object, got array'],
    [{ step: 7 }, 'step: must be a multiple of 5'],
    [{ step: 100 }, 'step: must be less than 100'],
    [{ id: 'x' }, 'id: is not a valid uuid'],
    [{ either: true }, 'either: fits none of the alternatives, got boolean'],
    [{ own: 'bad' }, 'own: must not be bad'],
    [{ m: 1 }, 'unknown key "m"'],
  ])('%j: %s', (value, text) => {
    expect(problem(operation(params).checkParams(value))).toBe(text)
  })
})

describe('a schema that throws instead of judging', () => {
  const hostile = z.custom<{ a: { b: string } }>((value: any) => value.a.b.length > 0)

  test('does not let a peer throw through us: what it fails on does not fit', () => {
    expect(problem(operation(undefined, hostile).checkResult({}))).toContain('schema')
    expect(operation(undefined, hostile).checkResult({ a: { b: 'x' } })).toEqual({ a: { b: 'x' } })
  })

  test('an asynchronous schema is refused with a sentence', () => {
    const asynchronous = z.string().refine(async () => true)
    expect(problem(operation(undefined, asynchronous).checkResult('x'))).toContain('synchronous')
  })
})

test('a value that changed is checked anew, by a schema that holds itself, too', () => {
  const node = z.object({
    name: z.string(),
    get children() {
      return z.array(node)
    },
  })
  const tree: Record<string, unknown> = { name: 'a', children: [] }
  const info = operation(undefined, node)
  expect(info.checkResult(tree)).toEqual(tree)
  tree['name'] = 5
  expect(problem(info.checkResult(tree))).toBe('name: expected string, got number')
})
