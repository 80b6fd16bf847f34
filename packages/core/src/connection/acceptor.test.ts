import { frame, memoryPair, opidOf, peerOn, readFrame, VirtualClock } from '@guestool/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SessionRequester } from '../session/requester.js'
import { SessionResponder, type RequestContext } from '../session/responder.js'
import type { Ending, Role, Session } from '../session/session.js'
import { Acceptor, type AcceptorOptions, type Refusal } from './acceptor.js'

let clock: VirtualClock

beforeEach(() => {
  clock = new VirtualClock()
})

afterEach(async () => {
  await clock.settle()
  expect(clock.timers).toBe(0)
})

const opid = '11111111-2222-4333-8444-555555555555'
const hello = (revision: 1 | 2 = 1, content: unknown = {}): string =>
  frame(opid, revision === 1 ? '/hello' : '/greet/hello', content)

function accepted(options?: Partial<AcceptorOptions<SessionRequester>>) {
  return acceptedAs({ role: (session) => new SessionRequester(session, () => undefined), ...options })
}

async function acceptedAs<R extends Role>(
  options: Pick<AcceptorOptions<R>, 'role'> & Partial<AcceptorOptions<R>>,
) {
  const pair = memoryPair()
  const opened: Session<R>[] = []
  const closed: Ending[] = []
  const acceptor = new Acceptor(pair.acceptor, {
    clock,
    opened: (session) => void opened.push(session),
    closed: (ending) => void closed.push(ending),
    ...options,
  })
  pair.acceptor.attach(acceptor)
  const peer = peerOn(pair.dialler)
  await clock.settle()
  return { pair, opened, closed, acceptor, peer }
}

/** A decision that is made when the test says so. */
function deciding() {
  const settle: { decide?: (refusal?: Refusal) => void; fail?: (error: Error) => void } = {}
  const decision = new Promise<Refusal | undefined>((resolve, reject) => {
    settle.decide = resolve
    settle.fail = reject
  })
  return {
    admit: () => decision,
    decide: (refusal?: Refusal) => settle.decide?.(refusal),
    fail: (error: Error) => settle.fail?.(error),
  }
}

/** A console that asked before it was let in. */
async function asked() {
  const { admit, decide } = deciding()
  const runs: RequestContext[] = []
  const work: { finish?: (result: unknown) => void } = {}
  const { peer } = await acceptedAs({
    admit,
    role: (session) =>
      new SessionResponder(session, {
        answer: (_, context) => {
          runs.push(context)
          return new Promise((resolve) => (work.finish = resolve))
        },
      }),
  })
  peer.send(hello(2))
  peer.send(frame(opid, '/action/x', {}))
  await clock.settle()
  const deadline = clock.wall() + 60_000
  return { peer, decide, runs, deadline, finish: () => work.finish?.('done') }
}

describe('hello', () => {
  test.each([
    `{"opid": "${opid}", "opnm": "/greet/hello", "opct": {}}`,
    `{"opid":"${opid}","opnm":"/hello","opct":{}}`,
    ` {\n "opct" : { } ,\t"opnm":"\\u002fhello", "extra":"\\u673a\\ud83d\\ude00", "opid" : "${opid}"}\n `,
    frame(opid, '/hello', { unknown: 'content is let pass' }),
  ])('is answered byte for byte: %j', async (text) => {
    const { peer, opened } = await accepted()
    peer.send(text)
    expect(await peer.next()).toBe(text)
    expect(opened).toHaveLength(1)
    peer.close(1000)
  })

  test('tells the revision', async () => {
    for (const number of [1, 2] as const) {
      const { peer, opened } = await accepted()
      peer.send(hello(number))
      await peer.next()
      expect(opened[0]!.revision.number).toBe(number)
      peer.close(1000)
    }
  })

  test('nothing is sent before the echo, also when something is asked as soon as it is open', async () => {
    const { peer } = await accepted({
      opened: (session) => void session.role.ask('info', 'time', {}),
    })
    await clock.settle()
    expect(peer.waiting).toEqual([])
    peer.send(hello(2))
    expect(await peer.next()).toBe(hello(2))
    expect(readFrame(await peer.next()).opnm).toBe('/info/time')
    peer.close(1000)
  })

  test('none within 10 s: 4408', async () => {
    const { peer, pair, closed, opened } = await accepted()
    await clock.advance(9_999)
    expect(pair.acceptor.closing).toBeUndefined()
    await clock.advance(1)
    expect((await peer.ended).code).toBe(4408)
    expect([opened.length, closed.length, peer.waiting]).toEqual([0, 1, []])
  })

  test.each([
    ['a request', frame(opid, '/info', { info: 'time' })],
    ['a rejection', frame(opid, '/event', { event: 'reject', code: 'failed', error: 'x' })],
    ['a bye', frame(opid, '/greet/bye', {})],
    ['an unknown operation', frame(opid, '/hello/', {})],
    ['text that is not JSON', 'hello'],
    ['an opid that is no uuid4', '{"opid":"1","opnm":"/hello","opct":{}}'],
    ['no content', `{"opid":"${opid}","opnm":"/hello"}`],
    ['a hello over 4 KiB', hello(1, { pad: 'x'.repeat(4_096) })],
    ['a hello over 4 KiB in bytes', hello(1, { pad: '字'.repeat(1_400) })],
  ])('another first frame closes 4400 without a rejection: %s', async (_name, text) => {
    const { peer, opened, closed } = await accepted()
    peer.send(text)
    peer.send(hello())
    const { code, reason } = await peer.ended
    expect([code, peer.waiting, opened.length]).toEqual([4400, [], 0])
    expect(reason).toMatch(/hello/)
    await clock.settle()
    expect(closed).toEqual([{ code: 4400, reason, byUs: false }])
  })

  test('a binary first frame, too', async () => {
    const { peer } = await accepted()
    peer.sendBinary()
    expect((await peer.ended).code).toBe(4400)
    expect(peer.waiting).toEqual([])
  })

  test('a dialler that leaves before it is no session', async () => {
    const { peer, opened, closed } = await accepted()
    peer.close(1000)
    await clock.settle()
    expect([opened.length, closed.length]).toEqual([0, 1])
  })
})

describe('while it is decided who may stay', () => {
  test('the echo and every frame wait, and then come in order', async () => {
    const { admit, decide } = deciding()
    const events: string[] = []
    const { peer, opened } = await accepted({
      admit,
      role: (session) => new SessionRequester(session, (event) => void events.push(event.name)),
    })
    peer.send(hello())
    for (const event of ['a', 'b', 'c']) peer.send(frame(opid.replace('1', event), '/event', { event }))
    await clock.advance(30_000)
    expect([peer.waiting, opened.length]).toEqual([[], 0])
    decide()
    expect(await peer.next()).toBe(hello())
    expect(events).toEqual(['a', 'b', 'c'])
    peer.close(1000)
  })

  test('a refusal closes with its code and reason, and nothing was sent', async () => {
    const { admit, decide } = deciding()
    const { peer, opened } = await accepted({ admit })
    peer.send(hello())
    await clock.settle()
    decide({ code: 4409, reason: 'alpha is taken; choose another id' })
    expect(await peer.ended).toEqual({ code: 4409, reason: 'alpha is taken; choose another id' })
    expect([peer.waiting, opened.length]).toEqual([[], 0])
  })

  test('a decision that fails closes 1011, and is no unhandled rejection', async () => {
    const { admit, fail } = deciding()
    const { peer, opened } = await accepted({ admit })
    peer.send(hello())
    await clock.settle()
    fail(new Error('the user database is down'))
    const { code, reason } = await peer.ended
    expect([code, opened.length]).toEqual([1011, 0])
    // What went wrong inside is nobody else's business.
    expect(reason).not.toContain('database')
  })

  test('a dialler that leaves meanwhile opens nothing', async () => {
    const { admit, decide } = deciding()
    const { peer, opened, closed } = await accepted({ admit })
    peer.send(hello())
    peer.close(1000)
    await clock.settle()
    decide()
    await clock.settle()
    expect([opened.length, closed.length]).toEqual([0, 1])
  })

  test('64 frames are held, one more closes 4400', async () => {
    const { admit, decide } = deciding()
    const { peer, pair, opened } = await accepted({ admit })
    peer.send(hello())
    for (let i = 0; i < 64; i++) peer.send(frame(opid, '/event', { event: 'x' }))
    await clock.settle()
    expect(pair.acceptor.closing).toBeUndefined()
    peer.send(frame(opid, '/event', { event: 'x' }))
    expect((await peer.ended).code).toBe(4400)
    decide()
    await clock.settle()
    expect(opened).toHaveLength(0)
  })

  test('together they are as large as one frame may be', async () => {
    const { admit } = deciding()
    const { peer, pair } = await accepted({ admit, maxPayload: 1_000 })
    peer.send(hello())
    peer.send('x'.repeat(600))
    peer.send('x'.repeat(400))
    await clock.settle()
    expect(pair.acceptor.closing).toBeUndefined()
    peer.send('x')
    expect((await peer.ended).code).toBe(4400)
  })

  describe('the minute of a request counts from its receipt', () => {
    test('when it is answered after that, no reply is sent', async () => {
      const { peer, decide, runs, deadline, finish } = await asked()
      await clock.advance(9_000)
      decide()
      expect(await peer.next()).toBe(hello(2))
      await clock.advance(50_999)
      expect([runs[0]?.deadline, runs[0]?.aborted]).toEqual([deadline, false])
      await clock.advance(1)
      expect(runs[0]?.aborted).toBe(true)
      finish()
      await clock.settle()
      expect(peer.waiting).toEqual([])
      peer.close(1000)
    })

    test('when it is answered before that, a reply is sent', async () => {
      const { peer, decide, finish } = await asked()
      await clock.advance(9_000)
      decide()
      await peer.next()
      await clock.advance(50_999)
      finish()
      expect(readFrame(await peer.next())).toMatchObject({ opid, opct: 'done' })
      peer.close(1000)
    })

    test.each([
      ['is over', () => clock.advance(60_000)],
      ['passed while the machine slept', async () => clock.sleep(60_000)],
    ])('when it %s before the dialler is let in, nothing is done', async (_, passes) => {
      const { peer, decide, runs } = await asked()
      await passes()
      decide()
      expect(await peer.next()).toBe(hello(2))
      await clock.settle()
      expect(runs).toEqual([])
      peer.close(1000)
    })
  })

  test('a binary frame is a bad frame like any other, not a first frame', async () => {
    const { admit, decide } = deciding()
    const { peer, opened } = await accepted({ admit })
    peer.send(hello())
    peer.sendBinary()
    await clock.settle()
    decide()
    expect(await peer.next()).toBe(hello())
    expect(opened[0]!.counts.malformed).toBe(1)
    peer.close(1000)
  })
})

describe('once open', () => {
  test('the frames go to the session, and its counts hold hello', async () => {
    const { peer, opened } = await accepted()
    peer.send(hello())
    await peer.next()
    const [session] = opened
    const call = session!.role.ask('info', 'time', {})
    peer.send(frame(opidOf(await peer.next()), '/info', 'answer'))
    expect(await call).toBe('answer')
    expect(session!.counts).toMatchObject({ received: 2, sent: 2 })
    peer.close(1000)
  })

  test('the loss of the connection ends the session and is told once', async () => {
    const { peer, pair, opened, closed } = await accepted()
    peer.send(hello())
    await peer.next()
    const call = opened[0]!.role.ask('info', 'time', {})
    pair.kill()
    expect(await call).toMatchObject({ code: 'connection_lost' })
    expect(closed).toEqual([{ code: 1006, reason: 'lost', byUs: false }])
    expect(opened[0]!.ended).toBe(true)
  })

  test('end() settles what waits at once, without the peer', async () => {
    const { peer, pair, opened, closed, acceptor } = await accepted()
    peer.send(hello())
    await peer.next()
    const call = opened[0]!.role.ask('info', 'time', {})
    pair.hold()
    acceptor.end({ code: 1001, reason: 'the host is closing', byUs: true })
    expect(await call).toMatchObject({ code: 'closed' })
    pair.release()
    expect((await peer.ended).code).toBe(1001)
    await clock.settle()
    expect(closed).toHaveLength(1)
  })
})
