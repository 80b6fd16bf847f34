import { minutesShown } from './histories.js'

/** Of the picture, in its own units. */
export const width = 120
export const height = 26

/** A value for each three minutes is as much as so few pixels can show. */
const step = 3

const tenths = (value: number): number => Math.round(value * 10) / 10
const x = (at: number): number => tenths((at / (minutesShown / step - 1)) * width)
const y = (value: number): number =>
  tenths(height - 1 - (Math.min(Math.max(value, 0), 100) / 100) * (height - 2))

/** The last hours as a line from 0 to 100, and the area below it; now is at the right. */
export function pathsOf(values: readonly (number | null)[]): { line: string; area: string } {
  const points = bucketsOf(values)
  let line = ''
  let area = ''
  let from: number | undefined
  const close = (to: number): void => {
    if (from !== undefined) area += `L${x(to)} ${height}L${x(from)} ${height}Z`
    from = undefined
  }
  for (const [at, value] of points.entries()) {
    if (value === null) {
      close(at - 1)
      continue
    }
    const point = `${from === undefined ? 'M' : 'L'}${x(at)} ${y(value)}`
    from ??= at
    line += point
    area += point
    // A lone value would be no line at all.
    if (line.endsWith(point) && point.startsWith('M')) line += 'h.01'
  }
  close(points.length - 1)
  return { line, area }
}

/** Means of `step` minutes, null where there are none; the last ends now. */
function bucketsOf(values: readonly (number | null)[]): (number | null)[] {
  return Array.from({ length: minutesShown / step }, (_, at) => {
    const end = values.length - (minutesShown / step - 1 - at) * step
    const known = values.slice(Math.max(0, end - step), Math.max(0, end)).filter((value) => value !== null)
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length
  })
}
