import { VirtualClock } from '@guestool/testing'
import { expect, test } from 'vitest'
import { Bucket } from './bucket.js'

const taken = (bucket: Bucket, tries: number): number =>
  Array.from({ length: tries }, () => bucket.take()).filter(Boolean).length

test('so many at once, so many a second after that, never more than the burst', async () => {
  const clock = new VirtualClock()
  const bucket = new Bucket(clock, 16, 1)
  expect(taken(bucket, 20)).toBe(16)
  await clock.advance(999)
  expect(taken(bucket, 5)).toBe(0)
  await clock.advance(1)
  expect(taken(bucket, 5)).toBe(1)
  await clock.advance(3_500)
  expect(taken(bucket, 5)).toBe(3)
  await clock.advance(3_600_000)
  expect(taken(bucket, 100)).toBe(16)
})

test('asking often does not keep it empty', async () => {
  const clock = new VirtualClock()
  const bucket = new Bucket(clock, 1, 1)
  bucket.take()
  for (let i = 0; i < 9; i++) {
    await clock.advance(100)
    expect(bucket.take()).toBe(false)
  }
  await clock.advance(101)
  expect(bucket.take()).toBe(true)
})
