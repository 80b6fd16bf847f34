import { encode, newOpid } from '@guestool/core'
import { readRecording } from '@guestool/core/recording'
import { expect, test } from 'vitest'
import { everything, filtered, hubItself } from './filter.js'
import { isProblem, latencyOf, outcomeOf, type Frame } from './frame.js'
import { WireLog } from './log.js'
import { recordingName, recordingOf } from './save.js'

/** A log that is told what passed, a moment after each other. */
function wire(limits: { frames?: number; characters?: number } = {}) {
  const log = new WireLog(limits.frames, limits.characters)
  let time = 1_000
  return {
    log,
    sent: (opid: string, opnm: string, opct: unknown, after = 10) => {
      log.hear({ what: 'sent', text: encode(opid, opnm, opct) }, (time += after))
    },
    received: (opid: string, opnm: string, opct: unknown, after = 10) => {
      log.hear({ what: 'received', text: encode(opid, opnm, opct) }, (time += after))
    },
    text: (text: string, what: 'sent' | 'received' = 'received') => {
      log.hear({ what, text }, (time += 10))
    },
    closed: (code: number, reason = '') => {
      log.hear({ what: 'closed', code, reason }, (time += 10))
    },
    now: () => time,
  }
}

const facts = ({ kind, direction, guest, operation, problem }: Frame) => [
  direction,
  kind,
  guest,
  operation,
  problem,
]

test.each([
  ['revision 1', '/info', { info: 'cpu', smptime: 0.5 }, '/info'],
  ['revision 2', '/info/cpu', { smptime: 0.5 }, '/event/report/info'],
] as const)('a reply is found by its request, of a guest and of the hub (%s)', (_name, opnm, opct, reply) => {
  const { log, sent, received, now } = wire()
  const [one, other] = [newOpid(), newOpid()]
  sent(one, `/guests/alpha${opnm}`, opct)
  sent(other, opnm, opct)
  received(other, reply, { cpu_percent: 1 }, 20)
  received(one, `/guests/alpha${reply}`, { cpu_percent: 2 }, 30)
  const frames = log.frames()
  expect(frames.map(facts)).toEqual([
    ['sent', 'request', 'alpha', 'info cpu', undefined],
    ['sent', 'request', undefined, 'info cpu', undefined],
    ['received', 'reply', undefined, 'info cpu', undefined],
    ['received', 'reply', 'alpha', 'info cpu', undefined],
  ])
  expect(frames.map(latencyOf)).toEqual([60, 20, 20, 60])
  expect(frames[0]!.reply).toBe(frames[3])
  expect(frames.slice(0, 2).map((request) => outcomeOf(request, now()))).toEqual(['answered', 'answered'])
})

test('a failed request is marked, however it is said', () => {
  const { log, sent, received, now } = wire()
  const opids = [newOpid(), newOpid(), newOpid(), newOpid()] as const
  for (const opid of opids) sent(opid, '/guests/alpha/info', { info: 'gpu' })
  received(opids[0], '/guests/alpha/event', {
    event: 'reject',
    code: 'gone',
    error: 'guest alpha is not here',
  })
  received(opids[1], '/guests/alpha/event/reject', { code: 'busy', error: 'later' })
  received(opids[2], '/guests/alpha/event/report/info', { error: 'no such key', code: 'invalid_params' })
  received(opids[3], '/guests/alpha/info', { error: 'unknown info type' })
  const answers = log.frames().slice(4)
  expect(answers.map(({ kind, problem, says }) => [kind, problem, says])).toEqual([
    ['rejection', 'gone', 'guest alpha is not here'],
    ['rejection', 'busy', 'later'],
    ['reply', 'invalid_params', 'no such key'],
    ['reply', 'unknown_operation', 'unknown info type'],
  ])
  expect(
    log.frames().filter((frame) => frame.kind === 'request' && outcomeOf(frame, now()) === 'failed'),
  ).toHaveLength(4)
})

test('a late reply, a copy, a reply to nothing, and what this console refused', () => {
  const { log, sent, received, now } = wire()
  const [slow, once, never] = [newOpid(), newOpid(), newOpid()]
  sent(slow, '/info', { info: 'hub' })
  received(slow, '/info', {}, 60_000)
  sent(slow, '/event', { event: 'reject', code: 'expired', error: 'too late' })
  sent(once, '/info', { info: 'hub' })
  received(once, '/info', {})
  received(once, '/info', {})
  received(never, '/info', {})
  expect(log.frames().map(facts)).toEqual([
    ['sent', 'request', undefined, 'info hub', undefined],
    ['received', 'reply', undefined, 'info hub', 'late'],
    ['sent', 'rejection', undefined, 'info hub', 'expired'],
    ['sent', 'request', undefined, 'info hub', undefined],
    ['received', 'reply', undefined, 'info hub', undefined],
    ['received', 'reply', undefined, 'info hub', 'duplicate'],
    ['received', 'reply', undefined, '', 'stray'],
  ])
  expect(log.frames().map((frame) => isProblem(frame, now()))).toEqual([
    true,
    true,
    true,
    false,
    false,
    true,
    true,
  ])
})

test('an answer to what was asked before anybody looked is no stray, as long as a request lives', () => {
  const { log, sent, received } = wire()
  received(newOpid(), '/info', {})
  sent(newOpid(), '/info', { info: 'hub' })
  received(newOpid(), '/info', {}, 59_989)
  received(newOpid(), '/info', {}, 1)
  expect(log.frames().map(({ problem }) => problem)).toEqual([undefined, undefined, undefined, 'stray'])
})

test('events and greetings are no answers, and a greeting with an address is no greeting', () => {
  const { log, sent, received } = wire()
  const hello = newOpid()
  sent(hello, '/hello', {})
  received(hello, '/hello', {}, 7)
  received(newOpid(), '/event', { event: 'guest_joined', id: 'alpha' })
  received(newOpid(), '/guests/alpha/event/bot_online', { bot: '1' })
  received(newOpid(), '/guests/alpha/hello', {})
  expect(log.frames().map(facts)).toEqual([
    ['sent', 'greeting', undefined, 'hello', undefined],
    ['received', 'greeting', undefined, 'hello', undefined],
    ['received', 'event', undefined, 'event guest_joined', undefined],
    ['received', 'event', 'alpha', 'event bot_online', undefined],
    ['received', 'reply', 'alpha', '', undefined],
  ])
  expect(latencyOf(log.frames()[1]!)).toBe(7)
})

test('what cannot be read is shown as it came, with its request where that can be told', () => {
  const { log, sent, text } = wire()
  const opid = newOpid()
  sent(opid, '/guests/alpha/info', { info: 'cpu' })
  text(`{"opid": "${opid}", "opnm": "/guests/alpha/info", "opct": NaN}`)
  text('<img src=x onerror=alert(1)>')
  text(encode(newOpid(), '/guests/.a/info', {}))
  log.hear({ what: 'binary' }, 9_000)
  const [request, nan, ...others] = log.frames()
  expect(facts(nan!)).toEqual(['received', 'unreadable', 'alpha', 'info cpu', 'unreadable'])
  expect(nan!.request).toBe(request)
  expect(others.map(({ kind, text: shown }) => [kind, shown.slice(0, 4)])).toEqual([
    ['unreadable', '<img'],
    ['unreadable', '{"op'],
    ['unreadable', ''],
  ])
})

test('what was asked on a connection that closed is lost; what nobody answers is expired after a minute', () => {
  const { log, sent, closed, now } = wire()
  sent(newOpid(), '/info', { info: 'hub' })
  closed(1006, 'lost')
  log.hear({ what: 'opened' }, now())
  sent(newOpid(), '/info', { info: 'hub' })
  const [first, close, , second] = log.frames()
  expect(outcomeOf(first!, now())).toBe('lost')
  expect(facts(close!)).toEqual(['received', 'closed', undefined, '1006', 'closed'])
  expect(outcomeOf(second!, now())).toBe('waiting')
  expect(outcomeOf(second!, now() + 60_000)).toBe('expired')
})

test('it keeps so many frames and so much of them, and counts all', () => {
  const { log, sent, received } = wire({ frames: 3 })
  const opid = newOpid()
  sent(opid, '/info', { info: 'hub' })
  for (let i = 0; i < 3; i++) received(newOpid(), '/event', { event: 'guest_left' })
  log.frames()
  received(opid, '/info', {})
  expect(log.frames().map(({ n, request }) => [n, request])).toEqual([
    [3, undefined],
    [4, undefined],
    // Its request is not kept any more.
    [5, undefined],
  ])
  expect(log.count).toBe(5)

  const large = wire({ characters: 1_000 })
  for (let i = 0; i < 4; i++) large.text('x'.repeat(400))
  expect(large.log.frames().map(({ n }) => n)).toEqual([3, 4])
  large.text('x'.repeat(2_000))
  expect(large.log.frames().map(({ n }) => n)).toEqual([5])
  large.log.clear()
  expect([large.log.frames(), large.log.count]).toEqual([[], 0])
})

const token = 'guestool_a1b2c3d4.abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ'

test('no token is shown or saved, whoever made it', () => {
  const { log, sent, received } = wire()
  const opids = [newOpid(), newOpid(), newOpid()] as const
  sent(opids[0], '/action', { action: 'add_guest', guest: 'alpha' })
  received(opids[0], '/action', { token })
  sent(opids[1], '/action/sign_in', {})
  received(opids[1], '/event/report/action', { token: 'another-kind-of-secret', expires_ts: 1_800_000_000 })
  received(opids[2], '/guests/alpha/event', { event: 'leak', text: `the token is ${token}` })
  const frames = log.frames()
  const all = frames.map(({ text }) => text).join('\n') + recordingOf(frames)
  expect(all).not.toContain('abcdefghijklmnopqrstuvwxyz')
  expect(all).not.toContain('another-kind-of-secret')
  expect(JSON.parse(frames[1]!.text)).toMatchObject({ opct: { token: 'guestool_a1b2c3d4.(hidden)' } })
  expect(JSON.parse(frames[3]!.text)).toMatchObject({
    opct: { token: '(hidden)', expires_ts: 1_800_000_000 },
  })
  expect(frames[1]!.problem).toBeUndefined()
})

function fleet() {
  const { log, sent, received, now } = wire()
  for (const guest of ['alpha', 'beta']) {
    const opid = newOpid()
    sent(opid, `/guests/${guest}/info`, { info: 'memory' })
    received(opid, `/guests/${guest}/info`, { total: 21, where: `(${guest})` })
  }
  const opid = newOpid()
  sent(opid, '/info', { info: 'guests' })
  received(opid, '/event', { event: 'reject', code: 'busy', error: 'later' })
  const listed = (filter: Partial<typeof everything>) =>
    filtered(log.frames(), { ...everything, ...filter }, now()).map(({ n }) => n)
  return { log, listed }
}

test('frames are found by operation, guest, direction, problem and text', () => {
  const { listed } = fleet()
  expect(listed({})).toEqual([1, 2, 3, 4, 5, 6])
  expect(listed({ operation: 'info memory' })).toEqual([1, 2, 3, 4])
  expect(listed({ guest: 'beta' })).toEqual([3, 4])
  expect(listed({ guest: hubItself })).toEqual([5, 6])
  expect(listed({ direction: 'received' })).toEqual([2, 4, 6])
  expect(listed({ problems: true })).toEqual([5, 6])
  // What is asked and what is answered belong together.
  expect(listed({ text: '(ALPHA)' })).toEqual([1, 2])
  expect(listed({ text: '[a-z]' })).toEqual([])
  expect(listed({ text: 'LATER', operation: 'info guests' })).toEqual([5, 6])
})

test('a recording is what the hosts of the guests saw, with request and answer', () => {
  const { log } = fleet()
  const [, answer] = log.frames()
  const frames = readRecording(recordingOf([answer!]))
  expect(frames.map(({ t, dir, guest, text }) => [t, dir, guest, JSON.parse(text).opnm])).toEqual([
    [0, 'host>guest', 'alpha', '/info'],
    [10, 'guest>host', 'alpha', '/info'],
  ])
  expect(recordingName(Date.UTC(2026, 10, 23, 22, 30, 5))).toBe('guestool-2026-11-23-22-30-05.jsonl')
})
