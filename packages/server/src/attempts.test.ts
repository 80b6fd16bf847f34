import { limits } from '@guestool/core'
import { VirtualClock } from '@guestool/testing'
import { expect, test } from 'vitest'
import { Attempts } from './attempts.js'

function fail(attempts: Attempts, address: string | undefined, times: number): void {
  for (let time = 0; time < times; time++) attempts.failed(address)
}

test('ten may fail in a burst, then one every six seconds', async () => {
  const clock = new VirtualClock()
  const attempts = new Attempts(clock)
  fail(attempts, '192.0.2.7', 9)
  expect(attempts.allows('192.0.2.7')).toBe(true)
  fail(attempts, '192.0.2.7', 1)
  expect(attempts.allows('192.0.2.7')).toBe(false)
  for (let each = 0; each < 100; each++) {
    await clock.advance(5_999)
    expect(attempts.allows('192.0.2.7')).toBe(false)
    await clock.advance(1)
    expect(attempts.allows('192.0.2.7')).toBe(true)
    fail(attempts, '192.0.2.7', 1)
  }
  expect(attempts.allows('192.0.2.7')).toBe(false)
  // After a minute all is forgotten, and never more than that.
  await clock.advance(600_000)
  fail(attempts, '192.0.2.7', 9)
  expect(attempts.allows('192.0.2.7')).toBe(true)
  fail(attempts, '192.0.2.7', 1)
  expect(attempts.allows('192.0.2.7')).toBe(false)
})

test('addresses do not hurt one another', () => {
  const attempts = new Attempts(new VirtualClock())
  fail(attempts, '192.0.2.7', 10)
  fail(attempts, '2001:db8:0:1::1', 10)
  fail(attempts, undefined, 10)
  expect(
    ['192.0.2.7', '::ffff:192.0.2.7', '2001:db8:0:1:ffff::2', undefined].map((each) => attempts.allows(each)),
  ).toEqual([false, false, false, false])
  expect(['192.0.2.8', '2001:db8:0:2::1', '127.0.0.1'].map((each) => attempts.allows(each))).toEqual([
    true,
    true,
    true,
  ])
})

const address = (n: number) => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`

test('ten thousand addresses are remembered, those that failed last', () => {
  const attempts = new Attempts(new VirtualClock())
  fail(attempts, address(0), 10)
  fail(attempts, address(1), 10)
  for (let n = 2; n < limits.failedAddresses; n++) fail(attempts, address(n), 10)
  // The oldest but one, since this one fails once more.
  fail(attempts, address(0), 1)
  fail(attempts, address(limits.failedAddresses), 10)
  expect(attempts.allows(address(0))).toBe(false)
  expect(attempts.allows(address(1))).toBe(true)
  expect(attempts.allows(address(2))).toBe(false)
})
