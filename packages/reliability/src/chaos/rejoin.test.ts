import { createGuest, type Guest } from '@guestool/guest'
import { MemoryAddress, VirtualClock, type MemoryEnd } from '@guestool/testing'
import { afterEach, expect, test, vi } from 'vitest'
import { seededRandom } from '../random.js'
import { unsupported } from '../world/contract.js'
import { mostInOneSecond } from './spread.js'

afterEach(() => void vi.restoreAllMocks())

/** Says everything back: hello, then, and nothing else comes of it. */
const echo = (end: MemoryEnd) => ({
  opened() {},
  text: (text: string) => end.send(text),
  binary() {},
  pong() {},
  closed() {},
})

test('the most in one second, wherever it begins', () => {
  expect(mostInOneSecond([])).toBe(0)
  expect(mostInOneSecond([2_400, 900, 1_899, 1_900, 5_000])).toBe(3)
  expect(mostInOneSecond([0, 1_000, 2_000])).toBe(1)
})

// While the host is away those who found nobody dial a second time among those who dial the first time.
test.each([0, 1_000, 5_000, 8_000, 30_000])(
  '2 000 guests whose host is away for %i ms come back spread out: never over 600 of them dial in one second',
  async (away) => {
    vi.spyOn(Math, 'random').mockImplementation(seededRandom(away))
    const clock = new VirtualClock()
    const address = new MemoryAddress(echo)
    const dials: number[] = []
    const guests: Guest[] = Array.from({ length: 2_000 }, (_, n) =>
      createGuest(`ws://host/join/guest-${n}`, {
        info: unsupported,
        action: 'unsupported',
        clock,
        dial: (receiver, token) => {
          dials.push(clock.now())
          return address.dial(receiver, token)
        },
      }),
    )
    await clock.advance(10_000)
    dials.length = 0

    address.otherwise = 'refuse'
    for (const pair of address.pairs) pair.kill()
    await clock.advance(away)
    address.otherwise = 'accept'
    await clock.advance(30_000)

    expect(guests.filter(({ state }) => state !== 'open')).toEqual([])
    expect(mostInOneSecond(dials)).toBeLessThanOrEqual(600)
    await Promise.all([...guests.map((guest) => guest.close()), clock.advance(2_000)])
    expect(clock.timers).toBe(0)
  },
)
