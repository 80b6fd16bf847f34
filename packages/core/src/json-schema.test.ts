import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import * as mini from 'zod/mini'
import { defineContract, guestool, hub } from './index.js'
import { contractJsonSchema } from './json-schema.js'

const anything = {}

test('the protocol itself: what may be asked, with which params, giving which result', () => {
  const { info, action, event } = contractJsonSchema(guestool)
  expect(Object.keys(info)).toEqual([...guestool.info.keys()])
  expect(Object.keys(action)).toEqual([...guestool.action.keys()])
  expect(event).toEqual({})
  expect(info.cpu).toMatchObject({
    // A default need not be given.
    params: { type: 'object', properties: { smptime: { type: 'number', default: 0.1, minimum: 0 } } },
    result: { type: 'object', required: ['cpu_percent', 'cpu_ncores', 'cpu_freq', 'cpu_load'] },
  })
  expect(info.cpu?.params).not.toHaveProperty('required')
  expect(info.bots).toEqual({
    params: { type: 'object', properties: {} },
    result: { type: 'array', items: { type: 'string' } },
  })
})

test('it fits what a hub says of itself', () => {
  const schema = contractJsonSchema(guestool)
  expect(hub.info.get('contract')?.checkResult(schema)).toEqual(schema)
})

test.each([
  ['zod', z],
  ['zod/mini', mini],
])('an info, an action and an event of a project, in %s', (_, from) => {
  const own = guestool.extend({
    info: {
      gpu: {
        params: from.object({ card: from.number(), name: from.optional(from.string()) }),
        result: from.record(from.string(), from.number()),
      },
    },
    action: { reboot: { result: from.null() } },
    event: { hot: from.object({ degrees: from.number() }) },
  })
  const { info, action, event } = contractJsonSchema(own)
  expect(info.gpu).toMatchObject({
    params: {
      type: 'object',
      properties: { card: { type: 'number' }, name: { type: 'string' } },
      required: ['card'],
    },
    result: { type: 'object', additionalProperties: { type: 'number' } },
  })
  expect(action.reboot).toEqual({ params: { type: 'object', properties: {} }, result: { type: 'null' } })
  expect(event.hot).toMatchObject({ properties: { degrees: { type: 'number' } }, required: ['degrees'] })
  expect(info.cpu).toBeDefined()
})

test('what the authors of schemas say of them is there', () => {
  const own = defineContract({
    info: { gpu: { params: z.object({ card: z.number().describe('which card') }), result: z.null() } },
  })
  expect(contractJsonSchema(own).info.gpu?.params).toMatchObject({
    properties: { card: { description: 'which card' } },
  })
})

describe('what JSON Schema cannot say is anything, and takes nothing else along', () => {
  const broken = z.object({
    get inner(): z.ZodType {
      throw new Error('not today')
    },
  })
  test.each<[string, z.ZodType, object]>([
    ['a date', z.date(), anything],
    ['a transformed value', z.string().transform(Number), anything],
    ['what is inside', z.object({ at: z.date() }), object({ at: anything })],
    ['a schema that fails when it is looked at', z.lazy(() => broken), anything],
    ['a note that is no JSON', z.string().meta({ most: 2n }), anything],
    ['a name that no frame may have', z.object({ ['__proto__']: z.string() }), anything],
    ['one that names itself', tree(), object({ children: { type: 'array', items: { $ref: '#' } } })],
  ])('%s', (_, result, wanted) => {
    const own = defineContract({ info: { odd: { result }, fine: { result: z.string() } } })
    const { info } = contractJsonSchema(own)
    expect(info.odd?.result).toEqual(wanted)
    expect(info.fine?.result).toEqual({ type: 'string' })
    expect(JSON.parse(JSON.stringify(info))).toEqual(info)
  })
})

function object(properties: Record<string, object>): object {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false }
}

function tree(): z.ZodType {
  const node = z.object({
    get children() {
      return z.array(node)
    },
  })
  return node
}

test('a name that no table may have is left out, and the rest is there', () => {
  const own = defineContract({ info: { ['__proto__']: { result: z.null() }, fine: { result: z.null() } } })
  expect(Object.keys(contractJsonSchema(own).info)).toEqual(['fine'])
})

test('nothing else of core brings the converter along', () => {
  const index = readFileSync(new URL('./index.ts', import.meta.url), 'utf8')
  expect(index).not.toContain('json-schema')
})
