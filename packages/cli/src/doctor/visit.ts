import { decode, guestool, isOpid, isRecord, Malformed, revision1, revision2 } from '@guestool/core'
import { Chart, type Finding } from './finding.js'
import { tryHarm } from './harm.js'
import { askAtOnce, askInfos, askProcesses, askUnknown, usualPatience, type Patience } from './infos.js'
import { tryManners } from './manners.js'
import type { Wire } from './wire.js'

export interface VisitOptions {
  readonly patience?: Patience
  /** Whether it is seen what becomes of an answer that takes more than a minute: it takes as long. @default false */
  readonly late?: boolean
  /** Whether what may harm the guest is tried as well. @default false */
  readonly harm?: boolean
  /** The next connection of the guest, by itself within some seconds, or after somebody restarted it. */
  readonly next?: (restarted: boolean) => Promise<Wire | undefined>
  /** Hears what the doctor does next. */
  readonly told?: (what: string) => void
}

/** Sees a guest that dialled the doctor, who is its host. */
export async function visit(first: Wire, options: VisitOptions = {}): Promise<Chart> {
  const { patience = usualPatience, told = () => undefined } = options
  const chart = new Chart()
  told('hello')
  if (!(await greet(first, chart, patience))) return chart
  told('whether it answers')
  if (!(await first.lives(patience.info))) {
    chart.find({
      id: 'deaf',
      severity: 'fault',
      title: 'It says hello, and then never answers',
      seen: `info time: no answer within ${patience.info / 1000} s`,
      means: 'Nothing can be had of it. The public Python guest does this on a Python older than 3.11.',
      hosts: 'They find it unresponsive.',
    })
    first.close(1000, 'the doctor is done')
    return chart
  }
  const late = options.late === true ? lateAnswer(first, chart) : undefined
  told('every info')
  await askInfos(first, chart, patience)
  await askProcesses(first, chart, patience)
  await askAtOnce(first, chart, patience)
  told('how it takes what it does not expect')
  await askUnknown(first, chart, patience)
  await tryManners(first, chart, patience)
  if (late === undefined) chart.skip('an answer that comes after a minute', 'takes a minute: --late')
  else {
    told('whether an answer that is too late is sent')
    await late
  }
  eventsOf(first, chart)
  let last: Wire | undefined = first
  if (options.harm === true) {
    told('what may harm it')
    last = await tryHarm(first, chart, patience, (wire, why) => comesBack(wire, chart, options, why))
  } else {
    chart.skip(
      'malformed, binary and large frames, another echo of hello, whether it dials again',
      'may harm it: --harm',
    )
  }
  if (last === undefined) chart.skip('bye', 'the guest is not there any more')
  else await bye(last, chart, patience)
  return chart
}

/** Takes its hello, and echoes it. */
async function greet(wire: Wire, chart: Chart, patience: Patience): Promise<boolean> {
  const text = await wire.hello(patience.info)
  const message = text === undefined ? undefined : decode(text)
  const known = [revision1, revision2].find(
    ({ hello }) => message !== undefined && !(message instanceof Malformed) && message.opnm === hello,
  )
  if (text === undefined || message === undefined || known === undefined) {
    chart.find({
      id: 'no-hello',
      severity: 'fault',
      title: 'Its first frame is no hello',
      seen: text === undefined ? 'no frame came' : `it sent ${JSON.stringify(text.slice(0, 200))}`,
      means: 'No host takes it in.',
      hosts: 'They close the connection: 4400, or 4408 when nothing comes.',
    })
    wire.close(4400, 'the first frame must be a hello')
    return false
  }
  chart.revision = known.number
  if (known.number === 2) {
    chart.find({
      id: 'revision-2',
      severity: 'note',
      title: 'It speaks revision 2 of the protocol',
      seen: `its hello is ${revision2.hello}`,
      means: 'Nothing: there is nothing to set.',
      hosts: 'They learn it from the hello, and speak it.',
    })
  }
  const content = message instanceof Malformed ? undefined : message.opct
  chart.checked(
    'its hello is as it should be',
    isOpid(message.opid) && isRecord(content) && Object.keys(content).length === 0,
    {
      id: 'odd-hello',
      severity: 'quirk',
      title: 'Its hello has something in it',
      seen: text.slice(0, 200),
      means: 'Nothing can be negotiated there.',
      hosts: 'They echo it.',
    },
  )
  wire.send(text)
  return true
}

/** What becomes of an answer that takes 61 s. */
async function lateAnswer(wire: Wire, chart: Chart): Promise<void> {
  const opid = wire.request('info', 'all_network_io', { smptime: 61 })
  await wire.until(() => wire.answers(opid) > 0, 64_000)
  const { ms } = wire.answer(opid)
  chart.checked('it does not send an answer that is too late', ms < 60_000, {
    id: 'answers-late',
    severity: 'quirk',
    title: 'It sends an answer although its request has expired',
    seen: `info all_network_io {"smptime":61} was answered after ${(ms / 1000).toFixed(1)} s`,
    means: 'It works for nobody: ask with a sampling time under 58 s.',
    hosts: 'They refuse it with "expired" and count it as late.',
  })
}

/** What it said without being asked. */
function eventsOf(wire: Wire, chart: Chart): void {
  const unread = wire.strays.filter((text) => {
    const message = decode(text)
    return message instanceof Malformed || wire.revision.readEvent(message) === undefined
  })
  const findings: Finding[] = []
  if (unread.length > 0) {
    findings.push({
      id: 'strays',
      severity: 'quirk',
      title: 'It sends what nobody asked for',
      seen: `${unread.length} frames, the first: ${unread[0]?.slice(0, 200) ?? ''}`,
      means: 'Nothing comes of it.',
      hosts: 'They drop and count it, or close with 4400 if there are many.',
    })
  }
  const events = wire.strays.length - unread.length
  if (events > 0) {
    findings.push({
      id: 'events',
      severity: 'note',
      title: `It tells events: ${events} came meanwhile`,
      seen: wire.strays.find((text) => !unread.includes(text))?.slice(0, 200) ?? '',
      means: 'Listen for them with onEvent, with a contract that has them.',
      hosts: `They know ${guestool.event.size === 0 ? 'none' : guestool.event.size} without such a contract.`,
    })
  }
  chart.find(...findings)
}

/** The connection is over, or goes now. Whether the guest dials again is told once. */
async function comesBack(
  wire: Wire,
  chart: Chart,
  { next, told = () => undefined }: VisitOptions,
  why: string,
): Promise<Wire | undefined> {
  wire.close(1012, 'the doctor wants to see you again')
  const byItself = await next?.(false)
  if (byItself !== undefined) return byItself
  if (!chart.findings.some(({ id }) => id === 'never-dials-again')) {
    chart.find({
      id: 'never-dials-again',
      severity: 'quirk',
      title: 'It does not dial again after its connection is lost',
      seen: `the connection ended (${why}), and no other came`,
      means: 'After its host was restarted, restart the guest as well.',
      hosts: 'They show it as gone.',
    })
  }
  told('restart')
  return next?.(true)
}

/** Lets it go: in revision 2 by a bye that it should answer. */
async function bye(wire: Wire, chart: Chart, { quick }: Patience): Promise<void> {
  if (wire.revision.bye === undefined) {
    wire.close(1000, 'the doctor is done')
    return
  }
  const opid = wire.say(wire.revision.bye, {})
  await wire.until(() => wire.over !== undefined, quick)
  chart.checked('it answers bye, and closes', wire.answers(opid) > 0 && wire.over?.code === 1000, {
    id: 'ignores-bye',
    severity: 'quirk',
    title: 'It does not answer bye and close',
    seen: `${wire.answers(opid)} answers, ${wire.over === undefined ? 'not closed' : `closed with ${wire.over.code}`}`,
    means: 'Nothing.',
    hosts: 'They wait a second, and close the connection themselves.',
  })
  wire.close(1000, 'the doctor is done')
}
