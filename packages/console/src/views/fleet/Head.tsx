import type { VNode } from 'preact'
import { useTexts } from '../../app/language.js'
import { sorts, type Sort, type Wish } from './arrange.js'
import { texts } from './texts.js'

const columns = ['name', 'worst', 'since', 'bots', 'events', 'calls', 'cpu', 'memory', 'machine'] as const

function isSort(column: string): column is Sort {
  return (sorts as readonly string[]).includes(column)
}

/** The heads of the columns; a click sorts. */
export function Head({ wish, onWish }: { wish: Wish; onWish: (wish: Wish) => void }): VNode {
  const t = useTexts(texts)
  return (
    <div class="fleet-head" role="row" aria-rowindex={1}>
      {columns.map((column) => {
        const current = column === wish.sort
        const order = current ? (wish.reversed ? 'descending' : 'ascending') : undefined
        return (
          <div
            key={column}
            class={`fleet-${column === 'worst' ? 'state' : column}`}
            role="columnheader"
            aria-sort={order}
          >
            {isSort(column) ? (
              <button
                type="button"
                class="table-sort"
                onClick={() => onWish({ ...wish, sort: column, reversed: current && !wish.reversed })}
              >
                {t.column[column]}
                <i aria-hidden="true">{current && (wish.reversed ? '▴' : '▾')}</i>
              </button>
            ) : (
              t.column[column]
            )}
          </div>
        )
      })}
      <div class="fleet-remove" role="columnheader">
        <span class="hidden">{t.column.remove}</span>
      </div>
    </div>
  )
}
