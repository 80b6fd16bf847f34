import type { Receiver } from '@guestool/core'
import { expect, test } from 'vitest'
import { MemoryAddress } from './memory-address.js'
import { memoryPair } from './memory-pair.js'
import { VirtualClock } from './virtual-clock.js'

const clock = new VirtualClock()

function listener(log: string[] = []): Receiver & { log: string[] } {
  return {
    log,
    opened: () => void log.push('opened'),
    text: (text) => void log.push(text),
    binary: () => void log.push('<binary>'),
    pong: () => void log.push('<pong>'),
    closed: (code, reason) => void log.push(`closed ${code} ${reason}`),
  }
}

async function connected(options = {}) {
  const pair = memoryPair(options)
  const [here, there] = [listener(), listener()]
  pair.dialler.attach(here)
  pair.acceptor.attach(there)
  expect(here.log).toEqual([])
  await clock.settle()
  expect([here.log, there.log]).toEqual([['opened'], ['opened']])
  here.log.pop()
  there.log.pop()
  return { pair, here, there }
}

test('frames arrive in order, never at once, and are recorded', async () => {
  const { pair, here, there } = await connected()
  pair.dialler.send('1')
  pair.dialler.send('2')
  pair.dialler.sendBinary()
  pair.acceptor.send('3')
  expect(there.log).toEqual([])
  await clock.settle()
  expect(there.log).toEqual(['1', '2', '<binary>'])
  expect(here.log).toEqual(['3'])
  expect(pair.dialler.sent).toEqual(['1', '2'])
  expect(pair.frames).toEqual([
    { from: 'dialler', text: '1' },
    { from: 'dialler', text: '2' },
    { from: 'dialler', text: undefined },
    { from: 'acceptor', text: '3' },
  ])
})

test('a frame sent before the close arrives, one after it throws, and both hear the code once', async () => {
  const { pair, here, there } = await connected()
  pair.acceptor.send('last')
  pair.acceptor.close(4400, 'why')
  pair.acceptor.close(1000, 'again')
  expect(() => pair.acceptor.send('late')).toThrow('not open')
  pair.dialler.send('crossing')
  await clock.settle()
  expect(here.log).toEqual(['last', 'closed 4400 why'])
  expect(there.log).toEqual(['crossing', 'closed 4400 why'])
  expect(() => pair.dialler.send('late')).toThrow('not open')
  expect(pair.acceptor.closing).toEqual({ code: 4400, reason: 'why' })
  expect(pair.dialler.over).toEqual({ code: 4400, reason: 'why' })
})

test('nothing can be sent before it is open, and a close then is a loss', async () => {
  const pair = memoryPair()
  const here = listener()
  pair.dialler.attach(here)
  expect(() => pair.dialler.send('early')).toThrow('not open')
  pair.dialler.close(1000, '')
  await clock.settle()
  expect(here.log).toEqual(['closed 1006 closed before it was open'])
})

test('a dialler may close only with what a browser allows', async () => {
  const { pair } = await connected()
  expect(() => pair.dialler.close(1001, '')).toThrow('browser')
  pair.acceptor.close(1001, '')
  expect(pair.acceptor.closing?.code).toBe(1001)
})

test('kill is 1006 at both ends and loses what was on its way', async () => {
  const { pair, here, there } = await connected()
  pair.dialler.send('lost')
  pair.kill()
  expect(() => pair.dialler.send('late')).toThrow('not open')
  await clock.settle()
  expect(here.log).toEqual(['closed 1006 lost'])
  expect(there.log).toEqual(['closed 1006 lost'])
})

test('terminate ends here at once, and there after what was sent', async () => {
  const { pair, here, there } = await connected()
  pair.dialler.send('last')
  pair.dialler.terminate()
  pair.acceptor.send('unheard')
  await clock.settle()
  expect(here.log).toEqual(['closed 1006 '])
  expect(there.log).toEqual(['last', 'closed 1006 '])
})

test('a held wire delivers nothing until it is released', async () => {
  const { pair, here, there } = await connected()
  pair.hold()
  pair.dialler.send('1')
  pair.dialler.ping?.()
  pair.dialler.close(1000, 'done')
  await clock.settle()
  expect([here.log, there.log]).toEqual([[], []])
  pair.release()
  await clock.settle()
  expect(there.log).toEqual(['1', 'closed 1000 done'])
  expect(here.log).toEqual(['<pong>', 'closed 1000 done'])
})

test('the socket answers a ping, not its reader; a browser has none', async () => {
  const { pair, here, there } = await connected()
  pair.dialler.ping?.()
  await clock.settle()
  expect([here.log, there.log]).toEqual([['<pong>'], []])
  expect(pair.dialler.pings).toBe(1)
  expect(memoryPair({ ping: false }).dialler.ping).toBeUndefined()
})

test('an address plays the planned outcomes of dials', async () => {
  const address = new MemoryAddress(() => listener())
  address.plan.push('throw', 'refuse', 'hang', { code: 4409, reason: 'taken' })
  const logs = Array.from({ length: 5 }, () => listener())
  expect(() => address.dial(logs[0]!)).toThrow('planned')
  for (const log of logs.slice(1)) address.dial(log)
  await clock.settle()
  expect(logs.map(({ log }) => log)).toEqual([
    [],
    ['closed 1006 nobody listens'],
    [],
    ['opened', 'closed 4409 taken'],
    ['opened'],
  ])
  expect(address.dials).toBe(5)
  expect(address.pairs).toHaveLength(2)
})
