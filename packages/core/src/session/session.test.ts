import { frame, opidOf, readFrame, Stage, type StageOptions } from '@guestool/testing'
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

/** A bad frame: what it is, and the opid that a rejection of it can name. */
const badFrames: [text: string, usable: string | undefined][] = [
  ['', undefined],
  ['this is not json', undefined],
  ['{"opid":', undefined],
  ['[]', undefined],
  ['null', undefined],
  ['5', undefined],
  ['{}', undefined],
  ['{"opid":42,"opnm":"/info","opct":{}}', undefined],
  ['{"opid":null,"opnm":"/info","opct":{}}', undefined],
  ['{"opid":"not-a-uuid","opnm":"/info","opct":{}}', undefined],
  ['{"opid":"00000000-0000-1000-8000-000000000000","opnm":"/info","opct":{}}', undefined],
  [`{"opid":"${opid}","opct":{}}`, opid],
  [`{"opid":"${opid}","opnm":null,"opct":{}}`, opid],
  [`{"opid":"${opid}","opnm":"/info"}`, opid],
  [`{"opid":"${opid}","opnm":"/info","opct":NaN}`, opid],
  [`{"opid":"${opid}","opnm":"/info","opct":{}} {}`, opid],
]

const sides = [
  ['a requester', requester],
  ['a responder', responder],
] as const

describe.each(sides)('bad frames at %s', (_name, make) => {
  test.each(badFrames)(
    '%j is counted, rejected only with a usable opid, and lived through',
    async (text, usable) => {
      const { peer, session } = await make()
      peer.send(text)
      await stage.clock.settle()
      expect(session.counts.malformed).toBe(1)
      const rejections = peer.waiting.map(readFrame)
      expect(rejections.map((r) => [r.opid, r.opnm, (r.opct as { code: string }).code])).toEqual(
        usable === undefined ? [] : [[usable, '/event', 'malformed']],
      )
      expect([session.ended, peer.waiting.length]).toEqual([false, rejections.length])
    },
  )

  test('a binary frame is counted, and nothing is sent', async () => {
    const { peer, session } = await make()
    peer.sendBinary()
    await stage.clock.settle()
    expect([session.counts.malformed, peer.waiting]).toEqual([1, []])
  })

  test('16 in a burst are lived through, the 17th closes 4400', async () => {
    const { peer, session, end } = await make()
    for (let i = 0; i < 15; i++) peer.send('x')
    peer.sendBinary()
    await stage.clock.settle()
    expect(end.closing).toBeUndefined()
    peer.send('x')
    await stage.clock.settle()
    expect(end.closing?.code).toBe(4400)
    expect((await peer.ended).reason).toContain('malformed')
    expect(session.ended).toBe(true)
  })

  test('one a second is forgiven for ever', async () => {
    const { peer, end, session } = await make()
    for (let i = 0; i < 100; i++) {
      peer.send('x')
      await stage.clock.advance(1_000)
    }
    expect([session.counts.malformed, end.closing]).toEqual([100, undefined])
  })

  test('a rejection of a bad frame is written in the revision that is spoken', async () => {
    const { peer } = await make({ revision: revision2 })
    peer.send(`{"opid":"${opid}","opnm":"/info"}`)
    const text = await peer.next()
    expect(readFrame(text)).toMatchObject({ opid, opnm: '/event/reject', opct: { code: 'malformed' } })
  })

  test('malformed rejections are rate-limited with the others', async () => {
    const { peer, session } = await make()
    for (let i = 0; i < 16; i++) peer.send(`{"opid":"${opid}","opnm":"/info"}`)
    await stage.clock.settle()
    expect(session.counts.malformed).toBe(16)
    expect(peer.waiting.length).toBeLessThanOrEqual(32)
  })
})

test('good frames between bad ones are answered', async () => {
  const { peer } = await responder()
  for (let i = 0; i < 10; i++) {
    peer.send('x')
    peer.send(fine(`11111111-2222-4333-8444-00000000000${i}`))
  }
  await stage.clock.settle()
  expect(peer.waiting).toHaveLength(10)
})

describe('what an incoming frame is, in this order', () => {
  test('a greeting, although its opid is pending', async () => {
    const { role, peer } = await requester()
    const call = role.ask('info', 'time', {})
    const id = opidOf(await peer.next())
    const hello = frame(id, '/hello', {})
    peer.send(hello)
    expect(await peer.next()).toBe(hello)
    expect(role.pending).toBe(1)
    peer.send(frame(id, '/info', 'reply'))
    expect(await call).toBe('reply')
  })

  test('a rejection, although its opid is pending', async () => {
    const { role, peer, session } = await requester()
    const call = role.ask('info', 'time', {})
    peer.send(frame(opidOf(await peer.next()), '/event', { event: 'reject', code: 'busy', error: 'x' }))
    expect(await call).toMatchObject({ code: 'busy' })
    expect(session.counts.rejected).toBe(1)
  })

  test('a reply, whatever its opnm: an event’s, a request’s, nonsense', async () => {
    for (const opnm of ['/event', '/info', '/nonsense', '']) {
      const { role, peer, asker } = await requester()
      const call = role.ask('info', 'time', {})
      peer.send(frame(opidOf(await peer.next()), opnm, { event: 'bot_online', n: 1 }))
      expect(await call).toEqual({ event: 'bot_online', n: 1 })
      expect(asker.events).toEqual([])
    }
  })

  test('an event by its name, once its opid is not pending', async () => {
    const { peer, asker, session } = await requester()
    peer.send(frame(opid, '/event', { event: 'bot_online', n: 1 }))
    await stage.clock.settle()
    expect(asker.events).toEqual([{ name: 'bot_online', data: { n: 1 } }])
    expect([peer.waiting, session.counts.strangeEvents]).toEqual([[], 1])
  })

  test('else a stray reply at a requester, and a request at a responder', async () => {
    const asks = await requester()
    asks.peer.send(fine(opid))
    expect(readFrame(await asks.peer.next()).opct).toMatchObject({ code: 'unknown_opid' })
    const answers = await responder()
    answers.peer.send(fine(opid))
    expect(readFrame(await answers.peer.next())).toMatchObject({ opid, opnm: '/info' })
  })

  test('an event at a responder is a request that it does not know', async () => {
    const { peer } = await responder()
    peer.send(frame(opid, '/event', { event: 'bot_online' }))
    expect(readFrame(await peer.next()).opct).toMatchObject({ code: 'unknown_operation' })
  })

  test('an event with a key __proto__ is dropped and counted', async () => {
    const { peer, asker, session } = await requester()
    peer.send(`{"opid":"${opid}","opnm":"/event","opct":{"event":"x","\\u005f_proto__":{"a":1}}}`)
    await stage.clock.settle()
    expect([asker.events, session.counts.strangeEvents, peer.waiting]).toEqual([[], 1, []])
  })
})

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

describe('after the end', () => {
  test('nothing is read, nothing is sent, and ending again does nothing', async () => {
    const { session, peer, pair } = await requester()
    session.end({ code: 1000, reason: '', byUs: true })
    session.end({ code: 1000, reason: '', byUs: true })
    peer.send(fine(opid))
    peer.sendBinary()
    await stage.clock.settle()
    expect([session.counts.received, session.counts.malformed]).toEqual([0, 0])
    expect(() => session.sendText('x')).toThrow(
      expect.objectContaining({ code: 'connection_lost', outcome: 'never_sent' }),
    )
    session.reject(opid, 'malformed', 'x')
    expect(pair.acceptor.sent).toEqual([])
  })
})

test('what is sent and received is counted, and any text is a sign of life', async () => {
  const { session, peer } = await responder()
  peer.send(fine(opid))
  peer.send('bad')
  await stage.clock.settle()
  expect(session.counts).toMatchObject({ received: 2, sent: 1 })
  await stage.clock.advance(5_000)
  peer.send('bad')
  await stage.clock.settle()
  expect(session.heardAt).toBe(stage.clock.now())
})

test('a frame over maxPayload is never sent', async () => {
  const { session, peer } = await requester({ maxPayload: 100 })
  expect(() => session.sendText('字'.repeat(34))).toThrow(expect.objectContaining({ code: 'too_large' }))
  session.sendText('字'.repeat(33))
  await stage.clock.settle()
  expect(peer.waiting).toHaveLength(1)
})
