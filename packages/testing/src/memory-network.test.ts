import type { Receiver } from '@guestool/core'
import { beforeEach, expect, test } from 'vitest'
import { Machine } from './machine.js'
import { MemoryAddress } from './memory-address.js'
import type { MemoryPairOptions } from './memory-end.js'
import { MemoryPair } from './memory-pair.js'
import { VirtualClock } from './virtual-clock.js'

// A pair with a clock is a network: what is sent takes its time, and wires break in every way that real ones do.

let clock: VirtualClock
let log: string[]

beforeEach(() => {
  clock = new VirtualClock()
  log = []
})

const hears = (end: string): Receiver => ({
  opened: () => void log.push(`${clock.now()} ${end} opened`),
  text: (text) => void log.push(`${clock.now()} ${end} ${text}`),
  binary() {},
  pong: () => void log.push(`${clock.now()} ${end} pong`),
  closed: (code) => void log.push(`${clock.now()} ${end} closed ${code}`),
})

async function connected(options: MemoryPairOptions = {}) {
  const pair = new MemoryPair({ clock, ...options })
  pair.dialler.attach(hears('dialler'))
  pair.acceptor.attach(hears('acceptor'))
  await clock.advance(1_000)
  log.length = 0
  return pair
}

test('a dialler is open once the acceptor is and has said so', async () => {
  const pair = new MemoryPair({ clock, delay: () => 50 })
  pair.dialler.attach(hears('dialler'))
  await clock.advance(100)
  expect(log).toEqual([])
  expect(() => pair.dialler.send('early')).toThrow('not open')
  pair.acceptor.attach(hears('acceptor'))
  await clock.advance(100)
  expect(log).toEqual(['100 acceptor opened', '150 dialler opened'])
})

test('each frame takes its time, and none overtakes another of its direction', async () => {
  const delays = [500, 10, 10, 600]
  const pair = await connected({ delay: () => delays.shift() ?? 0 })
  for (const text of ['one', 'two']) pair.dialler.send(text)
  pair.acceptor.send('fast')
  await clock.advance(1_000)
  expect(log).toEqual(['1010 acceptor one', '1010 acceptor two', '1600 dialler fast'])
})

test('a wire breaks in the middle of a frame: neither that one nor a later one arrives, and both ends hear', async () => {
  const pair = await connected()
  pair.dialler.breakAfter(5)
  pair.dialler.send('123')
  pair.dialler.send('äö')
  await clock.advance(1)
  expect(log).toEqual(['1000 acceptor 123', '1000 dialler closed 1006', '1000 acceptor closed 1006'])
})

test('it breaks in silence: nobody hears, and a close is given up after five seconds', async () => {
  const pair = await connected()
  pair.dialler.breakAfter(0, true)
  pair.dialler.send('1')
  pair.acceptor.send('2')
  await clock.advance(60_000)
  expect(log).toEqual([])
  pair.dialler.close(1000, '')
  await clock.advance(4_999)
  expect(log).toEqual([])
  await clock.advance(1)
  expect(log).toEqual(['66000 dialler closed 1006'])
})

test('half open: one end knows, the other still believes in it', async () => {
  const pair = await connected()
  pair.sever()
  pair.acceptor.lose('gone')
  pair.dialler.send('anybody?')
  pair.dialler.ping?.()
  await clock.advance(60_000)
  expect(log).toEqual(['1000 acceptor closed 1006'])
  expect(pair.dialler.isOpen).toBe(true)
})

test('an address is reached after a while, and by a frozen machine only when it goes on', async () => {
  const machine = new Machine(clock)
  machine.freeze()
  const address = new MemoryAddress(() => hears('acceptor'), { clock, delay: () => 10, acceptor: machine })
  address.dial(hears('dialler'))
  await clock.advance(1_000)
  expect(log).toEqual([])
  machine.thaw()
  await clock.advance(100)
  expect(log).toEqual(['1000 acceptor opened', '1010 dialler opened'])
})
