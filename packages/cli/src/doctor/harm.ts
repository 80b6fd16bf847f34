import { decode, limits, Malformed, newOpid } from '@guestool/core'
import { badFrames, badFramesAllowed, frame } from '@guestool/testing'
import type { Chart, Finding } from './finding.js'
import type { Patience } from './infos.js'
import type { Wire } from './wire.js'

// What may harm a guest: a reader that dies, a connection that is lost for good.

/** Ends a connection, and gives the guest's next one, on which nothing was said yet; undefined when none comes. */
export type NextWire = (last: Wire, why: string) => Promise<Wire | undefined>

/** What can be tried on one connection; false when the guest does not live any more. */
type Harm = (wire: Wire, chart: Chart, patience: Patience) => Promise<boolean>

/** Tries everything, each harm on a guest that lives; gives the connection that is left. */
export async function tryHarm(
  first: Wire,
  chart: Chart,
  patience: Patience,
  next: NextWire,
): Promise<Wire | undefined> {
  let wire: Wire | undefined = first
  const harms: [string, Harm][] = [
    ['a large frame', largeFrame],
    ['frames that are no messages', malformed],
    ['a binary frame', binary],
    ['a frame over the limit', tooLarge],
  ]
  for (const [what, harm] of harms) {
    if (wire === undefined) {
      chart.skip(what, 'the guest did not come back')
      continue
    }
    if (await harm(wire, chart, patience)) continue
    wire = await next(wire, what)
    wire?.send((await wire.hello(patience.quick)) ?? '')
  }
  if (wire === undefined) {
    chart.skip('another echo of hello', 'the guest did not come back')
    return undefined
  }
  return echo(wire, chart, patience, next)
}

async function largeFrame(wire: Wire, chart: Chart, { info }: Patience): Promise<boolean> {
  const opid = newOpid()
  const { opnm, opct } = wire.revision.request('info', 'time', {})
  const request = frame(opid, opnm, opct)
  wire.expect(opid)
  wire.send(' '.repeat(limits.maxPayload - request.length) + request)
  const lived = await wire.until(() => wire.answers(opid) > 0, info)
  chart.checked('it reads a frame of 1 MiB', lived, {
    id: 'no-large-frames',
    severity: 'quirk',
    title: 'It does not read a frame of 1 MiB',
    seen: `a request of 1 MiB had no answer${ending(wire)}`,
    means: 'Nothing, as long as requests are short.',
    hosts: 'Their requests are short.',
  })
  return lived
}

/** What is JSON comes first: the public Python guest lives through that. */
async function malformed(wire: Wire, chart: Chart, { quick }: Patience): Promise<boolean> {
  // With the binary frame that follows, as many as everybody must live through.
  const frames = badFrames
    .toSorted((one, other) => Number(isJson(other.text)) - Number(isJson(one.text)))
    .slice(0, badFramesAllowed - 1)
  const silent: string[] = []
  for (const [at, { what, text, usable }] of frames.entries()) {
    const opid = newOpid()
    wire.expect(opid)
    wire.send(text.replace('$opid', opid))
    if (await wire.lives(quick)) {
      if (usable && wire.answers(opid) === 0) silent.push(what)
      continue
    }
    chart.find({
      id: 'dies-of-malformed',
      severity: 'quirk',
      title: 'Its reader dies at a frame that is no message',
      seen: `${what} (${JSON.stringify(text)}): after it nothing is answered any more${ending(wire)}`,
      means: 'One such frame, of a host with a bug, and the guest is silent until it is restarted.',
      hosts:
        'They send no such frame. They find it unresponsive after 80 s, and its socket still answers pings.',
    })
    const others = frames.slice(at + 1).map((one) => one.what)
    if (others.length > 0) chart.skip(`other malformed frames: ${others.join(', ')}`, 'the guest died before')
    return false
  }
  chart.checkedFor('it lives through frames that are no messages', notRejected(silent))
  return true
}

function notRejected(silent: readonly string[]): Finding[] {
  if (silent.length === 0) return []
  return [
    {
      id: 'no-malformed-rejection',
      severity: 'quirk',
      title: 'It does not reject a frame whose opid could be read',
      seen: silent.join('; '),
      means: 'Nothing: it only matters to whoever looks for a bug in a host.',
      hosts: 'They send no such frame.',
    },
  ]
}

async function binary(wire: Wire, chart: Chart, { quick }: Patience): Promise<boolean> {
  wire.sendBinary()
  const lived = await wire.lives(quick)
  chart.checked('it lives through a binary frame', lived, {
    id: 'dies-of-binary',
    severity: 'quirk',
    title: 'Its reader dies at a binary frame',
    seen: `after it nothing is answered any more${ending(wire)}`,
    means: 'One such frame, and the guest is silent until it is restarted.',
    hosts: 'They send no such frame.',
  })
  return lived
}

async function tooLarge(wire: Wire, chart: Chart, { quick }: Patience): Promise<boolean> {
  const { opnm, opct } = wire.revision.request('info', 'time', {})
  wire.send(' '.repeat(limits.maxPayload) + frame(newOpid(), opnm, opct))
  await wire.until(() => wire.over !== undefined, quick)
  const lived = wire.over === undefined && (await wire.lives(quick))
  chart.checked('it closes with 1009 at a frame over 1 MiB', wire.over?.code === 1009, {
    id: 'no-frame-limit',
    severity: 'quirk',
    title: 'It does not close with 1009 at a frame over 1 MiB',
    seen: lived ? 'it lived on' : `it did not answer any more${ending(wire)}`,
    means: lived ? 'It can be made to take memory.' : 'It is silent until it is restarted.',
    hosts: 'They send none so large.',
  })
  return lived
}

/** Whether hello must come back to the letter: on a connection of its own, since it may be the end of that. */
async function echo(
  last: Wire,
  chart: Chart,
  { quick }: Patience,
  next: NextWire,
): Promise<Wire | undefined> {
  const wire = await next(last, 'to see another echo of hello')
  if (wire === undefined) {
    chart.skip('another echo of hello', 'the guest did not come back')
    return undefined
  }
  const hello = await wire.hello(quick)
  wire.send(` ${hello ?? ''}`)
  const lived = await wire.lives(quick)
  chart.checked('an echo of hello may differ by a space', lived, {
    id: 'needs-exact-echo',
    severity: 'quirk',
    title: 'Its hello must be echoed byte for byte',
    seen: `an echo with one space more${ending(wire) || ': it did not answer any more'}`,
    means: 'It cannot join a host that writes the echo anew.',
    hosts: 'They send back the very text.',
  })
  return lived ? wire : undefined
}

function ending({ over }: Wire): string {
  return over === undefined ? '' : `, and the connection ended (${over.code})`
}

function isJson(text: string): boolean {
  const message = decode(text)
  return !(message instanceof Malformed) || message.isJson
}
