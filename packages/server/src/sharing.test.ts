import { getEventListeners } from 'node:events'
import { Failure, guestool, limits, type AskOptions, type Operation } from '@guestool/core'
import { VirtualClock } from '@guestool/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { collector } from './collector.test.kit.js'
import { Sharing } from './sharing.js'

const cpu = guestool.info.get('cpu')!
const processes = guestool.info.get('processes')!
const memory = guestool.info.get('memory')!
const network = guestool.info.get('all_network_io')!

let clock: VirtualClock
let sharing: Sharing
/** What is on the wire, in the order of sending. */
let sent: { what: string; reply: (outcome: unknown) => void; options: AskOptions | undefined }[]
let dropped: number
let settled: { who: string; outcome: unknown }[]

beforeEach(() => {
  clock = new VirtualClock()
  sent = []
  settled = []
  dropped = 0
  sharing = new Sharing(
    clock,
    ({ name, params }, options) =>
      new Promise((reply) => sent.push({ what: `${name} ${textOf(params)}`, reply, options })),
    () => dropped++,
  )
})

afterEach(async () => {
  // What the connection does at its end: everything on the wire settles, and what is sent after it.
  for (let i = 0; i < sent.length; i++) {
    sent[i]!.reply(new Failure('connection_lost', 'lost'))
    await clock.settle()
  }
  sharing.forgetRecent()
  expect(clock.timers).toBe(0)
})

// JSON has no bigint.
const textOf = (params: object) =>
  JSON.stringify(params, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value))

/** Asks for what the contract knows, or for a name that it does not. */
function ask(who: string, what: Operation | string, params: object, options?: AskOptions) {
  const [operation, name] = typeof what === 'string' ? [undefined, what] : [what, what.name]
  const asked = { operation, kind: 'info', name, params } as const
  void sharing.ask(asked, options).then((outcome) => settled.push({ who, outcome }))
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
  expect(settled.map(({ who, outcome }) => `${who} ${String(outcome)}`).toSorted()).toEqual([
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

test('what nobody waits for any more is in nobody’s way, and is not joined', async () => {
  const stop = new AbortController()
  ask('a', cpu, { smptime: 1 })
  ask('b', cpu, { smptime: 2 }, { signal: stop.signal })
  ask('c', cpu, { smptime: 3 })
  stop.abort()
  ask('d', cpu, { smptime: 2 })
  sent[0]!.reply('A')
  await clock.settle()
  // At the end of the line, not where the run stood that was dropped.
  expect(whatWasSent()).toEqual(['cpu {"smptime":1}', 'cpu {"smptime":3}'])
  sent[1]!.reply('C')
  await clock.settle()
  expect(whatWasSent()[2]).toBe('cpu {"smptime":2}')
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
  // Its answer is still good for who waited, and does not end what others can join.
  sent[0]!.reply('late A')
  await clock.settle()
  expect(outcomeOf('a')).toBe('late A')
  ask('d', cpu, params)
  expect(sent).toHaveLength(3)
  sent[2]!.reply('C')
  await clock.settle()
  expect(['c', 'd'].map(outcomeOf)).toEqual(['C', 'C'])
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

// What is not exclusive, known to the contract or not.
test.each<[string, Operation | string]>([
  ['an info', memory],
  ['an info that the contract does not know', 'mystery/of it'],
])(
  '%s asked again while it is on its way shares the answer; the host’s own calls do not keep it',
  async (_, what) => {
    ask('a', what, {})
    ask('b', what, {})
    await clock.advance(5_000)
    ask('c', what, {})
    expect(sent).toHaveLength(1)
    sent[0]!.reply('one')
    await clock.settle()
    expect(['a', 'b', 'c'].map(outcomeOf)).toEqual(['one', 'one', 'one'])
    expect(sharing.shared).toBe(2)
    ask('d', what, {})
    expect(sent).toHaveLength(2)
    sent[1]!.reply('two')
    await clock.settle()
    expect(outcomeOf('d')).toBe('two')
    expect(sharing.shared).toBe(2)
  },
)

test.each([
  [{}, {}],
  [{ smptime: 1 }, { smptime: 1 }],
  [
    { a: 1, b: 'x' },
    { b: 'x', a: 1 },
  ],
  [{ a: { b: [1, { c: 2, d: null }], e: true } }, { a: { e: true, b: [1, { d: null, c: 2 }] } }],
  // The wire does not have it either.
  [{ smptime: undefined }, {}],
])('%j and %j are the same question', (one, other) => {
  ask('a', 'what', one)
  ask('b', 'what', other)
  expect(sent).toHaveLength(1)
})

test.each<[string, object, string, object]>([
  ['what', { smptime: 1 }, 'what', { smptime: 2 }],
  ['what', { smptime: 1 }, 'what', { smptime: '1' }],
  ['what', { smptime: 0.1 }, 'what', {}],
  ['what', { a: [1, 2] }, 'what', { a: [2, 1] }],
  ['what', { a: null }, 'what', {}],
  ['what', { a: 'null' }, 'what', { a: null }],
  ['what', { a: 1, b: 2 }, 'what', { a: 2, b: 1 }],
  ['what', {}, 'that', {}],
  // Names and keys may have any characters.
  ['what', { a: 1, b: 2 }, 'what', { 'a 1 b': 2 }],
  ['what', { a: 1, b: 2 }, 'what', { 'a 1 1 b': 2 }],
  ['what', { a: 1 }, 'what 1 a 1', {}],
  ['4 what', {}, 'what', {}],
  ['what', { a: { b: 1 } }, 'what', { 'a {"b"': 1 }],
])('%s %j and %s %j are two', (name, params, other, otherParams) => {
  ask('a', name, params)
  ask('b', other, otherParams)
  expect(sent).toHaveLength(2)
})

test('a caller who changes the params afterwards asks something else', async () => {
  const params = { smptime: 1 }
  ask('a', network, params)
  ask('x', cpu, { smptime: 9 })
  ask('y', cpu, params)
  params.smptime = 2
  ask('b', network, params)
  ask('z', cpu, params)
  expect(whatWasSent()).toEqual([
    'all_network_io {"smptime":1}',
    'cpu {"smptime":9}',
    'all_network_io {"smptime":2}',
  ])
  sent[1]!.reply('X')
  await clock.settle()
  sent[3]!.reply('Y')
  await clock.settle()
  expect(whatWasSent().slice(3)).toEqual(['cpu {"smptime":1}', 'cpu {"smptime":2}'])
})

test('params that are no JSON are sent as they are, for what comes of it', async () => {
  ask('a', 'what', { n: 1n }, { timeout: 1_000 })
  ask('b', 'what', { n: 1n })
  expect(sent.map(({ options }) => options)).toEqual([{ timeout: 1_000 }, undefined])
})

test('what has no equal on its way does not wait for anything, not even for exclusive ones', () => {
  ask('a', cpu, {})
  ask('b', memory, {})
  ask('c', network, { smptime: 1 })
  ask('d', network, { smptime: 2 })
  ask('e', 'mystery', {})
  expect(sent).toHaveLength(5)
})

test('the request has nobody’s limits: who asked first may leave, and the others are answered', async () => {
  const stop = new AbortController()
  ask('first', memory, {}, { signal: stop.signal, timeout: 5_000 })
  ask('hasty', memory, {}, { timeout: 3_000 })
  ask('patient', memory, {})
  expect(sent.map(({ options }) => options)).toEqual([undefined])
  stop.abort('enough')
  await clock.advance(3_000)
  expect(['first', 'hasty'].map(codeOf)).toEqual(['aborted', 'timeout'])
  expect(getEventListeners(stop.signal, 'abort')).toEqual([])
  expect(clock.timers).toBe(0)
  sent[0]!.reply('answer')
  await clock.settle()
  expect(outcomeOf('patient')).toBe('answer')
  expect(sharing.shared).toBe(1)
})

test('what is on the wire can be joined when all have left it', async () => {
  ask('a', memory, {}, { timeout: 1_000 })
  await clock.advance(1_000)
  expect(codeOf('a')).toBe('timeout')
  ask('b', memory, {})
  expect(sent).toHaveLength(1)
  sent[0]!.reply('A')
  await clock.settle()
  expect(outcomeOf('b')).toBe('A')
  expect(sharing.shared).toBe(1)
})

test('an answer that nobody waits for any more is dropped, and counted so', async () => {
  ask('alone', memory, {}, { timeout: 1_000 })
  ask('patient', network, {})
  ask('hasty', network, {}, { timeout: 1_000 })
  ask('silent', 'mystery', {}, { timeout: 1_000 })
  await clock.advance(1_000)
  sent[0]!.reply('nobody’s')
  sent[1]!.reply('patient’s')
  sent[2]!.reply(new Failure('connection_lost', 'lost'))
  await clock.settle()
  expect(outcomeOf('patient')).toBe('patient’s')
  expect(dropped).toBe(1)
  expect(sharing.shared).toBe(0)
})

test('aborted before it began, nothing is asked and nothing is joined', async () => {
  ask('a', memory, {})
  ask('b', memory, {}, { signal: AbortSignal.abort('no') })
  await clock.settle()
  expect(codeOf('b')).toBe('aborted')
  sent[0]!.reply('A')
  await clock.settle()
  expect(sharing.shared).toBe(0)
})

test('a failure is shared as an answer is', async () => {
  for (const who of ['a', 'b', 'c']) ask(who, memory, {})
  sent[0]!.reply(new Failure('unsupported', 'not here', { remote: true }))
  await clock.settle()
  expect(['a', 'b', 'c'].map(codeOf)).toEqual(['unsupported', 'unsupported', 'unsupported'])
  expect(sharing.shared).toBe(2)
})

test('what the connection’s end settles is nobody’s sample', async () => {
  for (const who of ['a', 'b', 'c']) ask(who, memory, {})
  sent[0]!.reply(new Failure('connection_lost', 'lost'))
  await clock.settle()
  expect(['a', 'b', 'c'].map(codeOf)).toEqual(['connection_lost', 'connection_lost', 'connection_lost'])
  expect(sharing.shared).toBe(0)
  expect(sent).toHaveLength(1)
})

/** What the session does 60 s after it sent a request. */
const expired = () => new Failure('expired', 'no answer within 60 s; is the peer busy or stuck?')

describe('a request whose answer is late', () => {
  test.each([
    ['without sampling', memory, {}, 5_000],
    ['with sampling', network, { smptime: 10 }, 15_000],
    ['with the default of its sampling', network, {}, 6_000],
    ['that no contract knows', 'own', {}, 5_000],
  ])('%s is not joined any more', async (_, what, params, ms) => {
    ask('a', what, params)
    await clock.advance(ms)
    ask('b', what, params)
    expect(sent).toHaveLength(1)
    await clock.advance(1)
    ask('c', what, params)
    ask('d', what, params)
    expect(sent).toHaveLength(2)
    sent[0]!.reply('late')
    await clock.settle()
    // The end of the late one is not the end of its successor.
    ask('e', what, params)
    expect(sent).toHaveLength(2)
    sent[1]!.reply('second')
    await clock.settle()
    expect(['a', 'b', 'c', 'd', 'e'].map(outcomeOf)).toEqual(['late', 'late', 'second', 'second', 'second'])
  })

  test('is waited for by one that runs alone after it', async () => {
    ask('a', processes, { smptime: 0.1 })
    await clock.advance(5_101)
    ask('b', processes, { smptime: 0.1 })
    ask('c', processes, { smptime: 0.1 })
    await clock.advance(50_000)
    expect(sent).toHaveLength(1)
    sent[0]!.reply('A')
    await clock.settle()
    sent[1]!.reply('B and C')
    await clock.settle()
    expect(['a', 'b', 'c'].map(outcomeOf)).toEqual(['A', 'B and C', 'B and C'])
  })

  test('fails all who joined it when it expires', async () => {
    ask('a', memory, {})
    await clock.advance(5_000)
    ask('b', memory, {}, { signal: new AbortController().signal })
    await clock.advance(55_000)
    sent[0]!.reply(expired())
    await clock.settle()
    expect(['a', 'b'].map(codeOf)).toEqual(['expired', 'expired'])
    expect(sent).toHaveLength(1)
  })
})

const [one, two, three] = [{}, {}, {}]
/** A console asks, or the host itself. */
const asks = (who: string, asker: object | undefined, name = 'own') =>
  void sharing
    .ask({ operation: undefined, kind: 'info', name, params: {}, asker })
    .then((outcome) => settled.push({ who, outcome }))

/** One has it, and it came just now. */
async function answered(outcome: unknown = 'answer'): Promise<void> {
  asks('one', one)
  sent[0]!.reply(outcome)
  await clock.settle()
}

describe('an answer that came a moment ago', () => {
  test('is given to each console once; who had it gets another', async () => {
    await answered()
    await clock.advance(999)
    asks('two', two)
    asks('three', three)
    await clock.settle()
    expect(['two', 'three'].map(outcomeOf)).toEqual(['answer', 'answer'])
    expect(sharing.shared).toBe(2)
    expect(sent).toHaveLength(1)
    asks('one again', one)
    expect(sent).toHaveLength(2)
    sent[1]!.reply('newer')
    await clock.settle()
    asks('two again', two)
    await clock.settle()
    expect(['one again', 'two again'].map(outcomeOf)).toEqual(['newer', 'newer'])
  })

  test('is not given to those who waited for it, either', async () => {
    asks('one', one)
    asks('two', two)
    sent[0]!.reply('answer')
    await clock.settle()
    asks('two again', two)
    expect(sent).toHaveLength(2)
  })

  test('is too old after a second', async () => {
    await answered()
    await clock.advance(1_000)
    asks('two', two)
    expect(sent).toHaveLength(2)
  })

  test('is neither for the host’s own calls nor from them', async () => {
    await answered()
    asks('host', undefined)
    expect(sent).toHaveLength(2)
    sent[1]!.reply('for the host')
    await clock.settle()
    asks('two', two)
    await clock.settle()
    expect(outcomeOf('two')).toBe('answer')
    asks('host', undefined, 'other')
    sent[2]!.reply('for the host')
    await clock.settle()
    asks('one', one, 'other')
    expect(sent).toHaveLength(4)
  })

  test.each([
    [new Failure('unsupported', 'no', { remote: true })],
    [{ error: 'no', code: 'unsupported' }],
    [{ error: 'no' }],
  ])('is not a failure: %j', async (outcome) => {
    await answered(outcome)
    asks('two', two)
    expect(sent).toHaveLength(2)
  })

  test('is forgotten when something happened', async () => {
    await answered()
    sharing.forgetRecent()
    asks('two', two)
    expect(sent).toHaveLength(2)
  })

  test('that was asked before something happened is not kept, nor joined after it', async () => {
    asks('one', one)
    sharing.forgetRecent()
    asks('two', two)
    expect(sent).toHaveLength(2)
    sent[1]!.reply('after')
    sent[0]!.reply('before')
    await clock.settle()
    expect(['one', 'two'].map(outcomeOf)).toEqual(['before', 'after'])
    asks('three', three)
    await clock.settle()
    expect(outcomeOf('three')).toBe('after')
  })

  test('is not kept for longer, nor when something has happened', async () => {
    const gc = collector()
    const kept: WeakRef<object>[] = []
    // Not in this function, whose own variables are kept.
    const come = async (name: string) => {
      const answer = { name }
      kept.push(new WeakRef(answer))
      asks(name, one, name)
      sent.pop()!.reply(answer)
      await clock.settle()
      settled = []
    }
    const isKept = async () => {
      await new Promise(setImmediate)
      gc()
      return kept.map((answer) => answer.deref() !== undefined)
    }
    await come('first')
    await clock.advance(600)
    await come('second')
    expect(await isKept()).toEqual([true, true])
    await clock.advance(400)
    expect(await isKept()).toEqual([false, true])
    await clock.advance(600)
    expect(await isKept()).toEqual([false, false])
    await come('third')
    sharing.forgetRecent()
    expect(await isKept()).toEqual([false, false, false])
    expect(clock.timers).toBe(0)
  })

  test('is one of sixteen that are kept, the newest', async () => {
    for (let n = 0; n <= limits.recentAnswers; n++) {
      asks(`${n}`, one, `own${n}`)
      sent[n]!.reply(n)
      await clock.settle()
    }
    for (let n = limits.recentAnswers; n >= 0; n--) asks(`two ${n}`, two, `own${n}`)
    await clock.settle()
    expect(sent.slice(limits.recentAnswers + 1).map(({ what }) => what)).toEqual(['own0 {}'])
  })
})

test('a silent guest and a hundred who ask every second: a request every six seconds, and nobody is kept who left', async () => {
  for (let second = 0; second < 180; second++) {
    for (let i = 0; i < 100; i++) ask(`${i}`, memory, {}, { timeout: 1_000 })
    await clock.advance(1_000)
    // Each expires in its minute.
    if (second >= 60 && second % 6 === 0) sent[second / 6 - 10]!.reply(expired())
    await clock.settle()
  }
  expect(sent).toHaveLength(30)
  expect(settled).toHaveLength(18_000)
  expect(new Set(settled.map(({ outcome }) => (outcome as Failure).code))).toEqual(new Set(['timeout']))
  expect(clock.timers).toBe(0)
})

test('what is on its way for nobody any more is bounded: beyond that each is sent for itself', async () => {
  for (let n = 0; n < limits.sharedInfos; n++) ask('a', 'many', { n }, { timeout: 1_000 })
  await clock.advance(1_000)
  ask('b', 'many', { n: 7 })
  expect(sent).toHaveLength(limits.sharedInfos)
  ask('c', 'many', { n: -1 }, { timeout: 500 })
  ask('d', 'many', { n: -1 })
  expect(sent.slice(limits.sharedInfos).map(({ options }) => options)).toEqual([{ timeout: 500 }, undefined])
  // Those that run alone are kept apart whatever else there is.
  ask('e', cpu, {})
  ask('f', cpu, {})
  expect(sent).toHaveLength(limits.sharedInfos + 3)
  sent[0]!.reply('0')
  await clock.settle()
  sent.at(-1)!.reply('e and f')
  await clock.settle()
  ask('g', 'many', { n: -2 })
  ask('h', 'many', { n: -2 })
  expect(sent).toHaveLength(limits.sharedInfos + 4)
})

test('who asks alone, and who joins, sets no timer', () => {
  ask('a', memory, {})
  ask('b', memory, {})
  ask('c', memory, {}, { signal: new AbortController().signal, timeout: 60_000 })
  expect(clock.timers).toBe(0)
})
