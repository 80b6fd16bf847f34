import { expect, test } from 'vitest'
import { botRows } from './bot-rows.js'

const none = { online: undefined, since: undefined, events: undefined, calls: undefined, silent: undefined }

test('is one row for each bot that is told of anywhere: silent, online, departed', () => {
  const rows = botRows({
    online: ['b', 'a'],
    since: { a: 10, gone: 5 },
    events: { a: { message: 3, notice: 4, request: 0 }, b: {} },
    calls: undefined,
    silent: ['b', 'gone'],
  })
  expect(rows.map(({ id, state, since }) => [id, state, since])).toEqual([
    ['b', 'silent', undefined],
    ['a', 'online', 10],
    ['gone', 'departed', 5],
  ])
  expect(rows.map(({ events }) => events)).toEqual([
    { sum: 0, names: [] },
    {
      sum: 7,
      names: [
        ['notice', 4],
        ['message', 3],
      ],
    },
    undefined,
  ])
  expect(rows[0]?.calls).toBeUndefined()
})

test('a bot may be called as what objects have', () => {
  const [row] = botRows({ ...none, online: ['constructor'], events: {}, calls: {} })
  expect(row).toEqual({
    id: 'constructor',
    state: 'online',
    since: undefined,
    events: undefined,
    calls: undefined,
  })
})
