import { Failure, guestool } from '@guestool/core'
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
  await clock.advance(3 * minute)
  expect(botsOf('alpha')).toEqual([1, null, null])
  await visit('alpha', 2)
  expect(botsOf('alpha')).toEqual([1, null, null, 2])
})

test('one that comes back after a day begins anew, and so does one that was forgotten', async () => {
  await visit('alpha', 1)
  await clock.advance(24 * hour)
  expect(botsOf('alpha')?.[0]).toBe(1)
  await clock.advance(minute)
  await visit('alpha', 2)
  await visit('alpha', 2)
  expect(botsOf('alpha')).toEqual([2])
  histories.forget('alpha')
  expect(histories.get('alpha')).toBeUndefined()
})

test('one that is here is not forgotten, however long it has said nothing', async () => {
  await visit('alpha', 1)
  await clock.advance(30 * hour)
  expect(botsOf('alpha', 60)).toEqual(Array.from({ length: 60 }, () => null))
})

test('who looks at the history of a guest that is away has it sampled more often once it is back', async () => {
  await visit('alpha')
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
  // What bots count is asked once a minute.
  expect(asked).toBe(5 * 3 + 2)
})
