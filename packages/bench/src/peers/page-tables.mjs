// The tables of docs/performance.md, made of results.json.
import { contenderNames, contenders } from './contenders.mjs'
import { titleOf, valueOf, verdictsOf } from './measure.mjs'

/**
 * @typedef {import('./measure.mjs').Measure} Measure
 * @typedef {import('./results.mjs').Results} Results
 */

/** @param {string[]} cells */
const line = (cells) => `| ${cells.join(' | ')} |`

/** @param {string[]} head @param {string[][]} rows */
function markdown(head, rows) {
  return [line(head), `|---|${'---:|'.repeat(head.length - 1)}`, ...rows.map(line)].join('\n')
}

/** One measure a column, one entry a row. @param {[head: string, measure: Measure | undefined][]} columns */
function side(columns) {
  const there = columns.flatMap(([head, measure]) => (measure === undefined ? [] : [{ head, measure }]))
  const names = [...new Set(there.flatMap(({ measure }) => measure.entries.map(({ name }) => name)))]
  return markdown(
    ['', ...there.map(({ head }) => head)],
    names.map((name) =>
      [name === 'sdk' ? `**${titleOf(name)}**` : titleOf(name)].concat(
        there.map(({ measure }) => cell(measure, name)),
      ),
    ),
  )
}

/** @param {Measure} measure @param {string} name */
function cell(measure, name) {
  const entry = measure.entries.find((one) => one.name === name)
  if (entry === undefined) return '–'
  const value = valueOf(measure, entry)
  if (entry.ratio === undefined) return value
  const [low, high] = entry.quartiles ?? [entry.ratio, entry.ratio]
  return `${entry.ratio.toFixed(2)}× (${low.toFixed(2)}–${high.toFixed(2)}), ${value}`
}

/** @param {string} text */
const titled = (text) => `**${text}**`

/** @param {Results} results */
export function tablesOf({ date, command, minutes, machine, versions, measures }) {
  const by = (/** @type {string} */ id) => measures.find((measure) => measure.id === id)
  const places = [
    ...new Set(measures.flatMap(({ id }) => (id.startsWith('rate-') ? [id.slice('rate-'.length)] : []))),
  ]
  const hubPlaces = measures.filter(({ id }) => id.startsWith('hub-cpu-'))
  return [
    `Measured on ${date} by \`${command}\` in ${minutes} minutes: ${machine.cores} cores of ${machine.processor}, ` +
      `${machine.memory}, ${machine.system}, Node ${machine.node}. All of it on one machine, over its loopback. ` +
      `In the minute before, ${machine.load} processes wanted a core${machine.load > machine.cores ? ': **it was busy with something else, and the figures say little**' : ''}.`,
    '### What is aimed at',
    markdown(
      ['', 'wanted, or the best peer', 'measured', ''],
      measures.flatMap((measure) =>
        verdictsOf(measure).map(({ title, wanted, got, met }) => [
          title,
          wanted,
          got,
          met ? 'met' : '**MISSED**',
        ]),
      ),
    ),
    '### Calls',
    ...places.flatMap((place) => [
      titled(place.replaceAll('-', ' ')),
      side([
        ['CPU of both ends per call, 64 in flight', by(`cpu-${place}`)],
        ['calls a second, 64 in flight', by(`rate-${place}`)],
        ['calls a second, 256 in flight', by(`rate256-${place}`)],
        ['one after another, median', by(`latency-${place}`)],
      ]),
    ]),
    '### Memory, and what a page loads',
    side([
      ['heap per call that waits', by('pending-bytes')],
      ['timers per call that waits', by('pending-timers')],
      ['resident per idle connection', by('idle')],
      ['page: min + gzip', by('bundle')],
    ]),
    '### Through a hub',
    ...hubPlaces.flatMap((cpu) => {
      const place = cpu.id.slice('hub-cpu-'.length)
      return [
        titled(place.replaceAll('-', ' ')),
        side([
          ['CPU per call, 64 in flight', cpu],
          ['calls a second', by(`hub-rate-${place}`)],
        ]),
      ]
    }),
    '### One event to a hundred consoles',
    side([
      ['events a second', by('fan-out-rate')],
      ['CPU of all per event heard', by('fan-out-cpu')],
      ['CPU of the host alone', by('fan-out-host')],
    ]),
    '### Ten thousand idle guests on one host',
    side([
      [by('crowd-memory')?.title ?? '', by('crowd-memory')],
      [by('crowd-cpu')?.title ?? '', by('crowd-cpu')],
    ]),
    '### Who was measured',
    markdown(
      ['', 'version', 'checks', 'a call whose answer never comes waits'],
      contenderNames.map((name) => {
        const { title, library, checks, waits } = contenders[name]
        return [title, library === undefined ? '' : `${library} ${versions[library]}`, checks, waits]
      }),
    ),
  ].join('\n\n')
}

const from = '<!-- made by npm run bench:peers -- --write: from here -->'
const to = '<!-- to here -->'

/** @param {string} page @returns {string} what stands between the two marks */
export function measuredPart(page) {
  const start = page.indexOf(from)
  const end = page.indexOf(to, start)
  if (start < 0 || end < 0) throw new Error(`docs/performance.md has lost ${from} or ${to}`)
  return page.slice(start + from.length, end).trim()
}

/** @param {string} page @param {string} part */
export function withMeasuredPart(page, part) {
  const old = measuredPart(page)
  return page.replace(`${from}\n\n${old}`, () => `${from}\n\n${part}`)
}
