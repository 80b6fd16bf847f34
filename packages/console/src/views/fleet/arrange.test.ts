import { expect, test } from 'vitest'
import { conditionOf, type Member, type Vitals } from '../../app/fleet/member.js'
import { problemsIn, tallyOf } from '../../app/fleet/problems.js'
import { arrange, firstWish, type Item, type Wish } from './arrange.js'

const now = 1_800_000_000

function member(id: string, changes: Partial<Member> = {}): Member {
  return {
    id,
    state: 'alive',
    stateTs: now,
    connectedTs: now,
    address: '10.0.0.1',
    roundTripMs: 1,
    reason: undefined,
    vitals: undefined,
    ...changes,
  }
}

function vitals(changes: Partial<Vitals>): Vitals {
  return {
    id: '',
    ts: now,
    cpu_percent: null,
    memory_percent: null,
    events_per_minute: null,
    api_calls_per_minute: null,
    bots: [],
    ...changes,
  }
}

const bot = (state: Vitals['bots'][number]['state'], id = '10001') => ({ id, state, state_ts: now - 60 })

const fleet = [
  member('well-10', { vitals: vitals({ cpu_percent: 5, bots: [bot('online')] }) }),
  member('well-9', { vitals: vitals({ cpu_percent: 90 }) }),
  member('silent', { vitals: vitals({ bots: [bot('silent'), bot('online')] }), address: '10.0.0.2' }),
  member('departed', { vitals: vitals({ bots: [bot('departed', 'sales-bot'), bot('silent')] }) }),
  member('awaited', { state: 'gone', connectedTs: null, address: null }),
  member('stuck', {
    state: 'unresponsive',
    vitals: vitals({ bots: [bot('departed')] }),
    address: '10.0.0.2',
  }),
  member('gone', { state: 'gone', vitals: vitals({ bots: [bot('silent')] }) }),
]

const keys = (items: readonly Item[]): string[] => items.map(({ key }) => key)
const arranged = (wish: Partial<Wish> = {}): string[] => keys(arrange(fleet, { ...firstWish, ...wish }))

test('the worst is first; equals are in the order that people count in', () => {
  const order = ['gone', 'stuck', 'awaited', 'departed', 'silent', 'well-9', 'well-10']
  expect(arranged()).toEqual(order)
  expect(keys(arrange(fleet.toReversed(), firstWish))).toEqual(order)
  expect(fleet.map((each) => conditionOf(each))).toEqual([
    'well',
    'well',
    'silent',
    'departed',
    'awaited',
    'unresponsive',
    'gone',
  ])
})

test('the number of problems is that of guests that are not well', () => {
  expect(tallyOf(fleet)).toEqual({ gone: 1, unresponsive: 1, awaited: 1, departed: 1, silent: 1, well: 2 })
  expect(problemsIn(tallyOf(fleet))).toBe(5)
})

test('is filtered by what is in the name, the address or a bot, whatever its case', () => {
  expect(arranged({ text: ' WELL ' })).toEqual(['well-9', 'well-10'])
  expect(arranged({ text: '0.0.2' })).toEqual(['stuck', 'silent'])
  expect(arranged({ text: 'Sales' })).toEqual(['departed'])
  expect(arranged({ text: '(' })).toEqual([])
})

test('is filtered by state', () => {
  expect(arranged({ show: 'problems' })).toHaveLength(5)
  expect(arranged({ show: 'bots' })).toEqual(['departed', 'silent'])
  expect(arranged({ show: 'awaited' })).toEqual(['awaited'])
  expect(arranged({ show: 'well', text: '9' })).toEqual(['well-9'])
})

test('is sorted by a number, the most first, and what has none stays last either way', () => {
  expect(arranged({ sort: 'cpu' }).slice(0, 2)).toEqual(['well-9', 'well-10'])
  expect(arranged({ sort: 'cpu', reversed: true }).slice(0, 2)).toEqual(['well-10', 'well-9'])
  expect(arranged({ sort: 'name', reversed: true })[0]).toBe('well-10')
})

test('machines have their guests below them, the machine with the worst guest first', () => {
  expect(arranged({ byMachine: true })).toEqual([
    'machine 10.0.0.1',
    'gone',
    'departed',
    'well-9',
    'well-10',
    'machine 10.0.0.2',
    'stuck',
    'silent',
    'machine null',
    'awaited',
  ])
})
