import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { chartOf, charts } from './charts.mjs'
import { contenderNames } from './contenders.mjs'
import { entriesOf, verdictsOf, type Entry, type Measure } from './measure.mjs'
import { optionsOf } from './options.mjs'
import { measuredPart, tablesOf, withMeasuredPart } from './page-tables.mjs'
import { readResults } from './results.mjs'

const docs = new URL('../../../../docs/', import.meta.url)
const page = readFileSync(new URL('performance.md', docs), 'utf8')
const results = readResults()

it('the tables of docs/performance.md are those of results.json', () => {
  expect(measuredPart(page)).toBe(tablesOf(results))
})

it.each(Object.entries(charts))('docs/pictures/%s is drawn of results.json, and shown', (file, id) => {
  const measure = results.measures.find((one) => one.id === id)
  const picture = new URL(`pictures/${file}`, docs)
  expect(measure && chartOf(measure)).toBe(existsSync(picture) ? readFileSync(picture, 'utf8') : undefined)
  expect(page).toContain(`(pictures/${file})`)
})

it.each(['cpu-a-core-each', 'latency-both-on-one-core', 'pending-bytes', 'idle'])(
  'everybody has a figure for %s in the last whole run',
  (id) => {
    const measured = results.measures.find((one) => one.id === id)
    expect(measured?.entries.map(({ name }) => name)).toEqual(contenderNames)
  },
)

it('a page that lost its marks is not written to', () => {
  expect(withMeasuredPart(page, 'new')).toContain('here -->\n\nnew\n\n<!-- to here')
  expect(() => withMeasuredPart(page.replace('to here', ''), 'new')).toThrow('docs/performance.md has lost')
})

const measure: Measure = {
  id: 'x',
  title: 'X',
  unit: 'µs',
  better: 'less',
  entries: entriesOf(
    [
      { floor: 10, sdk: 9, birpc: 30 },
      { floor: 20, sdk: 14, birpc: 24 },
      { floor: 40, sdk: 20, birpc: 60 },
    ],
    'floor',
  ),
  targets: [{ name: 'sdk', of: 'ratio', most: 0.8 }],
}

it('a ratio is the median of those of the rounds, not the ratio of the medians', () => {
  expect(measure.entries).toEqual([
    { name: 'floor', value: 20, ratio: 1, quartiles: [1, 1] },
    { name: 'sdk', value: 14, ratio: 0.7, quartiles: [0.5, 0.9] },
    { name: 'birpc', value: 30, ratio: 1.5, quartiles: [1.2, 3] },
  ])
})

const mets = (changed: Partial<Measure>) => verdictsOf({ ...measure, ...changed }).map(({ met }) => met)

it('a target is met or missed, and so is to be ahead of the best peer, whichever way is better', () => {
  expect(mets({})).toEqual([true, true])
  expect(mets({ better: 'more' })).toEqual([true, false])
  expect(mets({ targets: [{ name: 'sdk', of: 'value', most: 13 }] })).toEqual([false, true])
  expect(mets({ targets: [{ name: 'sdk', of: 'ratio', least: 1.1 }] })).toEqual([false, true])
  // A figure that is not there is none that meets anything.
  expect(mets({ targets: [{ name: 'hub', of: 'value', most: 13 }] })).toEqual([false, true])
})

it('who is ahead is told by the ratios: the medians may be of other rounds', () => {
  const entries: Entry[] = [
    { name: 'sdk', value: 30, ratio: 0.7 },
    { name: 'birpc', value: 20, ratio: 0.9 },
  ]
  expect(verdictsOf({ ...measure, entries, targets: [] })).toEqual([
    { title: 'X: ahead of every peer', wanted: 'birpc: 0.90×', got: '0.70×', met: true },
  ])
})

it('a row, or a library, that there is not is refused, and so is to keep half a run', () => {
  const rows = ['calls', 'hub']
  expect(optionsOf(rows, []).rows).toEqual(rows)
  expect(optionsOf(rows, ['--only', 'hub', '--peers', 'birpc'])).toMatchObject({
    rows: ['hub'],
    names: ['floor', 'echo', 'one-write', 'sdk', 'birpc'],
    command: 'npm run bench:peers -- --only hub --peers birpc',
  })
  expect(() => optionsOf(rows, ['--only', 'huб'])).toThrow(TypeError)
  expect(() => optionsOf(rows, ['--peers', 'grpc'])).toThrow('--peers does not know grpc')
  expect(() => optionsOf(rows, ['--write', '--only', 'hub'])).toThrow(TypeError)
})
