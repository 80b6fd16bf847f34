import { frame } from '@guestool/testing'
import { newOpid } from '@guestool/core'
import { outcomeOf } from './asking.js'
import type { Chart, Finding } from './finding.js'
import type { Patience } from './infos.js'
import type { Wire } from './wire.js'

// What only a host can try, and what harms nobody: all of it is text that is JSON, in envelopes.

/** Everything of this file, one after another. */
export async function tryManners(wire: Wire, chart: Chart, patience: Patience): Promise<void> {
  for (const check of [wrongParams, unknownOperations, copies, envelopes, rejections, laterHello, pings])
    await check(wire, chart, patience)
}

async function wrongParams(wire: Wire, chart: Chart, { quick }: Patience): Promise<void> {
  const probes: [name: string, params: unknown][] = [
    ...['abc', null, [], -1].map((smptime): [string, unknown] => ['cpu', { smptime }]),
    ['cpu', { smptine: 0.1 }],
    ['memory', { smptime: 0.1 }],
    ['all_partitions', { physical_only: 'no' }],
    // Revision 1 has no place for params that are no object.
    ...(wire.revision.number === 2
      ? [null, [], 5].map((params): [string, unknown] => ['memory', params])
      : []),
  ]
  const asked = probes.map(([name, params]) => ({
    what: `info ${name} ${JSON.stringify(params)}`,
    opid: wire.request('info', name, params),
  }))
  await wire.until(() => asked.every(({ opid }) => wire.answers(opid) > 0), quick)
  const outcomes = asked.map(({ what, opid }) => ({ what, outcome: outcomeOf(wire.answer(opid)) }))
  const silent = outcomes.filter(({ outcome }) => outcome.is === 'silence')
  const taken = outcomes.filter(({ outcome }) => outcome.is === 'result')
  const otherwise = outcomes.filter(
    ({ outcome }) => outcome.is === 'refusal' && outcome.code !== 'invalid_params',
  )
  const checked = 'Hosts of this SDK check parameters before they send any.'
  chart.checkedFor('it refuses parameters that do not fit', [
    ...some(silent, {
      id: 'silent-on-wrong-params',
      severity: 'quirk',
      title: 'It does not answer parameters that do not fit',
      means: 'After a slip a program of your own waits a minute, and is not told why.',
      hosts: checked,
    }),
    ...some(taken, {
      id: 'takes-wrong-params',
      severity: 'quirk',
      title: 'It takes parameters that do not fit',
      means: 'After a slip a program of your own is answered something else than it asked for.',
      hosts: checked,
    }),
    ...some(otherwise, {
      id: 'wrong-params-without-code',
      severity: 'quirk',
      title: 'It refuses parameters that do not fit, but not with "invalid_params"',
      means: 'A slip cannot be told from a failure.',
      hosts: checked,
    }),
  ])
}

async function unknownOperations(wire: Wire, chart: Chart, { quick }: Patience): Promise<void> {
  const asked = ['/nope', '', '/infoXmemory', 'info/memory'].map((opnm) => ({
    what: `"${opnm}"`,
    opid: wire.say(opnm, {}),
  }))
  await wire.until(() => asked.every(({ opid }) => wire.answers(opid) > 0), quick)
  const outcomes = asked.map(({ what, opid }) => ({ what, outcome: outcomeOf(wire.answer(opid)) }))
  chart.checkedFor('it rejects operations that there are none of', [
    ...some(
      outcomes.filter(({ outcome }) => outcome.is === 'silence'),
      {
        id: 'silent-on-unknown-operations',
        severity: 'quirk',
        title: 'It does not reject an operation that is none',
        means: 'Nothing, until there is a newer protocol.',
        hosts: 'They send no such thing.',
      },
    ),
    ...some(
      outcomes.filter(({ outcome }) => outcome.is === 'result'),
      {
        id: 'reads-names-loosely',
        severity: 'quirk',
        title: 'It answers an operation that is none',
        means: 'Nothing: it is careless with names.',
        hosts: 'They send no such thing.',
      },
    ),
  ])
}

async function copies(wire: Wire, chart: Chart, { quick, settle }: Patience): Promise<void> {
  const opid = wire.request('info', 'time', {})
  wire.request('info', 'time', {}, opid)
  await wire.until(() => wire.answers(opid) > 0, quick)
  wire.request('info', 'time', {}, opid)
  await settled(wire, quick, settle)
  const answers = wire.answers(opid)
  chart.checked('it runs a request once, however often it comes', answers < 2, {
    id: 'answers-copies',
    severity: 'quirk',
    title: 'It answers a copy of a request again',
    seen: `three requests with one opid had ${answers} replies`,
    means: 'An action that is sent twice is carried out twice.',
    hosts: 'They send no request twice; of two replies they count the second and drop it.',
  })
}

async function envelopes(wire: Wire, chart: Chart, { quick }: Patience): Promise<void> {
  const opid = newOpid()
  const [opnm, opct] =
    wire.revision.number === 1 ? [String.raw`\u002finfo`, '{"info" : "time"}'] : ['/info/time', '{ }']
  wire.expect(opid)
  wire.send(` { "opct" : ${opct}, "extra":[1,{}], "opnm":"${opnm}",\t"opid":"${opid}" }\n`)
  await wire.until(() => wire.answers(opid) > 0, quick)
  chart.checked('it reads envelopes however they are written', outcomeOf(wire.answer(opid)).is === 'result', {
    id: 'strict-envelopes',
    severity: 'fault',
    title: 'It does not read an envelope with other spaces, order or keys',
    seen: 'a request with spaces, another order of keys and one key more had no result',
    means: 'It works only with hosts that write JSON as it expects.',
    hosts: 'Each writes JSON in its own way.',
  })
}

async function rejections(wire: Wire, chart: Chart, { quick, settle }: Patience): Promise<void> {
  const answered = wire.request('info', 'time', {})
  await wire.until(() => wire.answers(answered) > 0, quick)
  const before = wire.strays.length
  const fresh = newOpid()
  wire.expect(fresh)
  for (const opid of [answered, fresh]) {
    const { opnm, opct } = wire.revision.rejection({ code: 'expired', error: 'the reply came too late' })
    wire.send(frame(opid, opnm, opct))
  }
  await settled(wire, quick, settle)
  const extra = wire.answers(answered) - 1 + wire.answers(fresh) + wire.strays.length - before
  chart.checked('it does not answer a rejection', extra <= 0, {
    id: 'answers-rejections',
    severity: 'quirk',
    title: 'It answers a rejection',
    seen: `two rejections had ${extra} answers`,
    means: 'Two peers that both do it would never stop.',
    hosts: 'They drop and count it.',
  })
}

async function laterHello(wire: Wire, chart: Chart, { quick, settle }: Patience): Promise<void> {
  const opid = wire.say(wire.revision.hello, {})
  await settled(wire, quick, settle)
  chart.checked('it does not answer a greeting', wire.answers(opid) === 0, {
    id: 'answers-hello',
    severity: 'quirk',
    title: 'It answers a hello',
    seen: 'a hello that was none of its own had an answer',
    means: 'Nothing: hosts say no hello.',
    hosts: 'They echo it, as they do any hello.',
  })
}

async function pings(wire: Wire, chart: Chart, { quick }: Patience): Promise<void> {
  const before = wire.pongs
  wire.ping()
  chart.checked('its socket answers pings', await wire.until(() => wire.pongs > before, quick), {
    id: 'no-pong',
    severity: 'fault',
    title: 'Its socket does not answer pings',
    seen: `a WebSocket ping was not answered within ${quick / 1000} s`,
    means: 'While nobody asks it for anything, hosts take it for lost.',
    hosts: 'They give up a socket from which nothing has come for a minute.',
  })
}

/** The answer to one more request shows that it has read all before it; a moment more is for what it does in its own time. */
async function settled(wire: Wire, quick: number, settle: number): Promise<void> {
  await wire.lives(quick)
  await wire.until(() => false, settle)
}

function some(outcomes: readonly { readonly what: string }[], finding: Omit<Finding, 'seen'>): Finding[] {
  if (outcomes.length === 0) return []
  return [{ ...finding, seen: outcomes.map(({ what }) => what).join('; ') }]
}
