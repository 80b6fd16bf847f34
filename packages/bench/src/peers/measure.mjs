// What was measured, as it is kept in results.json, printed, written into tables and drawn.
import { quantile } from '../table.mjs'
import { contenderOf } from './contenders.mjs'

/**
 * @typedef {object} Entry one variant
 * @property {string} name
 * @property {number} value the median, in the unit of the measure
 * @property {number} [ratio] to what the measure is held against, the median of those of all rounds
 * @property {[low: number, high: number]} [quartiles] of the ratio
 *
 * @typedef {object} Target what is aimed at for one entry
 * @property {string} name of the entry
 * @property {'ratio' | 'value'} of
 * @property {number} [most]
 * @property {number} [least]
 *
 * @typedef {object} Measure
 * @property {string} id
 * @property {string} title
 * @property {string} unit
 * @property {'less' | 'more'} better
 * @property {Entry[]} entries
 * @property {Target[]} targets
 *
 * @typedef {object} Verdict
 * @property {string} title
 * @property {string} wanted
 * @property {string} got
 * @property {boolean} met
 */

/**
 * The entries of figures that were taken in rounds, so that each ratio is one of two passes that followed one another.
 *
 * @param {readonly Readonly<Record<string, number>>[]} rounds figures by name
 * @param {string} base
 * @returns {Entry[]}
 */
export function entriesOf(rounds, base) {
  return Object.keys(rounds[0] ?? {}).map((name) => {
    const figures = rounds.map((round) => round[name] ?? Number.NaN)
    const ratios = rounds.map((round) => (round[name] ?? Number.NaN) / (round[base] ?? Number.NaN))
    return {
      name,
      value: rounded(quantile(figures)),
      ratio: rounded(quantile(ratios)),
      quartiles: [rounded(quantile(ratios, 0.25)), rounded(quantile(ratios, 0.75))],
    }
  })
}

/** Three digits, which is more than they are worth. @param {number} value */
export const rounded = (value) => Number(value.toPrecision(3))

/** What a person reads for an entry that is no contender. @type {Readonly<Record<string, string>>} */
const otherTitles = {
  ws: 'ws alone',
  'sdk with history': 'GuesTool SDK, keeping a history of each guest',
  createHub: 'GuesTool SDK, createHub',
}

/** @param {string} name of an entry */
export const titleOf = (name) => contenderOf(name)?.title ?? otherTitles[name] ?? name

/** @param {Measure} measure @param {Entry} entry */
export const valueOf = ({ unit }, { value }) =>
  `${value >= 1000 ? String(Math.round(value)).replace(/(?=(...)+$)(?!^)/g, ' ') : value} ${unit}`

/**
 * @param {Measure} measure
 * @returns {Verdict[]}
 */
export function verdictsOf(measure) {
  const { title, unit, entries, targets } = measure
  return [
    ...targets.map(({ name, of, most = Infinity, least = -Infinity }) => {
      const got = entries.find((entry) => entry.name === name)?.[of] ?? Number.NaN
      const suffix = of === 'ratio' ? '×' : ` ${unit}`
      return {
        title: `${title}: ${titleOf(name)}`,
        wanted: `${most === Infinity ? `≥ ${least}` : `≤ ${most}`}${suffix}`,
        got: `${of === 'ratio' ? got.toFixed(2) : got}${suffix}`,
        met: got <= most && got >= least,
      }
    }),
    ...ahead(measure),
  ]
}

/**
 * Ahead of every peer, where there are any: by ratios where there are some, which are of passes that followed one
 * another. Who has none of something is not behind those who have none, either.
 *
 * @param {Measure} measure
 * @returns {Verdict[]}
 */
function ahead(measure) {
  const { title, better, entries } = measure
  const sdk = entries.find(({ name }) => name === 'sdk')
  const sign = better === 'less' ? 1 : -1
  const figure = (/** @type {Entry} */ { ratio, value }) => sign * (ratio ?? value)
  const [best] = entries
    .filter(({ name }) => contenderOf(name)?.kind === 'peer')
    .toSorted((a, b) => figure(a) - figure(b))
  if (!sdk || !best) return []
  const said = (/** @type {Entry} */ entry) =>
    entry.ratio === undefined ? valueOf(measure, entry) : `${entry.ratio.toFixed(2)}×`
  return [
    {
      title: `${title}: ahead of every peer`,
      wanted: `${titleOf(best.name)}: ${said(best)}`,
      got: said(sdk),
      met: figure(sdk) <= figure(best),
    },
  ]
}
