// Writes what was measured into docs/performance.md, and its charts beside it.
import { readFileSync, writeFileSync } from 'node:fs'

import { chartOf, charts } from './charts.mjs'
import { tablesOf, withMeasuredPart } from './page-tables.mjs'

const docs = new URL('../../../../docs/', import.meta.url)
const page = new URL('performance.md', docs)

/** @param {import('./results.mjs').Results} results */
export function writePage(results) {
  writeFileSync(page, withMeasuredPart(readFileSync(page, 'utf8'), tablesOf(results)))
  for (const [file, id] of Object.entries(charts)) {
    const measure = results.measures.find((one) => one.id === id)
    if (measure) writeFileSync(new URL(`pictures/${file}`, docs), chartOf(measure))
  }
}
