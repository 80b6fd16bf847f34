/** A line through points, fitted by least squares. */
export interface Trend {
  /** Units of y for one of x. */
  readonly slope: number
  /** The slope's standard error. */
  readonly error: number
}

/**
 * Neighbours in time resemble each other, so that as many points as there are say less than they seem to: the error is
 * widened by how much each residual resembles the one before.
 *
 * @param points at least four, by x
 */
export function trendOf(points: readonly (readonly [x: number, y: number])[]): Trend {
  const n = points.length
  if (n < 4) return { slope: Number.NaN, error: Number.NaN }
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / n
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / n
  const spread = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)
  const slope = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / spread
  const residuals = points.map(([x, y]) => y - meanY - slope * (x - meanX))
  const squares = residuals.reduce((sum, residual) => sum + residual ** 2, 0)
  const products = residuals.reduce((sum, residual, i) => sum + residual * (residuals[i - 1] ?? 0), 0)
  const resemblance = squares === 0 ? 0 : Math.min(Math.max(products / squares, 0), 0.9)
  const widened = Math.sqrt((1 + resemblance) / (1 - resemblance))
  return { slope, error: widened * Math.sqrt(squares / (n - 2) / spread) }
}

/** Whether something stays as it is: it rises by less than what is allowed, or no more than chance explains. */
export function isFlat({ slope, error }: Trend, allowed: number): boolean {
  return slope <= allowed || slope <= 3 * error
}
