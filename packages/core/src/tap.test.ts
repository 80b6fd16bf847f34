import { memoryPair } from '@guestool/testing'
import { expect, test } from 'vitest'
import { Tap, type Passed } from './tap.js'
import type { Dial, Receiver } from './transport.js'

function silent(texts: string[] = []): Receiver {
  return { opened() {}, text: (text) => void texts.push(text), binary() {}, pong() {}, closed() {} }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

function tapped(options?: { ping?: boolean }) {
  const pair = memoryPair(options)
  const heard: Passed[] = []
  const tap = new Tap()
  const received: string[] = []
  const dial: Dial = (receiver) => {
    pair.dialler.attach(receiver)
    return pair.dialler
  }
  const transport = tap.through(dial)(silent(received))
  const atPeer: string[] = []
  pair.acceptor.attach(silent(atPeer))
  return { pair, tap, heard, transport, received, atPeer }
}

test('both directions are heard in their order, and arrive', async () => {
  const { pair, tap, heard, transport, received, atPeer } = tapped()
  tap.listen((passed) => heard.push(passed))
  await settled()
  transport.send('a question')
  await settled()
  pair.acceptor.send('an answer')
  await settled()
  transport.close(1000, 'done')
  await settled()
  expect(heard).toEqual([
    { what: 'opened' },
    { what: 'sent', text: 'a question' },
    { what: 'received', text: 'an answer' },
    { what: 'closed', code: 1000, reason: 'done' },
  ])
  expect(received).toEqual(['an answer'])
  expect(atPeer).toEqual(['a question'])
})

test('who stops listening hears no more, and what a listener throws hurts nobody', async () => {
  const { tap, heard, transport, atPeer } = tapped()
  await settled()
  tap.listen(() => {
    throw new Error('a listener of its own')
  })
  const stop = tap.listen((passed) => heard.push(passed))
  transport.send('one')
  stop()
  transport.send('two')
  await settled()
  expect(heard).toEqual([{ what: 'sent', text: 'one' }])
  expect(atPeer).toEqual(['one', 'two'])
})

test('what could not be sent did not pass', async () => {
  const { tap, heard, transport } = tapped()
  await settled()
  transport.close(1000, '')
  await settled()
  tap.listen((passed) => heard.push(passed))
  expect(() => transport.send('too late')).toThrow('not open')
  expect(heard).toEqual([])
})

test('it can what its transport can, and no more', async () => {
  const { pair, transport } = tapped()
  await settled()
  transport.ping?.()
  expect(pair.dialler.pings).toBe(1)
  expect(Object.keys(tapped({ ping: false }).transport)).not.toContain('ping')
})
