import type { VNode } from 'preact'
import { useMemo } from 'preact/hooks'
import { height, pathsOf, width } from './spark-path.js'

/** The last hours as a line from 0 to 100; now is at the right. */
export function Spark({ values, label }: { values: readonly (number | null)[]; label: string }): VNode {
  const { line, area } = useMemo(() => pathsOf(values), [values])
  return (
    <svg
      class="spark"
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path class="spark-area" d={area} />
      <path class="spark-line" d={line} />
    </svg>
  )
}
