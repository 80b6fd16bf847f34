import { frame, readFrame, Stage } from '@guestool/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Failure, GuestoolError } from '../errors.js'
import { newOpid } from '../fresh-opid.js'
import { revision1 } from '../revision/revision1.js'
import { revision2 } from '../revision/revision2.js'
import type { Event, Request, Revision } from '../revision/revision.js'
import { guestAddresses } from './address.js'
import { SessionRequester } from './requester.js'
import { SessionResponder, type Answer } from './responder.js'

let stage: Stage

beforeEach(() => {
  stage = new Stage()
})

afterEach(async () => {
  expect(await stage.leftovers()).toEqual([])
})

const longest = 'x'.repeat(64)

describe('an address', () => {
  test.each([
    ['/info', undefined, '/info'],
    ['', undefined, ''],
    ['/guests', undefined, '/guests'],
    ['/guest/alpha/info', undefined, '/guest/alpha/info'],
    ['guests/alpha/info', undefined, 'guests/alpha/info'],
    ['/GUESTS/alpha/info', undefined, '/GUESTS/alpha/info'],
    ['/guests/alpha/info', 'alpha', '/info'],
    ['/guests/alpha/info/cpu', 'alpha', '/info/cpu'],
    ['/guests/alpha', 'alpha', ''],
    ['/guests/alpha/', 'alpha', '/'],
    ['/guests/alpha//info', 'alpha', '//info'],
    ['/guests/alpha/guests/beta/info', 'alpha', '/guests/beta/info'],
    ['/guests/guests/info', 'guests', '/info'],
    ['/guests/__proto__/info', '__proto__', '/info'],
    [`/guests/${longest}/info`, longest, '/info'],
  ])('in %s', (opnm, guest, rest) => {
    expect(guestAddresses.read(opnm)).toEqual({ guest, opnm: rest })
    expect(guestAddresses.write(guest, rest)).toBe(opnm)
  })

  test.each([
    '/guests/',
    '/guests//info',
    '/guests/.hidden/info',
    '/guests/../info',
    `/guests/${longest}x/info`,
    '/guests/al pha/info',
    '/guests/al%70ha/info',
    '/guests/alpha?/info',
    '/guests/*/info',
    '/guests/a,b/info',
    '/guests/älpha/info',
    '/guests/alpha\n/info',
    '/guests/alpha\u0000/info',
  ])('that is none: %j', (opnm) => {
    expect(guestAddresses.read(opnm)).toBeUndefined()
  })
})

const revisions = [revision1, revision2]
const reject = (revision: Revision): string => (revision.number === 1 ? '/event' : '/event/reject')

/** What an addressed responder was asked, and of whom. */
interface Asked {
  readonly request: Request
  readonly guest: string | undefined
}

/** A hub, as far as a session knows it. */
async function hub(revision: Revision, answer?: Answer, maxPending?: number) {
  const asked: Asked[] = []
  const staged = stage.session<SessionResponder>(
    { revision, side: 'acceptor', addressed: true },
    (session) =>
      new SessionResponder(session, {
        answer: (request, context, guest) => {
          asked.push({ request, guest })
          return answer === undefined ? `${guest}: ${request.name}` : answer(request, context, guest)
        },
        maxPending,
      }),
  )
  await stage.clock.settle()
  const { peer } = staged
  const say = (opnm: string, opct: unknown, opid = newOpid()): string => {
    peer.send(frame(opid, opnm, opct))
    return opid
  }
  /** Asks an info; resolves with the answer. */
  const ask = async (guest: string | undefined, name: string, params: object = {}) => {
    const { opnm, opct } = revision.request('info', name, params)
    const opid = say(guestAddresses.write(guest, opnm), opct)
    const answered = readFrame(await peer.next(`the answer to ${name}`))
    expect(answered.opid).toBe(opid)
    return { opnm: answered.opnm, opct: answered.opct }
  }
  return { ...staged, asked, say, ask }
}

/** A console of a hub, as far as a session knows it. */
async function console(revision: Revision) {
  const events: { event: Event; guest: string | undefined }[] = []
  const staged = stage.session<SessionRequester>(
    { revision, side: 'dialler', addressed: true },
    (session) => new SessionRequester(session, (event, guest) => events.push({ event, guest })),
  )
  await stage.clock.settle()
  return { ...staged, events }
}

describe.each(revisions)('who answers on an addressed session, revision $number', (revision) => {
  test('learns of whom it is asked, and answers with the same address', async () => {
    const { ask, asked } = await hub(revision)
    const reply = revision.reply('info')
    expect(await ask('alpha', 'cpu', { smptime: 1 })).toEqual({
      opnm: `/guests/alpha${reply}`,
      opct: 'alpha: cpu',
    })
    expect(await ask(undefined, 'hub')).toEqual({ opnm: reply, opct: 'undefined: hub' })
    expect(await ask('__proto__', 'cpu')).toEqual({
      opnm: `/guests/__proto__${reply}`,
      opct: '__proto__: cpu',
    })
    expect(asked.slice(0, 2)).toEqual([
      { guest: 'alpha', request: { kind: 'info', name: 'cpu', params: { smptime: 1 } } },
      { guest: undefined, request: { kind: 'info', name: 'hub', params: {} } },
    ])
  })

  test('a reply that comes later has its own address, whatever was asked between', async () => {
    const finish: (() => void)[] = []
    const { say, peer } = await hub(
      revision,
      (_request, _context, guest) => new Promise((resolve) => finish.push(() => resolve(guest))),
    )
    const { opnm, opct } = revision.request('action', 'x', {})
    const opids = ['a', 'b', 'c'].map((guest) => say(guestAddresses.write(guest, opnm), opct))
    await stage.clock.settle()
    for (const run of finish.toReversed()) {
      run()
      await stage.clock.settle()
    }
    expect(peer.waiting.map((text) => readFrame(text))).toEqual(
      ['c', 'b', 'a'].map((guest, i) => ({
        opid: opids.toReversed()[i],
        opnm: `/guests/${guest}${revision.reply('action')}`,
        opct: guest,
      })),
    )
  })

  test.each([
    ['an error of the SDK', () => Promise.reject(new GuestoolError('gone', 'not here')), 'gone'],
    [
      'another error',
      () => {
        throw new Error('broken')
      },
      'failed',
    ],
    ['what is not JSON', () => 1n, 'failed'],
    ['what is too large', () => 'x'.repeat(2 ** 20), 'too_large'],
  ])('a failure has the address, too: %s', async (_what, answer, code) => {
    const { ask } = await hub(revision, answer)
    const { opnm, opct } = await ask('alpha', 'cpu')
    expect(opnm).toBe(`/guests/alpha${revision.failure('info', 'failed', '').opnm}`)
    expect(opct).toMatchObject({ code })
  })

  test('so has busy, and the refusal of __proto__ and of what is no operation', async () => {
    const { ask, say, peer } = await hub(revision, () => new Promise(() => undefined), 1)
    const failure = revision.failure('info', 'failed', '').opnm
    peer.send(
      frame(
        newOpid(),
        guestAddresses.write('alpha', revision.request('info', 'x', {}).opnm),
        revision.request('info', 'x', JSON.parse('{"__proto__":1}') as object).opct,
      ),
    )
    expect(readFrame(await peer.next('the refusal of __proto__'))).toMatchObject({
      opnm: `/guests/alpha${failure}`,
      opct: { code: 'invalid_params' },
    })
    const waits = revision.request('info', 'waits', {})
    say(guestAddresses.write('beta', waits.opnm), waits.opct)
    expect(await ask('alpha', 'cpu')).toMatchObject({
      opnm: `/guests/alpha${failure}`,
      opct: { code: 'busy' },
    })
    for (const rest of ['', '/', '/nope', '/guests/beta/info', '/guests//info']) {
      const opid = say(`/guests/alpha${rest}`, {})
      expect(readFrame(await peer.next(rest))).toMatchObject({
        opid,
        opnm: `/guests/alpha${reject(revision)}`,
        opct: { code: 'unknown_operation' },
      })
    }
  })

  test('a malformed address is a bad frame: refused without an address, and closed 4400 in the end', async () => {
    const { say, peer, session, asked, ask } = await hub(revision)
    const { opct } = revision.request('info', 'cpu', {})
    const addresses = ['/guests/', '/guests//info', '/guests/.x/info', '/guests/%61/info', '/guests/a b/info']
    for (const opnm of addresses) {
      const opid = say(opnm, opct)
      expect(readFrame(await peer.next(opnm))).toMatchObject({
        opid,
        opnm: reject(revision),
        opct: { code: 'malformed', error: 'not the address of a guest' },
      })
    }
    expect(session.counts.malformed).toBe(addresses.length)
    expect(await ask('alpha', 'cpu')).toMatchObject({ opct: 'alpha: cpu' })
    for (let i = addresses.length; i < 17; i++) say('/guests/', opct)
    expect(await peer.ended).toMatchObject({ code: 4400, reason: expect.stringContaining('address') })
    expect(asked).toHaveLength(1)
  })

  test('what is no message has no address either, however much of it can be read', async () => {
    const { peer } = await hub(revision)
    const opid = newOpid()
    peer.send(JSON.stringify({ opid, opnm: '/guests/alpha/info' }))
    expect(readFrame(await peer.next())).toMatchObject({
      opid,
      opnm: reject(revision),
      opct: { code: 'malformed', error: 'opct is missing' },
    })
  })

  test('a greeting takes no address: with one it is neither echoed nor an end, nor anybody’s question', async () => {
    const { say, peer, asked, ask } = await hub(revision)
    for (const greeting of ['/hello', '/greet/hello', '/greet/bye']) {
      const opid = say(`/guests/alpha${greeting}`, {})
      expect(readFrame(await peer.next(greeting))).toMatchObject({
        opid,
        opnm: `/guests/alpha${reject(revision)}`,
        opct: { code: 'unknown_operation' },
      })
    }
    const hello = ` ${frame(newOpid(), revision.hello, {})}`
    peer.send(hello)
    expect(await peer.next('the echo')).toBe(hello)
    expect(asked).toEqual([])
    expect(await ask('alpha', 'cpu')).toMatchObject({ opct: 'alpha: cpu' })
  })

  test('a rejection with an address is one: counted, and never answered', async () => {
    const { say, session, ask } = await hub(revision)
    const { opnm, opct } = revision.rejection({ code: 'expired', error: 'late' })
    say(`/guests/alpha${opnm}`, opct)
    expect(await ask('alpha', 'cpu')).toMatchObject({ opct: 'alpha: cpu' })
    expect(session.counts.rejected).toBe(1)
  })

  test('a copy is a copy, whatever address it has', async () => {
    const { say, session, peer, asked } = await hub(revision)
    const { opnm, opct } = revision.request('info', 'cpu', {})
    const opid = say(`/guests/alpha${opnm}`, opct)
    await peer.next()
    say(`/guests/beta${opnm}`, opct, opid)
    say(opnm, opct, opid)
    await stage.clock.settle()
    expect([peer.waiting, asked.length, session.counts.duplicate]).toEqual([[], 1, 2])
  })

  test('an event has the address of the guest that it comes from', async () => {
    const { role, peer } = await hub(revision)
    expect(role.emit('x', { a: 1 }, 'alpha')).toBe(true)
    role.emit('x', { a: 1 })
    const { opnm, opct } = revision.event('x', { a: 1 })
    expect(readFrame(await peer.next())).toMatchObject({ opnm: `/guests/alpha${opnm}`, opct })
    expect(readFrame(await peer.next())).toMatchObject({ opnm, opct })
  })
})

describe.each(revisions)('who asks on an addressed session, revision $number', (revision) => {
  test('writes the address before the operation name, and takes the reply by its opid', async () => {
    const { role, peer } = await console(revision)
    const call = role.ask('info', 'cpu', { smptime: 1 }, undefined, 'alpha')
    const { opid, opnm, opct } = readFrame(await peer.next())
    const request = revision.request('info', 'cpu', { smptime: 1 })
    expect({ opnm, opct }).toEqual({ ...request, opnm: `/guests/alpha${request.opnm}` })
    peer.send(frame(String(opid), `/guests/alpha${revision.reply('info')}`, [1]))
    expect(await call).toEqual([1])
    const own = role.ask('info', 'hub', {})
    const asked = readFrame(await peer.next())
    expect(asked.opnm).toBe(revision.request('info', 'hub', {}).opnm)
    peer.send(frame(String(asked.opid), revision.reply('info'), 2))
    expect(await own).toBe(2)
  })

  test('a rejection with an address ends the call', async () => {
    const { role, peer } = await console(revision)
    const call = role.ask('info', 'cpu', {}, undefined, 'alpha')
    const { opid } = readFrame(await peer.next())
    const { opnm, opct } = revision.rejection({ code: 'gone', error: 'not here' })
    peer.send(frame(String(opid), `/guests/alpha${opnm}`, opct))
    expect(await call).toEqual(new Failure('gone', 'not here', { remote: true }))
  })

  test('hears whose event it is', async () => {
    const { peer, events } = await console(revision)
    const { opnm, opct } = revision.event('x', { a: 1 })
    for (const guest of ['alpha', undefined, 'guests'])
      peer.send(frame(newOpid(), guestAddresses.write(guest, opnm), opct))
    await stage.clock.settle()
    const event = { name: 'x', data: { a: 1 } }
    expect(events).toEqual([
      { event, guest: 'alpha' },
      { event, guest: undefined },
      { event, guest: 'guests' },
    ])
  })

  test('refuses a stray reply with its address: late, and unknown', async () => {
    const { role, peer } = await console(revision)
    const call = role.ask('info', 'cpu', {}, undefined, 'alpha')
    const { opid } = readFrame(await peer.next())
    await stage.clock.advance(60_000)
    expect(await call).toMatchObject({ code: 'expired' })
    for (const [to, code] of [
      [String(opid), 'expired'],
      [newOpid(), 'unknown_opid'],
    ] as const) {
      peer.send(frame(to, `/guests/alpha${revision.reply('info')}`, 1))
      expect(readFrame(await peer.next(code))).toMatchObject({
        opid: to,
        opnm: `/guests/alpha${reject(revision)}`,
        opct: { code },
      })
    }
  })

  test('a reply with a malformed address fails its call, and is a bad frame', async () => {
    const { role, peer, session } = await console(revision)
    const call = role.ask('info', 'cpu', {}, undefined, 'alpha')
    const { opid } = readFrame(await peer.next())
    peer.send(frame(String(opid), `/guests/.a${revision.reply('info')}`, 1))
    expect(await call).toMatchObject({ code: 'invalid_result' })
    expect(session.counts.malformed).toBe(1)
    await peer.next('its rejection')
  })
})

test('on a session without addresses they are operation names like others', async () => {
  const { peer, session } = stage.responder({ info: { bots: () => [] } })
  await stage.clock.settle()
  for (const opnm of ['/guests/alpha/info', '/guests/', '/guests/.x']) {
    peer.send(frame(newOpid(), opnm, { info: 'bots' }))
    expect(readFrame(await peer.next(opnm))).toMatchObject({
      opnm: '/event',
      opct: { code: 'unknown_operation' },
    })
  }
  expect(session.counts.malformed).toBe(0)
})
