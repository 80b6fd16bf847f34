import { frame, readFrame, Stage, type StageOptions } from '@guestool/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { revision1 } from '../revision/revision1.js'
import { revision2 } from '../revision/revision2.js'

let stage: Stage

beforeEach(() => {
  stage = new Stage()
})

afterEach(async () => {
  expect(await stage.leftovers()).toEqual([])
})

const opid = '11111111-2222-4333-8444-555555555555'
const info = { time: () => ({ system: 1, nonebot: 1, system_ts: 1, nonebot_ts: 1 }) }
const fine = (id: string): string => frame(id, '/info', { info: 'time' })

async function requester(options: StageOptions = {}) {
  const staged = stage.requester(options)
  await stage.clock.settle()
  return staged
}

async function responder(options: StageOptions = {}) {
  const staged = stage.responder({ info }, options)
  await stage.clock.settle()
  return staged
}

const odd = (opnm: string): string =>
  ` {\n"opct" :{ },  "opnm": "${opnm}",\t"opid":"${opid}", "x":"\\u673a"}\n`

describe('hello', () => {
  test.each([
    [revision1, '/hello'],
    [revision2, '/greet/hello'],
  ])('revision $number: an acceptor echoes a later one byte for byte', async (revision, opnm) => {
    const { peer } = await requester({ revision })
    for (let i = 0; i < 3; i++) {
      peer.send(odd(opnm))
      expect(await peer.next()).toBe(odd(opnm))
    }
  })

  test('one over 4 KiB, counted in bytes, is not echoed and not punished', async () => {
    const { peer, session } = await requester()
    peer.send(frame(opid, '/hello', { pad: '字'.repeat(1_400) }))
    peer.send(frame(opid, '/hello', { pad: 'x'.repeat(4_000) }))
    const echo = await peer.next()
    expect(echo).toContain('xxx')
    expect([peer.waiting, session.counts.malformed]).toEqual([[], 0])
  })

  test('a dialler never echoes: neither its own, reflected, nor another', async () => {
    const { session, peer } = await responder({ side: 'dialler' })
    session.sayHello()
    const hello = await peer.next()
    peer.send(hello)
    peer.send(hello)
    peer.send(frame(opid, '/hello', {}))
    await stage.clock.settle()
    expect(peer.waiting).toEqual([])
  })

  test('the hello of the other revision is no greeting', async () => {
    const { peer } = await responder({ revision: revision2, side: 'acceptor' })
    peer.send(frame(opid, '/hello', {}))
    expect(readFrame(await peer.next()).opct).toMatchObject({ code: 'unknown_operation' })
  })

  test.each([
    [revision1, '/hello'],
    [revision2, '/greet/hello'],
  ])('revision $number: a dialler is ready at the echo, once', async (revision, opnm) => {
    let ready = 0
    const { session, peer } = await responder({ revision, onReady: () => void ready++ })
    session.sayHello()
    const hello = await peer.next()
    expect(readFrame(hello)).toMatchObject({ opnm, opct: {} })
    expect(ready).toBe(0)
    peer.send(hello)
    peer.send(hello)
    await stage.clock.settle()
    expect(ready).toBe(1)
  })

  test('revision 1: or at any other valid frame, which is then answered; not at a bad one', async () => {
    let ready = 0
    const { session, peer } = await responder({ onReady: () => void ready++ })
    session.sayHello()
    await peer.next()
    peer.send('bad')
    await stage.clock.settle()
    expect(ready).toBe(0)
    peer.send(fine(opid))
    expect(readFrame(await peer.next()).opid).toBe(opid)
    expect(ready).toBe(1)
  })

  test('revision 2: not at another frame', async () => {
    let ready = 0
    const { session, peer } = await responder({ revision: revision2, onReady: () => void ready++ })
    session.sayHello()
    await peer.next()
    peer.send(frame(opid, '/info/time', {}))
    await peer.next()
    expect(ready).toBe(0)
  })

  test('an echo that never comes back does not pile up what is awaited', async () => {
    let ready = 0
    const { session, peer } = await responder({ onReady: () => void ready++ })
    session.sayHello()
    session.sayHello()
    const [first, second] = [await peer.next(), await peer.next()]
    peer.send(first)
    await stage.clock.settle()
    expect(ready).toBe(0)
    peer.send(second)
    await stage.clock.settle()
    expect(ready).toBe(1)
  })
})

describe('bye', () => {
  test('revision 2: is answered with its opid and content, then 1000', async () => {
    for (const make of [requester, responder]) {
      const { peer, end } = await make({ revision: revision2 })
      peer.send(frame(opid, '/greet/bye', { reason: '你好' }))
      expect(readFrame(await peer.next())).toEqual({ opid, opnm: '/greet/bye', opct: { reason: '你好' } })
      expect((await peer.ended).code).toBe(1000)
      expect(end.closing?.code).toBe(1000)
    }
  })

  test('of our own is over at the answer, re-serialised or not', async () => {
    const { session, peer } = await requester({ revision: revision2 })
    let over = false
    const bye = session.sayBye().then(() => (over = true))
    const { opid: id, opnm, opct } = readFrame(await peer.next())
    expect([opnm, opct]).toEqual(['/greet/bye', {}])
    expect(over).toBe(false)
    peer.send(`{"opct": {}, "opnm": "/greet/bye", "opid": "${String(id)}"}`)
    await bye
    expect(stage.clock.timers).toBe(0)
    // It was the answer, not a bye to be answered.
    expect(peer.waiting).toEqual([])
  })

  test('of our own waits one second at most', async () => {
    const { session } = await requester({ revision: revision2 })
    let over = false
    void session.sayBye().then(() => (over = true))
    await stage.clock.advance(999)
    expect(over).toBe(false)
    await stage.clock.advance(1)
    expect(over).toBe(true)
  })

  test('of our own on a socket that is gone is over at once', async () => {
    const { session, end } = await requester({ revision: revision2 })
    end.close(1000, '')
    await session.sayBye()
    expect(stage.clock.timers).toBe(0)
  })

  test('there is none in revision 1', async () => {
    const { session, peer } = await requester()
    await session.sayBye()
    expect(peer.waiting).toEqual([])
    // And what looks like one is no greeting.
    peer.send(frame(opid, '/greet/bye', {}))
    expect(readFrame(await peer.next()).opct).toMatchObject({ code: 'unknown_opid' })
  })
})
