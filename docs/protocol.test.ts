import {
  closeCode,
  decode,
  dialsAgain,
  guestool,
  hub,
  limits,
  Malformed,
  wireCodes,
  type Operation,
} from '@guestool/core'
import { describe, expect, test } from 'vitest'
import { fieldsOf, paramsOf, unknownKeys } from './test/contract.js'
import { parseExchange } from './test/exchange.js'
import { codes, Page } from './test/markdown.js'
import { play } from './test/play.js'

const page = new Page('docs/protocol.md')
const json = page.fences.filter(({ language }) => language.startsWith('json'))
const infos = [...guestool.info.values(), ...hub.info.values()]
const actions = [...guestool.action.values(), ...hub.action.values()]
const operations = [...infos, ...actions]

const marked = (word: string) => json.filter(({ words }) => words[0] === word)

function operationOf(name: string | undefined): Operation {
  const operation = operations.find((each) => each.name === name)
  if (operation === undefined) throw new Error(`the contract has no ${name}`)
  return operation
}

/** The page's example results by kind and name. */
const results = new Map(
  marked('result').map(({ words, body }): [string, unknown] => [
    operationOf(words[1]).label,
    JSON.parse(body),
  ]),
)

test('every JSON fence says what it is', () => {
  const kinds = new Set(['message', 'result', 'exchange'])
  expect(json.filter(({ words }) => !kinds.has(words[0] ?? '')).map(({ where }) => where)).toEqual([])
})

test.each(marked('message'))('the message at $where is one', ({ body }) => {
  expect(decode(body)).not.toBeInstanceOf(Malformed)
})

test.each(marked('result'))('the result at $where fits the contract', ({ words, body }) => {
  const value: unknown = JSON.parse(body)
  const operation = operationOf(words[1])
  expect(operation.checkResult(value)).toEqual(value)
  expect(unknownKeys(operation, value)).toEqual([])
})

test('every info and action has an example', () => {
  expect([...results.keys()].toSorted()).toEqual(operations.map(({ label }) => label).toSorted())
})

describe('exchanges', () => {
  const cast = marked('exchange')
    .map(parseExchange)
    .flatMap((exchange) => exchange.real.map((real) => ({ exchange, real, where: exchange.where })))

  test.each(cast)('$where with a real $real', ({ exchange, real }) => play(exchange, real, results))
})

describe('tables', () => {
  test.each(infos)('$name: its parameters and fields', (info) => {
    const params = page.rows(`\`${info.name}\``, 'parameter')
    expect(
      params.map((row) => ({
        name: codes(row.get('parameter') ?? '')[0],
        type: row.get('type'),
        fallback: codes(row.get('default') ?? '')[0],
      })),
    ).toEqual(paramsOf(info))
    const fields = page.rows(`\`${info.name}\``, 'field')
    expect(
      fields.map((row) => ({
        path: codes(row.get('field') ?? '')[0]?.replaceAll(/\{\w+\}/g, '{}'),
        type: row.get('type'),
      })),
    ).toEqual(fieldsOf(info))
  })

  test('the exclusive infos are called so', () => {
    const called = infos.filter(({ name }) => page.section(`\`${name}\``).join('\n').includes('[Exclusive]'))
    expect(called).toEqual(infos.filter(({ exclusive }) => exclusive))
  })

  test('the fields of a matcher', () => {
    const rows = page.rows('Actions', 'field').map((row) => codes(row.get('field') ?? '')[0] ?? '')
    const own = fieldsOf(operationOf('matcher/info')).map(({ path }) => path.split('.')[0] ?? '')
    expect([...rows, 'plugin_name', 'module_name'].toSorted()).toEqual([...new Set(own)].toSorted())
    const rule = page.rows('Actions', 'field').find((row) => row.get('field') === '`rule`')
    const inRule = fieldsOf(operationOf('matcher/info')).flatMap(
      ({ path }) => /^rule\.(\w+)/.exec(path)?.[1] ?? [],
    )
    expect(codes(rule?.get('unit, meaning') ?? '')).toEqual([...new Set(inRule)])
    expect(paramsOf(operationOf('matcher/hack')).map(({ name }) => name)).toEqual(['id', ...rows])
  })

  test('the parameters of subscribe, and the events of a hub', () => {
    const rows = page.rows('`subscribe`', 'parameter')
    expect(rows.map((row) => codes(row.get('parameter') ?? '')[0])).toEqual(
      paramsOf(operationOf('subscribe')).map(({ name }) => name),
    )
    const events = page.rows('Events of a hub', 'event').map((row) => codes(row.get('event') ?? '')[0] ?? '')
    expect(events.toSorted()).toEqual([...hub.event.keys()].toSorted())
  })

  test('the codes that travel', () => {
    expect(page.rows('Codes', 'code').map((row) => codes(row.get('code') ?? '')[0])).toEqual([...wireCodes])
  })

  test('the close codes, and whether to dial again', () => {
    const rows = page.rows('Close codes', 'code')
    expect(rows.map((row) => Number(row.get('code')))).toEqual(
      Object.values(closeCode).toSorted((a, b) => a - b),
    )
    for (const row of rows)
      expect(row.get('dial again?')).toMatch(new RegExp(`^${dialsAgain(Number(row.get('code')))}\\b`))
  })

  test('the limits', () => {
    const rows = page.rows('Limits', 'limit')
    const told = rows.map((row) => [codes(row.get('limit') ?? '')[0], row.get('value')])
    const real = Object.entries(limits).map(([name, value]) => [
      name,
      typeof value === 'number' ? `${value}` : `${value.base}, ${value.cap}`,
    ])
    // A module's exports have no order of their own.
    expect(told.map(String).toSorted()).toEqual(real.map(String).toSorted())
  })
})
