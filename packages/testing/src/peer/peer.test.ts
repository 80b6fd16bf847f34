import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MemoryAddress } from '../memory-address.js'
import { memoryPair } from '../memory-pair.js'
import { VirtualClock } from '../virtual-clock.js'
import { frame, opidOf, readFrame } from './frames.js'
import { Peer, peerOn } from './peer.js'
import { script, type ScriptedPeer, type Step } from './scripted.js'

let clock: VirtualClock

beforeEach(() => {
  clock = new VirtualClock()
})

afterEach(() => {
  expect(clock.timers).toBe(0)
})

const opid = '11111111-2222-4333-8444-555555555555'

const both = async () => {
  const pair = memoryPair()
  const [here, there] = [peerOn(pair.dialler), peerOn(pair.acceptor)]
  await here.ready
  return { pair, here, there }
}

describe('a raw peer', () => {
  test('gives frames in order, those that came before and those that come later', async () => {
    const { here, there } = await both()
    here.send('1')
    here.send('2')
    await clock.settle()
    expect(there.waiting).toEqual(['1', '2'])
    const all = [there.next(), there.next(), there.next()]
    here.send('3')
    expect(await Promise.all(all)).toEqual(['1', '2', '3'])
    expect(there.received).toEqual(['1', '2', '3'])
  })

  test('says what it waited for when the connection ends first, or is over already', async () => {
    const { here, there } = await both()
    const next = there.next('the echo')
    here.close(4400, 'no')
    await expect(next).rejects.toThrow('the echo: the connection was closed (4400 no)')
    expect(await there.ended).toEqual({ code: 4400, reason: 'no' })
    await expect(there.next('more')).rejects.toThrow('more: the connection was closed')
  })

  test('what came before the end can still be taken', async () => {
    const { here, there } = await both()
    here.send('last')
    here.close(1000)
    await there.ended
    expect(await there.next()).toBe('last')
  })

  test('does not wait for ever', async () => {
    const pair = memoryPair()
    const peer = new Peer(pair.dialler, 10)
    pair.dialler.attach(peer)
    await expect(peer.next('an echo')).rejects.toThrow('an echo: nothing came within 0.01 s')
  })

  test('counts pongs and binary frames', async () => {
    const { here, there } = await both()
    here.sendBinary()
    there.close(1000)
    await clock.settle()
    expect(there.binaries).toBe(1)
  })
})

const played = async (steps: Step[], withClock = true) => {
  const scripts: ScriptedPeer[] = []
  const address = new MemoryAddress((end) => {
    const peer = script(steps, withClock ? clock : undefined)(end)
    scripts.push(peer)
    return peer
  })
  const peers: Peer[] = []
  address.dial({
    opened: () => void peers.push(new Peer(address.pair.dialler)),
    text: (text) => peers[0]?.text(text),
    binary: () => peers[0]?.binary(),
    pong() {},
    closed: (code, reason) => peers[0]?.closed(code, reason),
  })
  await clock.settle()
  return { script: scripts[0]!, peer: peers[0]! }
}

describe('a scripted peer', () => {
  test('echoes, answers, waits, sends nonsense and leaves', async () => {
    const { script: hostile, peer } = await played([
      { expect: '"/hello"' },
      { send: '$frame' },
      { expect: /"info":\s*"time"/ },
      { wait: 5_000 },
      { send: '{"opid": "$opid", "opct": NaN' },
      { sendBinary: true },
      { close: 4400, reason: 'enough' },
    ])
    const hello = ` ${frame(opid, '/hello', {})}`
    peer.send(hello)
    peer.send(frame(opid, '/info', { info: 'time' }))
    expect(await peer.next()).toBe(hello)
    await clock.advance(4_999)
    expect(peer.waiting).toEqual([])
    await clock.advance(1)
    expect(await peer.next()).toBe(`{"opid": "${opid}", "opct": NaN`)
    expect(await peer.ended).toEqual({ code: 4400, reason: 'enough' })
    await hostile.done
    expect([hostile.received.length, peer.binaries]).toEqual([2, 1])
  })

  test('breaks off at a frame that is not the expected one, and says so', async () => {
    const { script: strict, peer } = await played([{ expect: '/hello' }, { send: 'never' }])
    peer.send('good morning')
    await expect(strict.done).rejects.toThrow('expected /hello, got good morning')
    expect(peer.waiting).toEqual([])
  })

  test('and when the connection ends before its script does', async () => {
    const { script: strict, peer } = await played([{ expect: '/hello' }])
    peer.close(1000)
    await expect(strict.done).rejects.toThrow('1 steps to go')
  })

  test('needs a clock to wait', async () => {
    const { script: strict } = await played([{ wait: 1 }], false)
    await expect(strict.done).rejects.toThrow('needs a clock')
  })

  test('that breaks off unseen is no unhandled rejection', async () => {
    const { peer } = await played([{ expect: 'x' }])
    peer.send('y')
    await clock.settle()
  })
})

test('frames are written and read by hand', () => {
  expect(frame(opid, '/info', { info: 'cpu' })).toBe(
    `{"opid":"${opid}","opnm":"/info","opct":{"info":"cpu"}}`,
  )
  expect(readFrame('{"opnm":5}')).toEqual({ opid: undefined, opnm: 5, opct: undefined })
  for (const text of ['[]', 'null', '5']) expect(() => readFrame(text)).toThrow('not a JSON object')
  expect(() => readFrame('x')).toThrow(SyntaxError)
  expect(() => opidOf('{"opid":5}')).toThrow('no opid')
})
