import { table } from '../table.mjs'
import { verdictsOf } from './measure.mjs'

/** A measure as a person reads it in a terminal. @param {import('./measure.mjs').Measure} measure */
export function print(measure) {
  console.log(`\n${measure.title}\n`)
  console.log(
    table(
      ['', measure.unit || 'a second', 'ratio', 'quartiles'],
      measure.entries.map(({ name, value, ratio, quartiles }) => [
        name,
        `${value}`,
        ratio?.toFixed(2) ?? '',
        quartiles?.map((quartile) => quartile.toFixed(2)).join('–') ?? '',
      ]),
    ),
  )
  for (const { target, wanted, got, met } of verdictsOf(measure))
    console.log(
      `target: ${target.name} ${wanted}${target.of === 'ratio' ? ' ×' : ` ${measure.unit}`}: ${got} ${met ? 'met' : 'MISSED'}`,
    )
}
