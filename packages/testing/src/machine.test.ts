import type { Receiver } from '@guestool/core'
import { beforeEach, expect, test } from 'vitest'
import { Machine } from './machine.js'
import { memoryPair } from './memory-pair.js'
import { VirtualClock } from './virtual-clock.js'

let clock: VirtualClock
let machine: Machine
let log: string[]

beforeEach(() => {
  clock = new VirtualClock()
  machine = new Machine(clock)
  log = []
})

const note = (what: string) => () => void log.push(`${what} at ${machine.now()}`)

test('its timers are those of the clock while it runs, and can be cancelled', async () => {
  machine.setTimer(note('second'), 20)
  machine.setTimer(note('first'), 10)
  machine.setTimer(note('never'), 15)()
  await clock.advance(30)
  expect(log).toEqual(['first at 10', 'second at 20'])
  expect(clock.timers).toBe(0)
})

test('frozen, it runs no timer, and all that came due when it goes on, in order; time has passed', async () => {
  machine.setTimer(note('one'), 10)
  machine.setTimer(note('two'), 20)
  const cancel = machine.setTimer(note('never'), 15)
  machine.setTimer(note('three'), 100)
  machine.freeze()
  machine.run(note('asked to run'))
  await clock.advance(50)
  expect(log).toEqual([])
  cancel()
  machine.thaw()
  await clock.advance(50)
  expect(log).toEqual(['one at 50', 'two at 50', 'asked to run at 50', 'three at 100'])
  expect(clock.timers).toBe(0)
})

test('asleep, its monotonic hand stands still and its timers wait; the wall clock goes on', async () => {
  machine.setTimer(note('one'), 30)
  await clock.advance(10)
  const wall = machine.wall()
  machine.sleep()
  machine.setTimer(note('set asleep'), 5)
  await clock.advance(1_000)
  expect([machine.now(), machine.wall() - wall]).toEqual([10, 1_000])
  machine.thaw()
  await clock.advance(19)
  expect(log).toEqual(['set asleep at 15'])
  await clock.advance(1)
  expect(log).toEqual(['set asleep at 15', 'one at 30'])
})

test('its wall clock is its own', () => {
  const wall = clock.wall()
  machine.shiftWall(-5_000)
  expect([machine.wall(), clock.wall(), machine.now()]).toEqual([wall - 5_000, wall, clock.now()])
})

const hears = (end: string): Receiver => ({
  opened: () => void log.push(`${end} opened`),
  text: (text) => void log.push(`${end} ${text}`),
  binary() {},
  pong() {},
  closed: (code) => void log.push(`${end} closed ${code}`),
})

async function connected() {
  const pair = memoryPair({ clock, acceptor: machine })
  pair.dialler.attach(hears('dialler'))
  pair.acceptor.attach(hears('acceptor'))
  await clock.settle()
  expect(log.splice(0)).toEqual(['acceptor opened', 'dialler opened'])
  return pair
}

test.each(['timers', 'frames'] as const)('a thawed machine has its %s first', async (first) => {
  const pair = await connected()
  machine.setTimer(() => {
    log.push('due')
    machine.setTimer(() => log.push('set then'), 0)
  }, 10)
  machine.freeze()
  pair.dialler.send('frame')
  await clock.advance(20)
  expect([log, pair.acceptor.unread]).toEqual([[], 1])
  machine.thaw(first)
  await clock.advance(0)
  const frame = 'acceptor frame'
  expect(log).toEqual(first === 'timers' ? ['due', frame, 'set then'] : [frame, 'due', 'set then'])
  expect(pair.acceptor.unread).toBe(0)
})

test('a frozen machine hears of a lost connection when it goes on', async () => {
  const pair = await connected()
  machine.freeze()
  pair.kill()
  await clock.settle()
  expect(log).toEqual(['dialler closed 1006'])
  machine.thaw()
  await clock.advance(0)
  expect(log).toEqual(['dialler closed 1006', 'acceptor closed 1006'])
})
