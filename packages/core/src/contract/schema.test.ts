import { expect, test } from 'vitest'
import * as z from 'zod'
import type { $ZodType } from 'zod/v4/core'
import { compiled } from './generated.js'
import * as never from './generated-never.js'
import { check, Invalid } from './schema.js'
import * as subset from './zod-subset.js'

const of = (classic: typeof z): Record<string, $ZodType> => {
  const bot = classic.looseObject({ id: classic.string() })
  return {
    list: classic.array(bot),
    'list in an object': classic.looseObject({ bots: classic.array(bot) }),
    'record of records': classic.record(classic.string(), classic.record(classic.string(), bot)),
    'nullable list': classic.nullable(classic.array(bot)),
    'optional list': classic.looseObject({ bots: classic.optional(classic.array(bot)) }),
    'list with a default': classic.looseObject({ bots: classic._default(classic.array(bot), []) }),
  }
}

const count = 1_000
/** Things that fit nothing, and how often somebody looked into one. */
function counting() {
  let looks = 0
  const bad = () =>
    Object.defineProperty({}, 'id', {
      enumerable: true,
      get: () => {
        looks++
        return 5
      },
    })
  const list = Array.from({ length: count }, bad)
  const record = Object.fromEntries(list.map((each, i) => [`k${i}`, each]))
  return { list, record, looks: () => looks }
}

const made = { zod: of(z), 'what stands for zod in a browser': of(subset as unknown as typeof z) }
const cases = Object.entries(made).flatMap(([whose, schemas]) =>
  Object.entries(schemas).map(([what, schema]) => ({ what: `${what} of ${whose}`, name: what, schema })),
)

test.each(cases)('$what: of a thousand problems the first is looked for alone', ({ name, schema }) => {
  const { list, record, looks } = counting()
  const value =
    name === 'record of records'
      ? { a: {}, b: record }
      : name === 'list' || name === 'nullable list'
        ? list
        : { bots: list }
  const checked = check(compiled(schema), value)
  expect(checked).toBeInstanceOf(Invalid)
  const path = { list: '[0]', 'nullable list': '[0]', 'record of records': 'b.k0' }[name] ?? 'bots[0]'
  expect((checked as Invalid).message).toBe(`${path}.id: expected string, got number`)
  expect(looks()).toBeLessThan(20)
})

test('where no code is generated, too', () => {
  const { list, looks } = counting()
  const payload = never.run(never.compiled(made['what stands for zod in a browser'].list!), list)
  expect(payload).toMatchObject({ issues: [{ expected: 'string', path: [0, 'id'] }] })
  expect(looks()).toBeLessThan(20)
})

test.each([
  [z.array(z.string()).check(z.minLength(2)), ['a'], 'must be at least 2'],
  [z.strictObject({ a: z.optional(z.string()) }), { b: 1 }, 'unknown key "b"'],
  [z.strictObject({ a: z.string() }), {}, 'a: expected string, got undefined'],
  [
    z.looseObject({ a: z.exactOptional(z.string()), b: z.number() }),
    { b: '' },
    'b: expected number, got string',
  ],
  [z.array(z.union([z.string(), z.number()])), ['', null], '[1]: fits none of the alternatives, got null'],
  [
    z.looseObject({ a: z.array(z.string()).catch([]), b: z.null() }),
    { a: [1], b: 1 },
    'b: expected null, got number',
  ],
  [z.record(z.string().check(z.maxLength(1)), z.number()), { ab: 1 }, 'ab: '],
])('what is wrong with a whole is found, too: %#', (schema, value, message) => {
  const checked = check(compiled(schema), value)
  expect(checked).toBeInstanceOf(Invalid)
  expect((checked as Invalid).message).toContain(message)
})
