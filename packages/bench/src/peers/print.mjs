import { table } from '../table.mjs'
import { titleOf, verdictsOf } from './measure.mjs'

/** A measure as a person reads it in a terminal. @param {import('./measure.mjs').Measure} measure */
export function print(measure) {
  console.log(`\n${measure.title}\n`)
  console.log(
    table(
      ['', measure.unit, 'ratio', 'quartiles'],
      measure.entries.map(({ name, value, ratio, quartiles }) => [
        titleOf(name),
        `${value}`,
        ratio?.toFixed(2) ?? '',
        quartiles?.map((quartile) => quartile.toFixed(2)).join('–') ?? '',
      ]),
    ),
  )
  for (const { title, wanted, got, met } of verdictsOf(measure))
    console.log(
      `${met ? 'met' : 'MISSED'}  ${title.slice(measure.title.length + 2)}: ${got} (wanted: ${wanted})`,
    )
}
