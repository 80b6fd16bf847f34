// The charts of docs/performance.md, drawn of results.json: bars, the best first, readable on light and on dark pages.
import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'

import { contenderOf, contenders } from './contenders.mjs'
import { titleOf, valueOf } from './measure.mjs'

/** @typedef {import('./measure.mjs').Measure} Measure */

/** Which measures are drawn, by the name of the file. @type {Readonly<Record<string, string>>} */
export const charts = {
  'performance-cpu.svg': 'cpu-a-core-each',
  'performance-rate-one-core.svg': 'rate-both-on-one-core',
  'performance-rate.svg': 'rate-a-core-each',
  'performance-latency.svg': 'latency-a-core-each',
  'performance-pending.svg': 'pending-bytes',
  'performance-idle.svg': 'idle',
  'performance-bundle.svg': 'bundle',
  'performance-fan-out.svg': 'fan-out-cpu',
}

/** A picture in a page takes its colours from what the reader's system likes: it cannot see the page around it. */
const style = `
svg { --page: #ffffff; --ink: #1f2328; --faint: #59636e; --sdk: #0969da; --peer: #8c959f; --mark: #d1d9e0; color: var(--ink); }
@media (prefers-color-scheme: dark) {
  svg { --page: #0d1117; --ink: #f0f6fc; --faint: #9198a1; --sdk: #4493f8; --peer: #656c76; --mark: #3d444d; }
}`

const kinds = /** @type {const} */ (['sdk', 'peer', 'mark'])

/** @param {string} name of an entry */
function kindOf(name) {
  const kind = contenderOf(name)?.kind
  if (kind !== undefined) return kind
  return name.startsWith('create') || name.startsWith('sdk') ? 'sdk' : 'mark'
}

/** @param {Measure} measure @returns {string} an SVG */
export function chartOf(measure) {
  const { document } = parseHTML('<!doctype html><html><body></body></html>')
  const isRatio = measure.entries.every(({ ratio }) => ratio !== undefined)
  const sign = measure.better === 'less' ? 1 : -1
  const bars = measure.entries
    .map((entry) => ({
      title: titleOf(entry.name),
      kind: kindOf(entry.name),
      length: isRatio ? (entry.ratio ?? 0) : entry.value,
      label: isRatio ? `${entry.ratio?.toFixed(2)}×  ${valueOf(measure, entry)}` : valueOf(measure, entry),
    }))
    .toSorted((a, b) => sign * (a.length - b.length))
  const best = measure.better === 'less' ? 'shorter is better' : 'longer is better'
  const base = measure.entries.find(({ ratio }) => ratio === 1)?.name
  const against = isRatio && base !== undefined ? `, × of ${titleOf(base)}` : ''
  const svg = Plot.plot({
    document,
    width: 760,
    height: bars.length * 26 + 56,
    marginLeft: 210,
    marginRight: 150,
    marginTop: 52,
    marginBottom: 4,
    style: { fontSize: '13px', background: 'none' },
    x: { axis: null, domain: [0, Math.max(...bars.map(({ length }) => length))] },
    y: { domain: bars.map(({ title }) => title), label: null, tickSize: 0 },
    marks: [
      ...kinds.map((kind) =>
        Plot.barX(
          bars.filter((bar) => bar.kind === kind),
          { x: 'length', y: 'title', fill: `var(--${kind})`, insetTop: 2, insetBottom: 2 },
        ),
      ),
      ...(isRatio ? [Plot.ruleX([1], { stroke: 'var(--faint)', strokeDasharray: '3,3' })] : []),
      Plot.text(bars, {
        x: 'length',
        y: 'title',
        text: 'label',
        textAnchor: 'start',
        dx: 6,
        fill: 'var(--ink)',
        stroke: 'var(--page)',
        strokeWidth: 5,
      }),
      Plot.text([measure.title], {
        frameAnchor: 'top-left',
        dx: -200,
        dy: -46,
        fontSize: 15,
        fontWeight: 600,
        fill: 'var(--ink)',
      }),
      Plot.text(
        [`${best}${against}; blue: ${contenders.sdk.title}, faint: no library, and does less than one`],
        {
          frameAnchor: 'top-left',
          dx: -200,
          dy: -26,
          fill: 'var(--faint)',
        },
      ),
    ],
  })
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  const added = document.createElement('style')
  added.textContent = style
  svg.prepend(added)
  return `${svg.outerHTML}\n`
}
