import { Failure, guestool, limits } from '@guestool/core'
import { VirtualClock } from '@guestool/testing'
import { beforeEach, expect, test } from 'vitest'
import { Histories } from './histories.js'
import type { SampledGuest } from './vitals.js'

const minute = 60_000
const hour = 60 * minute

let clock: VirtualClock
let histories: Histories

beforeEach(() => {
  clock = new VirtualClock()
  histories = new Histories(clock, guestool)
})

/** A guest with this many bots, and nothing else to say. */
function guest(id: string, bots = 1): SampledGuest {
  const names = Array.from({ length: bots }, String)
  return {
    id,
    state: 'alive',
    roundTrip: undefined,
    ask: ({ name }) => Promise.resolve(name === 'bots' ? names : new Failure('failed', 'not today')),
  }
}

/** A guest joins and is sampled once. */
async function visit(id: string, bots?: number): Promise<void> {
  histories.joined(guest(id, bots)).beat()
  await clock.settle()
}

const botsOf = (id: string, minutes = 1_440) => histories.get(id)?.read(minutes, clock.wall()).bots

test('a guest that was never here has no history, and one that has just joined an empty one', () => {
  expect(histories.get('alpha')).toBeUndefined()
  histories.joined(guest('alpha'))
  expect(botsOf('alpha')).toEqual([])
})

test('a guest that comes back finds its history, with a gap', async () => {
  await visit('alpha', 1)
  histories.left('alpha', true)
  expect(botsOf('alpha')).toEqual([1])
  await clock.advance(3 * minute)
  expect(botsOf('alpha')).toEqual([1, null, null])
  await visit('alpha', 2)
  expect(botsOf('alpha')).toEqual([1, null, null, 2])
})

test('one that left is forgotten after a day, and begins anew', async () => {
  await visit('alpha', 1)
  histories.left('alpha', true)
  await clock.advance(24 * hour)
  expect(botsOf('alpha')?.[0]).toBe(1)
  await clock.advance(minute)
  expect(histories.get('alpha')).toBeUndefined()
  await visit('alpha', 2)
  expect(botsOf('alpha')).toEqual([2])
})

test('one that is here is not, however long it has said nothing', async () => {
  await visit('alpha', 1)
  await clock.advance(30 * hour)
  expect(botsOf('alpha', 60)).toEqual(Array.from({ length: 60 }, () => null))
  await visit('alpha', 2)
  expect(botsOf('alpha', 60)?.at(-1)).toBe(2)
})

test('an id that was made up for one connection is not remembered', async () => {
  await visit('x7Kf', 1)
  expect(botsOf('x7Kf')).toEqual([1])
  histories.left('x7Kf', false)
  expect(histories.get('x7Kf')).toBeUndefined()
})

test('nor is one that said nothing while it was here', () => {
  histories.joined(guest('alpha'))
  histories.left('alpha', true)
  expect(histories.get('alpha')).toBeUndefined()
})

test('of too many that left, the one that was sampled longest ago is forgotten; nobody who is here is', async () => {
  for (let i = 0; i < limits.rememberedGuests + 500; i++) histories.joined(guest(`here-${i}`)).beat()
  // Sampled first, and last to leave.
  await visit('old')
  await clock.advance(minute)
  for (let i = 0; i < limits.rememberedGuests - 1; i++) histories.joined(guest(`gone-${i}`)).beat()
  await clock.settle()
  for (let i = 0; i < limits.rememberedGuests - 1; i++) histories.left(`gone-${i}`, true)
  histories.left('old', true)
  expect(botsOf('old')).toEqual([1])

  await visit('one-more')
  histories.left('one-more', true)
  expect(histories.get('old')).toBeUndefined()
  expect(botsOf('one-more')).toEqual([1])
  for (let i = 0; i < limits.rememberedGuests - 1; i++) expect(botsOf(`gone-${i}`)).toHaveLength(1)
  for (let i = 0; i < limits.rememberedGuests + 500; i++) expect(botsOf(`here-${i}`)).toHaveLength(1)

  await clock.advance(minute)
  await visit('another')
  histories.left('another', true)
  const left = Array.from({ length: limits.rememberedGuests - 1 }, (_, i) => histories.get(`gone-${i}`))
  expect(left.filter((history) => history === undefined)).toHaveLength(1)
})

test('those that came back are not among those that left', async () => {
  const half = limits.rememberedGuests / 2
  const ids = Array.from({ length: 3 * half }, (_, i) => `guest-${i}`)
  for (const id of ids) histories.joined(guest(id)).beat()
  await clock.settle()
  const [first, second, third] = [ids.slice(0, half), ids.slice(half, 2 * half), ids.slice(2 * half)]
  for (const id of [...first, ...second]) histories.left(id, true)
  for (const id of second) histories.joined(guest(id))
  for (const id of third) histories.left(id, true)
  for (const id of ids) expect(botsOf(id)).toBeDefined()
})

test('who looks at the history of a guest that is away has it sampled more often once it is back', async () => {
  await visit('alpha')
  histories.left('alpha', true)
  expect(botsOf('alpha')).toEqual([1])
  let asked = 0
  const back = guest('alpha')
  const vitals = histories.joined({
    ...back,
    ask: (...question) => {
      asked++
      return back.ask(...question)
    },
  })
  for (let i = 0; i < 5; i++) {
    vitals.beat()
    await clock.advance(1_000)
  }
  expect(asked).toBe(5 * 3)
})
