import { guestool, isOpid, newOpid, type Contract } from '@guestool/core'
import { frame, opidOf, readFrame, shown } from '../peer/frames.js'
import type { RawPeer } from '../peer/peer.js'
import { badInputCases } from './bad-input.js'
import { check, same, type ConformanceCase } from './case.js'
import { Talk } from './talk.js'

/** One connection to what is tried. */
export interface ResponderSubject {
  /** The suite's end. Nothing was said on it yet: the suite says or echoes hello itself. */
  readonly peer: RawPeer
  /** Lets the subject send the event of the options. */
  readonly emit?: () => void
  /** Frees what the connection took. */
  readonly close: () => Promise<void> | void
}

export interface ResponderConformanceOptions {
  /** Connects to a fresh subject that speaks (or, accepting, is spoken to in) this revision. */
  readonly connect: (revision: 1 | 2) => Promise<ResponderSubject>
  /** Who opened the socket, as the subject sees it. @default dialler: a guest */
  readonly side?: 'dialler' | 'acceptor'
  /** @default both */
  readonly revisions?: readonly (1 | 2)[]
  /** What the subject answers. @default guestool */
  readonly contract?: Contract
  /** Params to ask an info with. @default the sampling time 0.01 where there is one, else none */
  readonly params?: (info: string) => object
  /** Infos that the subject may refuse as `unsupported`. @default none */
  readonly unsupported?: readonly string[]
  /** What `emit` sends; without it events are left out. */
  readonly event?: { readonly name: string; readonly data: object }
}

/**
 * What everything that answers must do, whatever it is made of: a guest over any socket, or a hub. Run each case with
 * any test runner: `for (const { name, run } of responderConformance(…)) test(name, run)`.
 */
export function responderConformance(options: ResponderConformanceOptions): ConformanceCase[] {
  return (options.revisions ?? [1, 2]).flatMap((revision) => casesOf(options, revision))
}

type Body = (talk: Talk, subject: ResponderSubject) => Promise<void>
type Add = (name: string, body: Body) => void

function casesOf(options: ResponderConformanceOptions, revision: 1 | 2): ConformanceCase[] {
  const { side = 'dialler', contract = guestool } = options
  const cases: ConformanceCase[] = []
  const raw = (name: string, body: Body): void => {
    cases.push({
      name: `revision ${revision}: ${name}`,
      async run() {
        const subject = await options.connect(revision)
        try {
          await body(new Talk(subject.peer, revision), subject)
        } finally {
          await subject.close()
        }
      },
    })
  }
  const open = (name: string, body: Body): void =>
    raw(name, async (talk, subject) => {
      await talk.open(side)
      await body(talk, subject)
    })

  if (side === 'dialler') diallerCases(raw, open, revision)
  else {
    raw('echoes hello byte for byte, every time', async (talk) => {
      await talk.sayHello(` { "opct":{},\t"opnm" : "${talk.dialect.hello}", "opid":"${newOpid()}" }`)
      await talk.sayHello()
    })
  }
  infoCases(open, options, contract)
  requestCases(open, revision)
  refusalCases(open, revision)
  badInputCases(open, revision)
  if (options.event !== undefined) eventCase(open, options.event)
  return cases
}

function diallerCases(raw: Add, open: Add, revision: 1 | 2): void {
  raw('says hello first, with a uuid4 and an empty content', async (talk) => {
    await talk.echoHello()
    await talk.quiet('hello and its echo')
  })
  open('never answers a greeting, its own or another', async (talk) => {
    talk.send(frame(newOpid(), talk.dialect.hello, {}))
    await talk.quiet('a later hello')
  })
  if (revision === 1) {
    raw('needs no echo: the first valid frame opens it, too', async (talk) => {
      await talk.next('hello')
      await talk.quiet('a hello that was not echoed')
    })
  }
}

function infoCases(open: Add, options: ResponderConformanceOptions, contract: Contract): void {
  for (const [name, operation] of contract.info) {
    open(`answers info ${name} with a result that fits the contract`, async (talk) => {
      const sampled = operation.sampling === undefined ? {} : { [operation.sampling]: 0.01 }
      const opid = talk.ask('info', name, options.params?.(name) ?? sampled)
      const answer = await talk.answer(opid, `info ${name}`)
      if (answer.code === 'unsupported' && options.unsupported?.includes(name) === true) return
      check(!('code' in answer), `info ${name} is refused: ${String(answer.code)} ${String(answer.error)}`)
      // A schema that finds nothing wrong gives the value back, or a copy of it.
      same(operation.checkResult(answer.result), answer.result, `the result of info ${name}`)
    })
  }
}

function requestCases(open: Add, revision: 1 | 2): void {
  open('answers several requests at once, each with its own opid', async (talk) => {
    const opids = ['time', 'bots', 'memory', 'apicall'].map((name) => talk.ask('info', name))
    const answered = [...opids]
    for (const [i] of opids.entries()) answered[i] = opidOf(await talk.next(`answer ${i + 1} of 4`))
    same(answered.toSorted(), opids.toSorted(), 'the opids of the answers')
  })
  open('runs a request once: a copy of it is dropped', async (talk) => {
    const opid = newOpid()
    const request = talk.dialect.request(opid, 'info', 'time', {})
    talk.send(request)
    talk.send(request)
    await talk.answer(opid, 'info time')
    talk.send(request)
    await talk.quiet('copies of a request')
  })
  open('reads any spacing, order, escapes and keys of the envelope that it does not know', async (talk) => {
    const opid = newOpid()
    const [opnm, opct] =
      revision === 1 ? [String.raw`\u002finfo`, '{"info" : "bots"}'] : ['/info/bots', '{ }']
    talk.send(` \n{ "opct" : ${opct}, "extra":[1,{}], "opnm":"${opnm}",\t"opid":"${opid}" }\n`)
    const answer = await talk.answer(opid, 'info bots')
    check(Array.isArray(answer.result), 'info bots is not answered with a list')
  })
  open('never answers a rejection, whatever it says', async (talk) => {
    const opid = talk.ask('info', 'time')
    await talk.answer(opid, 'info time')
    for (const one of [opid, newOpid()]) talk.send(talk.dialect.rejection(one, 'expired', 'too late'))
    talk.send(talk.dialect.rejection(newOpid(), 'no code of ours', ''))
    await talk.quiet('rejections')
  })
  if (revision === 2) {
    open('answers bye with the same opid, and closes 1000', async (talk) => {
      const opid = newOpid()
      talk.send(frame(opid, '/greet/bye', {}))
      const { opid: to, opnm } = readFrame(await talk.next('the answer to bye'))
      same([to, opnm], [opid, '/greet/bye'], 'the answer to bye')
      await talk.closed(1000, 'after bye')
    })
  }
}

function refusalCases(open: Add, revision: 1 | 2): void {
  open('refuses a name that it does not know', async (talk) => {
    for (const name of ['nope', 'CPU', 'cpu/', 'constructor', '__proto__'])
      await talk.refusal(talk.ask('info', name), 'unknown_operation', `info ${name}`)
    await talk.refusal(talk.ask('action', 'nope'), 'unknown_operation', 'action nope')
  })
  open('rejects an operation that is none', async (talk) => {
    for (const opnm of ['/nope', '/', '', '/infoXmemory', '/hello/', 'info']) {
      const opid = newOpid()
      talk.send(frame(opid, opnm, {}))
      await talk.refusal(opid, 'unknown_operation', `operation ${opnm}`)
    }
  })
  open('refuses params that do not fit, and says where', async (talk) => {
    for (const smptime of ['abc', '0.1', null, true, [], -1]) {
      const refused = talk.refusal(
        talk.ask('info', 'cpu', { smptime }),
        'invalid_params',
        `smptime ${String(smptime)}`,
      )
      check((await refused).includes('smptime'), 'the error does not name the parameter')
    }
    for (const physical_only of ['no', null, 0])
      await talk.refusal(
        talk.ask('info', 'all_partitions', { physical_only }),
        'invalid_params',
        'physical_only',
      )
  })
  open('refuses params that it does not know', async (talk) => {
    for (const params of [{ smptine: 0.1 }, { smptime: 0.1, extra: 1 }])
      await talk.refusal(talk.ask('info', 'cpu', params), 'invalid_params', JSON.stringify(params))
    await talk.refusal(
      talk.ask('info', 'memory', { smptime: 1 }),
      'invalid_params',
      'params where there are none',
    )
  })
  open('refuses a key __proto__, however it is written', async (talk) => {
    for (const key of ['__proto__', String.raw`\u005f_proto__`, String.raw`__pr\u006fto__`]) {
      const opid = newOpid()
      talk.send(talk.dialect.request(opid, 'info', 'memory', { KEY: { a: 1 } }).replace('KEY', () => key))
      await talk.refusal(opid, 'invalid_params', `the key ${key}`)
    }
  })
  if (revision === 2) {
    open('refuses params that are no object', async (talk) => {
      for (const params of [null, [], '', '{}', 5, true]) {
        const opid = newOpid()
        talk.send(frame(opid, '/info/memory', params))
        await talk.refusal(opid, 'invalid_params', `params ${JSON.stringify(params)}`)
      }
    })
  }
}

function eventCase(open: Add, event: { readonly name: string; readonly data: object }): void {
  open('sends events, each with a fresh uuid4', async (talk, subject) => {
    check(subject.emit !== undefined, 'the subject cannot emit, but the options name an event')
    subject.emit()
    subject.emit()
    const texts = [await talk.next('an event'), await talk.next('a second event')]
    for (const text of texts) {
      const { opid, name, data } = talk.dialect.readEvent(text)
      same([name, data], [event.name, event.data], 'the event')
      check(isOpid(opid), `its opid is no uuid4: ${shown(text)}`)
    }
    check(new Set(texts.map(opidOf)).size === 2, 'two events have one opid')
  })
}
