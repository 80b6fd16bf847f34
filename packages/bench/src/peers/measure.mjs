// What was measured, as it is kept in results.json, printed, written into tables and drawn.
import { quantile } from '../table.mjs'

/**
 * @typedef {object} Entry one variant
 * @property {string} name
 * @property {number} value the median, in the unit of the measure
 * @property {number} [ratio] to the first entry, the median of those of all rounds
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
 * @property {Entry[]} entries the first is what the others are held against
 * @property {Target[]} targets
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

/**
 * @param {Measure} measure
 * @returns {{ wanted: string, got: number, met: boolean, target: Target }[]}
 */
export function verdictsOf({ entries, targets }) {
  return targets.map((target) => {
    const { name, of, most = Infinity, least = -Infinity } = target
    const got = entries.find((entry) => entry.name === name)?.[of] ?? Number.NaN
    const wanted = most === Infinity ? `≥ ${least}` : `≤ ${most}`
    return { wanted, got, met: got <= most && got >= least, target }
  })
}
