import { newOpid } from '@guestool/core'
import { frame, opidOf } from '../peer/frames.js'
import type { RawPeer } from '../peer/peer.js'
import { badInputCases } from './bad-input.js'
import { check, same, type ConformanceCase } from './case.js'
import { replyCases } from './replies.js'
import { AskedTalk, type Asker } from './asked-talk.js'
import { Talk } from './talk.js'

/** One connection to what is tried. */
export interface RequesterSubject {
  /** The suite's end. Nothing was said on it yet: the suite says or echoes hello itself. */
  readonly peer: RawPeer
  /** Asks over this connection; resolves once it is open. */
  readonly asker: Promise<Asker>
  /** Frees what the connection took. */
  readonly close: () => Promise<void> | void
}

export interface RequesterConformanceOptions {
  /** Connects to a fresh subject that speaks (or, accepting, is spoken to in) this revision. */
  readonly connect: (revision: 1 | 2) => Promise<RequesterSubject>
  /** Who opened the socket, as the subject sees it. @default acceptor: a host */
  readonly side?: 'dialler' | 'acceptor'
  /** @default both */
  readonly revisions?: readonly (1 | 2)[]
  /** An event of the subject's contract; without one events are left out. */
  readonly event?: { readonly name: string; readonly data: object }
}

/**
 * What everything that asks must do, whatever it is made of: a host's guest, or a client over any socket. Run each case
 * with any test runner: `for (const { name, run } of requesterConformance(…)) test(name, run)`.
 */
export function requesterConformance(options: RequesterConformanceOptions): ConformanceCase[] {
  return (options.revisions ?? [1, 2]).flatMap((revision) => casesOf(options, revision))
}

type Raw = (name: string, body: (talk: Talk, subject: RequesterSubject) => Promise<void>) => void
type Open = (name: string, body: (talk: AskedTalk) => Promise<void>) => void

function casesOf(options: RequesterConformanceOptions, revision: 1 | 2): ConformanceCase[] {
  const { side = 'acceptor' } = options
  const cases: ConformanceCase[] = []
  const raw: Raw = (name, body) => {
    cases.push({
      name: `revision ${revision}: ${name}`,
      async run() {
        const subject = await options.connect(revision)
        // A test of what comes before it is open may never get it.
        subject.asker.catch(() => undefined)
        try {
          await body(new Talk(subject.peer, revision), subject)
        } finally {
          await subject.close()
        }
      },
    })
  }
  const open: Open = (name, body) =>
    raw(name, async (talk, subject) => {
      await talk.open(side)
      await body(new AskedTalk(subject.peer, revision, await subject.asker))
    })

  if (side === 'acceptor') acceptorCases(raw, open)
  else diallerCases(raw, open)
  askingCases(open, revision)
  replyCases(open, revision)
  badInputCases(open, revision)
  if (options.event !== undefined) eventCase(open, options.event)
  return cases
}

function acceptorCases(raw: Raw, open: Open): void {
  const spellings: readonly [string, (opnm: string, opid: string) => string][] = [
    ['as JavaScript writes it', (opnm, opid) => frame(opid, opnm, {})],
    ['as Python writes it', (opnm, opid) => `{"opid": "${opid}", "opnm": "${opnm}", "opct": {}}`],
    [
      'with odd spacing and order',
      (opnm, opid) => ` {\n"opct" :{ },\t"opnm":"${opnm}" , "opid": "${opid}"}\n `,
    ],
    [
      'with escapes, and keys that nobody knows',
      (opnm, opid) =>
        String.raw`{"opid":"${opid}","opnm":"${opnm.replaceAll('/', '\\u002f')}","opct":{"x":"\u673a\ud83d\ude00 机"},"v":1.0}`,
    ],
  ]
  for (const [what, write] of spellings) {
    raw(`echoes hello byte for byte, before anything else: ${what}`, async (talk) => {
      await talk.sayHello(write(talk.dialect.hello, newOpid()))
    })
  }
  open('echoes a later hello, too, and goes on', async (talk) => {
    await talk.sayHello()
    await talk.sayHello(` {"opct":{}, "opid":"${newOpid()}","opnm":"${talk.dialect.hello}"}`)
    await talk.quiet('hellos and their echoes')
  })
  open('does not echo one over 4 KiB', async (talk) => {
    talk.send(frame(newOpid(), talk.dialect.hello, { pad: 'x'.repeat(4_096) }))
    await talk.quiet('a hello over 4 KiB')
  })
  const others: readonly [string, (talk: Talk) => string][] = [
    ['a request', (talk) => talk.dialect.request(newOpid(), 'info', 'time', {})],
    ['an event', (talk) => talk.dialect.event(newOpid(), 'x', {})],
    ['text that is not JSON', () => 'hello'],
    ['a hello whose opid is no uuid4', (talk) => frame('1', talk.dialect.hello, {})],
    ['a hello over 4 KiB', (talk) => frame(newOpid(), talk.dialect.hello, { pad: 'x'.repeat(4_096) })],
  ]
  for (const [what, write] of others) {
    raw(`closes 4400, and sends nothing, at another first frame: ${what}`, async (talk) => {
      talk.send(write(talk))
      await talk.closed(4400, what)
      same(talk.peer.waiting, [], 'what was sent')
    })
  }
  raw('closes 4400 at a binary first frame', async (talk) => {
    talk.peer.sendBinary()
    await talk.closed(4400, 'a binary first frame')
  })
}

function diallerCases(raw: Raw, open: Open): void {
  raw('says hello first, and asks only when it is open', async (talk, subject) => {
    await talk.echoHello()
    await new AskedTalk(subject.peer, talk.dialect.revision, await subject.asker).quiet('hello and its echo')
  })
  open('never answers a greeting, its own or another', async (talk) => {
    talk.send(frame(newOpid(), talk.dialect.hello, {}))
    await talk.quiet('a later hello')
  })
}

function askingCases(open: Open, revision: 1 | 2): void {
  open('asks with the keys that its caller gave, and no others', async (talk) => {
    for (const params of [{}, { smptime: 0.5 }]) {
      const call = talk.asker.info('cpu', params)
      const request = await talk.request('info', 'cpu')
      same(request.params, params, 'the params of cpu')
      talk.send(talk.dialect.rejection(request.opid, 'busy', 'enough'))
      await talk.fails(call, 'busy', 'info cpu')
    }
  })
  open('asks for actions', async (talk) => {
    const call = talk.asker.action('matcher/info', { id: 'x' })
    const request = await talk.request('action', 'matcher/info')
    same(request.params, { id: 'x' }, 'the params of matcher/info')
    talk.send(talk.dialect.rejection(request.opid, 'forbidden', 'no'))
    await talk.fails(call, 'forbidden', 'action matcher/info')
  })
  open('checks params before anything is sent', async (talk) => {
    const bad: readonly [string, object][] = [
      ['cpu', { smptime: 'abc' }],
      ['cpu', { smptime: -1 }],
      ['cpu', { smptime: NaN }],
      ['cpu', { smptine: 1 }],
      ['cpu', { smptime: 65 }],
      ['memory', { extra: 1 }],
    ]
    for (const [name, params] of bad) {
      const error = await talk.fails(talk.asker.info(name, params), 'invalid_params', `info ${name}`)
      check(error.message.includes(name), `the error does not name the operation: ${error.message}`)
    }
    await talk.quiet('params that do not fit')
  })
  open('gives each request an opid of its own', async (talk) => {
    // Actions: equal infos on their way may share one request.
    const calls = [talk.asker.action('matcher/list'), talk.asker.action('matcher/list')]
    const opids = [await talk.next('the first'), await talk.next('the second')].map(opidOf)
    check(new Set(opids).size === 2, 'two requests have one opid')
    for (const opid of opids) talk.send(talk.dialect.reply(opid, 'action', ['a']))
    same(await Promise.all(calls), [['a'], ['a']], 'the results')
  })
  open('fails what is in flight when the connection ends', async (talk) => {
    const call = talk.asker.action('matcher/list')
    await talk.request('action', 'matcher/list')
    talk.peer.close(4400, 'the suite leaves')
    const error = await talk.fails(call, 'connection_lost', 'a call in flight')
    same(error.outcome, 'unknown', 'the outcome')
  })
  if (revision === 2) {
    open('answers bye with the same opid, and closes 1000', async (talk) => {
      const opid = newOpid()
      talk.send(frame(opid, '/greet/bye', {}))
      same(opidOf(await talk.next('the answer to bye')), opid, 'the opid of the answer to bye')
      await talk.closed(1000, 'after bye')
    })
  }
}

function eventCase(open: Open, event: { readonly name: string; readonly data: object }): void {
  open('delivers events, once each, and drops those that no contract knows', async (talk) => {
    const heard: unknown[] = []
    const off = talk.asker.onEvent(event.name, (data) => heard.push(data))
    talk.send(talk.dialect.event(newOpid(), event.name, event.data))
    talk.send(talk.dialect.event(newOpid(), 'nobody-knows-this', { n: 1 }))
    talk.send(talk.dialect.event(newOpid(), event.name, event.data))
    await talk.quiet('events')
    same(heard, [event.data, event.data], 'what the listener heard')
    off()
    talk.send(talk.dialect.event(newOpid(), event.name, event.data))
    await talk.quiet('an event after off()')
    same(heard.length, 2, 'how often the listener heard something')
  })
}
