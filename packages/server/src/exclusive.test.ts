import { getEventListeners } from 'node:events'
import { Failure, guestool, type Operation } from '@guestool/core'
import { VirtualClock } from '@guestool/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Exclusive } from './exclusive.js'

const cpu = guestool.info.get('cpu')!
const processes = guestool.info.get('processes')!

let clock: VirtualClock
let exclusive: Exclusive
/** What is on the wire, in the order of sending. */
let sent: { what: string; reply: (outcome: unknown) => void }[]
let settled: { who: string; outcome: unknown }[]

beforeEach(() => {
  clock = new VirtualClock()
  sent = []
  settled = []
  exclusive = new Exclusive(
    clock,
    ({ name }, params) =>
      new Promise((reply) => sent.push({ what: `${name} ${JSON.stringify(params)}`, reply })),
  )
})

afterEach(async () => {
  // What the connection does at its end: everything on the wire settles, and what is sent after it.
  for (let i = 0; i < sent.length; i++) {
    sent[i]!.reply(new Failure('connection_lost', 'lost'))
    await clock.settle()
  }
  expect(clock.timers).toBe(0)
})

function ask(
  who: string,
  operation: Operation,
  params: object,
  options?: { timeout?: number; signal?: AbortSignal },
) {
  void exclusive.ask(operation, params, options).then((outcome) => settled.push({ who, outcome }))
}

const whatWasSent = () => sent.map(({ what }) => what)
const outcomeOf = (who: string) => settled.find((each) => each.who === who)?.outcome
const codeOf = (who: string) => (outcomeOf(who) as Failure).code

test('one runs at a time, different infos included; the next starts at the reply', async () => {
  ask('a', cpu, { smptime: 1 })
  ask('b', processes, { smptime: 0.1 })
  ask('c', cpu, { smptime: 2 })
  await clock.settle()
  expect(whatWasSent()).toEqual(['cpu {"smptime":1}'])
  sent[0]!.reply('A')
  await clock.settle()
  expect(whatWasSent()).toEqual(['cpu {"smptime":1}', 'processes {"smptime":0.1}'])
  sent[1]!.reply('B')
  await clock.settle()
  sent[2]!.reply('C')
  await clock.settle()
  expect(settled).toEqual([
    { who: 'a', outcome: 'A' },
    { who: 'b', outcome: 'B' },
    { who: 'c', outcome: 'C' },
  ])
})

test('equal params share one answer, on the wire or in the queue', async () => {
  ask('a', cpu, { smptime: 1 })
  ask('b', cpu, { smptime: 1 })
  ask('c', cpu, { smptime: 2 })
  ask('d', cpu, { smptime: 2 })
  // Not the same to a guest with another default.
  ask('e', cpu, {})
  ask('f', processes, { smptime: 1 })
  await clock.settle()
  sent[0]!.reply('one')
  await clock.settle()
  sent[1]!.reply('two')
  await clock.settle()
  expect(settled.map(({ who, outcome }) => `${who} ${String(outcome)}`)).toEqual([
    'a one',
    'b one',
    'c two',
    'd two',
  ])
  expect(whatWasSent()).toEqual(['cpu {"smptime":1}', 'cpu {"smptime":2}', 'cpu {}'])
  ask('g', cpu, { smptime: 1 })
  sent[2]!.reply('three')
  await clock.settle()
  sent[3]!.reply('four')
  await clock.settle()
  // An answer is shared by those who waited for it, and is not kept.
  expect(whatWasSent().at(-1)).toBe('cpu {"smptime":1}')
})

test('one waiter’s abort and timeout concern only itself', async () => {
  const stop = new AbortController()
  ask('first', cpu, { smptime: 1 }, { signal: stop.signal })
  ask('hasty', cpu, { smptime: 1 }, { timeout: 3_000 })
  ask('patient', cpu, { smptime: 1 })
  stop.abort('enough')
  await clock.advance(3_000)
  expect(codeOf('first')).toBe('aborted')
  expect(getEventListeners(stop.signal, 'abort')).toEqual([])
  expect((outcomeOf('first') as Failure).details?.cause).toBe('enough')
  expect(codeOf('hasty')).toBe('timeout')
  expect(outcomeOf('patient')).toBeUndefined()
  sent[0]!.reply('answer')
  await clock.settle()
  expect(outcomeOf('patient')).toBe('answer')
  expect(sent).toHaveLength(1)
})

test('a run goes on when all have left it: the guest has no way to stop either', async () => {
  const stop = new AbortController()
  ask('a', cpu, { smptime: 1 }, { signal: stop.signal })
  ask('b', cpu, { smptime: 2 })
  stop.abort()
  await clock.settle()
  expect(sent).toHaveLength(1)
  ask('c', cpu, { smptime: 1 })
  sent[0]!.reply('A')
  await clock.settle()
  expect(outcomeOf('c')).toBe('A')
  expect(sent).toHaveLength(2)
})

test('who leaves the queue is not sent', async () => {
  const stop = new AbortController()
  ask('a', cpu, { smptime: 1 })
  ask('b', cpu, { smptime: 2 }, { signal: stop.signal })
  ask('c', cpu, { smptime: 3 })
  stop.abort()
  sent[0]!.reply('A')
  await clock.settle()
  expect(whatWasSent()).toEqual(['cpu {"smptime":1}', 'cpu {"smptime":3}'])
})

test('what nobody waits for any more is in nobody’s way: it is not even compared', () => {
  let looks = 0
  const looked = {
    get smptime() {
      looks++
      return 2
    },
  }
  const controller = new AbortController()
  ask('a', cpu, { smptime: 1 })
  ask('b', cpu, looked, { signal: controller.signal })
  ask('c', cpu, { smptime: 3 })
  expect(looks).toBeGreaterThan(0)
  controller.abort()
  looks = 0
  ask('d', cpu, { smptime: 4 })
  expect(looks).toBe(0)
})

test('a signal that never fires is left as it was', async () => {
  const { signal } = new AbortController()
  ask('a', cpu, {}, { signal })
  ask('b', cpu, {}, { signal, timeout: 1_000 })
  expect(getEventListeners(signal, 'abort')).toHaveLength(2)
  await clock.advance(1_000)
  sent[0]!.reply('A')
  await clock.settle()
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

test('aborted before it began, nothing happens at all', async () => {
  ask('a', cpu, {}, { signal: AbortSignal.abort('no') })
  await clock.settle()
  expect(codeOf('a')).toBe('aborted')
  expect(sent).toEqual([])
})

test.each([
  ['a given sampling time', { smptime: 2 }, 7_000],
  ['the default', {}, 5_100],
])('cpu frees the slot 5 s after %s, answered or not', async (_, params, ms) => {
  ask('a', cpu, params)
  ask('b', cpu, { smptime: 1 })
  await clock.advance(ms - 1)
  expect(sent).toHaveLength(1)
  await clock.advance(1)
  expect(sent).toHaveLength(2)
  // Who asks the same again does not join a run that is overdue.
  ask('c', cpu, params)
  sent[1]!.reply('B')
  await clock.settle()
  expect(sent).toHaveLength(3)
  // Its answer is still good for who waited.
  sent[0]!.reply('late A')
  await clock.settle()
  expect(outcomeOf('a')).toBe('late A')
  sent[2]!.reply('C')
  await clock.settle()
  expect(outcomeOf('c')).toBe('C')
})

test('a late answer frees no slot that is no longer its own', async () => {
  ask('a', cpu, { smptime: 1 })
  ask('b', cpu, { smptime: 2 })
  ask('c', cpu, { smptime: 3 })
  await clock.advance(6_000)
  sent[0]!.reply('A')
  await clock.settle()
  expect(whatWasSent()).toEqual(['cpu {"smptime":1}', 'cpu {"smptime":2}'])
})

test('processes frees the slot only at its reply: nobody can tell how long it takes', async () => {
  ask('a', processes, { smptime: 0.1 })
  ask('b', cpu, {})
  await clock.advance(59_000)
  expect(sent).toHaveLength(1)
  sent[0]!.reply(new Failure('expired', 'no answer within 60 s'))
  await clock.settle()
  expect(whatWasSent()).toEqual(['processes {"smptime":0.1}', 'cpu {}'])
})

test('waiting in the queue counts against a caller’s timeout, and against its minute', async () => {
  ask('a', processes, {})
  ask('hasty', cpu, { smptime: 1 }, { timeout: 10_000 })
  ask('patient', cpu, { smptime: 2 })
  await clock.advance(10_000)
  expect(codeOf('hasty')).toBe('timeout')
  expect((outcomeOf('hasty') as Failure).text).toMatch(/it waited behind infos that run alone/)
  await clock.advance(49_999)
  expect(outcomeOf('patient')).toBeUndefined()
  await clock.advance(1)
  expect(codeOf('patient')).toBe('expired')
  expect(sent).toHaveLength(1)
})

test('after a wait, the sampling must still fit in what is left', async () => {
  ask('a', processes, {})
  ask('long', cpu, { smptime: 40 })
  ask('short', cpu, { smptime: 1 })
  await clock.advance(30_000)
  sent[0]!.reply('A')
  await clock.settle()
  // 30 s are left: 40 s of sampling would be answered too late for certain. To ask again later is no mistake.
  expect(codeOf('long')).toBe('busy')
  expect(whatWasSent()).toEqual(['processes {}', 'cpu {"smptime":1}'])
})

test('a sharer that still fits is sent, one that does not is turned away', async () => {
  ask('a', processes, {})
  ask('hasty', cpu, { smptime: 5 }, { timeout: 15_000 })
  ask('patient', cpu, { smptime: 5 })
  await clock.advance(10_000)
  sent[0]!.reply('A')
  await clock.settle()
  expect(codeOf('hasty')).toBe('busy')
  expect(sent).toHaveLength(2)
  sent[1]!.reply('B')
  await clock.settle()
  expect(outcomeOf('patient')).toBe('B')
})

test('a lone call without a timeout of its own sets no timer but the slot’s', () => {
  ask('a', processes, {})
  expect(clock.timers).toBe(0)
  ask('b', processes, {})
  expect(clock.timers).toBe(0)
})

test('when the connection is lost everyone in the queue hears of it', async () => {
  ask('a', processes, {})
  ask('b', cpu, {})
  ask('c', cpu, { smptime: 1 })
  sent[0]!.reply(new Failure('connection_lost', 'lost'))
  await clock.settle()
  sent[1]!.reply(new Failure('connection_lost', 'lost'))
  await clock.settle()
  sent[2]!.reply(new Failure('connection_lost', 'lost'))
  await clock.settle()
  expect(['a', 'b', 'c'].map(codeOf)).toEqual(['connection_lost', 'connection_lost', 'connection_lost'])
})
