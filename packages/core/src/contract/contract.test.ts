import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import * as mini from 'zod/mini'
import { z as z3 } from 'zod/v3'
import { defineContract } from './contract.js'
import { guestool } from './guestool.js'
import type { Operation } from './operation.js'
import { Invalid } from './schema.js'

const problem = (checked: unknown): string => (checked instanceof Invalid ? checked.message : 'it fits')
const resultOf = (name: string, value: unknown) => guestool.info.get(name)!.checkResult(value)

describe("the protocol's own contract", () => {
  // Names, parameters and defaults as the specification has them.
  const infos = [
    ['python_version', {}],
    ['cpu', { smptime: 0.1 }],
    ['memory', {}],
    ['all_partitions', { physical_only: true }],
    ['all_disk_io', { smptime: 1 }],
    ['all_network_io', { smptime: 1 }],
    ['processes', { smptime: 1 }],
    ['system_platform', {}],
    ['time', {}],
    ['bots', {}],
    ['bots_connect_time', {}],
    ['recv_events', {}],
    ['apicall', {}],
  ] as const

  test('has the 13 infos, four actions and no events', () => {
    expect([...guestool.info.keys()]).toEqual(infos.map(([name]) => name))
    expect([...guestool.action.keys()]).toEqual([
      'matcher/list',
      'matcher/info',
      'matcher/hack',
      'matcher/remove',
    ])
    expect(guestool.event.size).toBe(0)
  })

  test.each(infos)('%s has the defaults of the specification', (name, defaults) => {
    expect(guestool.info.get(name)!.checkParams({})).toEqual(defaults)
  })

  test.each(
    [...guestool.info.values(), ...guestool.action.values()].map((o): [string, Operation] => [o.label, o]),
  )('%s refuses a key that it does not know, and params that are no object', (_label, operation) => {
    expect(problem(operation.checkParams({ extra: 1 }))).not.toBe('it fits')
    expect(problem(operation.checkParams({ smptine: 1 }))).not.toBe('it fits')
    for (const params of [null, [], '', '{}', 5, undefined])
      expect(problem(operation.checkParams(params))).toMatch(/^expected object, got/)
  })

  test('cpu and processes spoil each other', () => {
    const exclusive = [...guestool.info.values()].filter((o) => o.exclusive).map((o) => o.name)
    expect(exclusive).toEqual(['cpu', 'processes'])
  })

  test('the guard for sampling is on each info that samples', () => {
    const sampling = [...guestool.info.values()].filter((o) => o.sampling === 'smptime').map((o) => o.name)
    expect(sampling).toEqual(['cpu', 'all_disk_io', 'all_network_io', 'processes'])
  })

  test.each([-0.001, NaN, Infinity, -Infinity, '1', null, true, []])('smptime may not be %j', (smptime) => {
    expect(guestool.info.get('cpu')!.checkParams({ smptime })).toBeInstanceOf(Invalid)
  })

  test('results may hold more than is known, and what varies on real machines', () => {
    const cpu = {
      cpu_percent: 100,
      cpu_ncores: { physical: null, logical: 2, newer: 1 },
      cpu_freq: { current: 2596.126, min: 0, max: 0 },
      cpu_load: { last1m: 1.4, last5m: 1.1, last15m: 0.6 },
      newer: 'key',
    }
    expect(resultOf('cpu', cpu)).toEqual(cpu)
    const bots = { ['机器人-😀']: 1.5, error: 2, constructor: 3, ['']: 4 }
    expect(resultOf('bots_connect_time', bots)).toEqual(bots)
    const processes = [{ pid: 1, name: 'a\ud800\nb', age: 1, cpu_stdperc: 250.5, cpu_normalized: 3, mem: 0 }]
    expect(resultOf('processes', processes)).toEqual(processes)
    expect(problem(resultOf('processes', [{ pid: '1' }]))).toBe('[0].pid: expected number, got string')
    expect(problem(resultOf('cpu', { ...cpu, cpu_percent: undefined }))).toBe(
      'cpu_percent: expected number, got undefined',
    )
  })
})

describe('extend', () => {
  const extended = guestool.extend({
    info: {
      gpu: { params: z.object({ index: z.int().default(0) }), result: z.object({ name: z.string() }) },
    },
    action: { restart: { result: z.null() } },
    event: { bot_online: z.object({ bot: z.string() }) },
  })

  test('adds, keeps what was there, and leaves the original alone', () => {
    expect(extended.info.size).toBe(14)
    expect(extended.info.get('cpu')).toBe(guestool.info.get('cpu'))
    expect(extended.action.has('restart')).toBe(true)
    expect(extended.event.has('bot_online')).toBe(true)
    expect(guestool.info.has('gpu')).toBe(false)
    expect(extended.extend({ info: { npu: { result: z.string() } } }).info.size).toBe(15)
  })

  test('a name that is taken throws, in each kind', () => {
    const result = z.string()
    expect(() => guestool.extend({ info: { cpu: { result } } })).toThrow(
      'info cpu is already in the contract',
    )
    expect(() => guestool.extend({ action: { 'matcher/list': { result } } })).toThrow('already')
    expect(() => extended.extend({ event: { bot_online: z.object({}) } })).toThrow('already')
    // Kinds are name spaces of their own.
    expect(guestool.extend({ action: { cpu: { result } } }).action.has('cpu')).toBe(true)
  })
})

describe('what a contract may not be', () => {
  const result = z.string()
  test.each([
    [
      'a parameter of an info called info',
      { info: { x: { params: z.object({ info: z.string() }), result } } },
    ],
    [
      'a parameter of an action called action',
      { action: { x: { params: z.object({ action: z.string() }), result } } },
    ],
    ['a field of an event called event', { event: { x: z.object({ event: z.string() }) } }],
  ])('%s: revision 1 keeps the name there', (_name, definition) => {
    expect(() => defineContract(definition)).toThrow(TypeError)
    expect(() => defineContract(definition)).toThrow('revision 1')
    expect(() => guestool.extend(definition)).toThrow('revision 1')
  })

  test('but the other kinds’ words are free', () => {
    const params = z.object({ action: z.string(), event: z.string() })
    expect(() => defineContract({ info: { x: { params, result } } })).not.toThrow()
  })

  test.each(['reject', 'report', 'report/info', 'report/x'])('an event called %s', (name) => {
    expect(() => defineContract({ event: { [name]: z.object({}) } })).toThrow(/mean something else/)
  })

  test.each(['', '/', 'a/', '/a', 'a//b', 'a b', 'ü', 'a?b', 'a%20b', '.', '..', 'a/../b', '.a', 'a\n'])(
    'a name such as %j, which no path holds',
    (name) => {
      for (const definition of [{ info: { [name]: { result } } }, { event: { [name]: z.object({}) } }])
        expect(() => defineContract(definition)).toThrow('a name is letters')
    },
  )

  test.each(['a', 'A-1_b.c', 'matcher/list', 'a/b/c', '_', '9'])('a name may be %s', (name) => {
    expect(defineContract({ info: { [name]: { result } } }).info.has(name)).toBe(true)
  })

  test('a schema of zod 3: a sentence says what to do', () => {
    const old = z3.object({ a: z3.string() }) as never
    expect(() => defineContract({ info: { x: { result: old } } })).toThrow(
      'the result of info x is a zod 3 schema; import z from zod 4 ("zod" ^4 or "zod/v4")',
    )
    expect(() => defineContract({ info: { x: { params: old, result } } })).toThrow(
      'params of info x is a zod 3',
    )
    expect(() => defineContract({ event: { x: old } })).toThrow('the data of event x is a zod 3')
  })

  test.each([undefined, null, 'string', {}, () => true])('something else than a schema: %s', (schema) => {
    expect(() => defineContract({ info: { x: { result: schema as never } } })).toThrow('is not a zod schema')
  })

  test.each([
    ['a string', z.string()],
    ['a record', z.record(z.string(), z.string())],
    ['an array', z.array(z.string())],
    ['a union', z.union([z.object({ a: z.string() }), z.object({ b: z.string() })])],
  ])('params that are %s', (_name, params) => {
    expect(() => defineContract({ info: { x: { params, result } } })).toThrow('must be an object schema')
  })
})

describe('classic and mini schemas are both taken', () => {
  test.each([
    ['classic', z.object({ n: z.number().min(1).default(2) }), z.array(z.string())],
    [
      'mini',
      mini.object({ n: mini._default(mini.number().check(mini.gte(1)), 2) }),
      mini.array(mini.string()),
    ],
  ])('%s', (_name, params, result) => {
    const operation = defineContract({ info: { x: { params, result } } }).info.get('x')!
    expect(operation.checkParams({})).toEqual({ n: 2 })
    expect(problem(operation.checkParams({ n: 0 }))).toBe('n: must be at least 1')
    expect(problem(operation.checkParams({ m: 1 }))).toBe('unknown key "m"')
    expect(problem(operation.checkResult(['a', 5]))).toBe('[1]: expected string, got number')
  })
})
