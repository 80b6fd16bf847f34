import type { Paint } from '../output.js'
import { plural, printable } from '../text.js'
import type { Chart, Finding, Severity } from './finding.js'

/** The report as lines. */
export function reportText(
  chart: Chart,
  who: string,
  table: (rows: string[][], head: string[]) => string,
  paint: Paint,
): string {
  const parts: string[] = [paint.bold(`Doctor's report on ${printable(who)}`) + about(chart)]
  if (chart.infos.length > 0)
    parts.push(table(rows(chart, paint), ['info', 'answer', 'time', 'with', 'answer', 'time']))
  if (chart.well.length > 0) parts.push(chart.well.map((what) => `${paint.green('✓')} ${what}`).join('\n'))
  for (const severity of ['fault', 'quirk', 'note'] as const) {
    const found = chart.findings.filter((finding) => finding.severity === severity)
    parts.push(...found.map((finding) => findingText(finding, paint)))
  }
  if (chart.notTried.length > 0)
    parts.push(
      chart.notTried
        .map(({ what, why }) => paint.dim(`not tried: ${printable(what)} (${printable(why)})`))
        .join('\n'),
    )
  parts.push(verdict(chart, paint))
  return parts.join('\n\n')
}

function about({ revision, roundTripMs }: Chart): string {
  const facts = [
    ...(revision === undefined ? [] : [`revision ${revision}`]),
    ...(roundTripMs === undefined ? [] : [`there and back in ${milliseconds(roundTripMs)}`]),
  ]
  return facts.length === 0 ? '' : `: ${facts.join(', ')}`
}

function rows({ infos }: Chart, paint: Paint): string[][] {
  const answer = (text: string): string =>
    (text === 'fits' ? paint.green : text === 'unsupported' ? paint.dim : paint.red)(
      printable(text.slice(0, 40)),
    )
  return infos.map(({ info, answer: first, ms, given }) => [
    printable(info),
    answer(first),
    milliseconds(ms),
    ...(given === undefined
      ? ['', '', '']
      : [JSON.stringify(given.params), answer(given.answer), milliseconds(given.ms)]),
  ])
}

const signs: { readonly [severity in Severity]: string } = { fault: '✗', quirk: '!', note: 'i' }

function findingText({ severity, title, seen, means, hosts }: Finding, paint: Paint): string {
  const colour = { fault: paint.red, quirk: paint.yellow, note: paint.cyan }[severity]
  return [
    `${colour(`${signs[severity]} ${severity}`)}  ${paint.bold(printable(title))}`,
    `  seen:  ${printable(seen)}`,
    `  means: ${printable(means)}`,
    `  hosts: ${printable(hosts)}`,
  ].join('\n')
}

function verdict(chart: Chart, paint: Paint): string {
  const count = (severity: Severity): number =>
    chart.findings.filter((finding) => finding.severity === severity).length
  const [faults, quirks] = [plural(count('fault'), 'fault'), plural(count('quirk'), 'quirk')]
  switch (chart.verdict) {
    case 'clean':
      return paint.green('Clean: it does what the protocol says.')
    case 'quirks':
      return paint.yellow(`${quirks}: not as the protocol says, but hosts get along with it.`)
    case 'faults':
      return paint.red(`${faults}, ${quirks}: some of what people ask it for does not come.`)
  }
}

function milliseconds(ms: number): string {
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`
}

/** The report for programs. */
export function reportJson(chart: Chart, guest: string): object {
  const { verdict: is, revision, roundTripMs, infos, well, findings, notTried } = chart
  return {
    guest,
    verdict: is,
    revision,
    round_trip_ms: roundTripMs,
    infos,
    well,
    findings,
    not_tried: notTried,
  }
}
