import { VirtualClock } from '@guestool/testing'
import { expect, test } from 'vitest'
import { tokenBucket } from './bucket.js'

const taken = (take: () => boolean, tries: number): number =>
  Array.from({ length: tries }, take).filter(Boolean).length

test('so many at once, so many a second after that, never more than the burst', async () => {
  const clock = new VirtualClock()
  const take = tokenBucket(clock, 16, 1)
  expect(taken(take, 20)).toBe(16)
  await clock.advance(999)
  expect(taken(take, 5)).toBe(0)
  await clock.advance(1)
  expect(taken(take, 5)).toBe(1)
  await clock.advance(3_500)
  expect(taken(take, 5)).toBe(3)
  await clock.advance(3_600_000)
  expect(taken(take, 100)).toBe(16)
})

test('asking often does not keep it empty', async () => {
  const clock = new VirtualClock()
  const take = tokenBucket(clock, 1, 1)
  take()
  for (let i = 0; i < 9; i++) {
    await clock.advance(100)
    expect(take()).toBe(false)
  }
  await clock.advance(101)
  expect(take()).toBe(true)
})
