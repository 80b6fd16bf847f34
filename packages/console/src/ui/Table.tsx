import type { ComponentChildren, VNode } from 'preact'

interface Column<R, K extends string> {
  readonly key: K
  readonly title: string
  /** Numbers stand right. */
  readonly numeric?: boolean
  /** Whether a click on its head sorts by it. @default true where the table sorts */
  readonly sortable?: boolean
  readonly cell: (row: R) => ComponentChildren
}

interface Sorting<K extends string> {
  readonly by: K
  readonly descending: boolean
}

export interface TableProps<R, K extends string> {
  /** What it is a table of, for who cannot see it. */
  readonly label: string
  readonly columns: readonly Column<R, K>[]
  readonly rows: readonly R[]
  readonly rowKey: (row: R) => string | number
  readonly sorting?: Sorting<K>
  readonly onSort?: (sorting: Sorting<K>) => void
}

/** Rows under heads; who shows it sorts them. */
export function Table<R, K extends string>(props: TableProps<R, K>): VNode {
  const { label, columns, rows, rowKey, sorting, onSort } = props
  return (
    <div class="table-room" tabIndex={0} role="region" aria-label={label}>
      <table class="table" aria-label={label}>
        <thead>
          <tr>
            {columns.map(({ key, title, numeric, sortable }) => {
              const by = sorting?.by === key ? sorting : undefined
              const order = by === undefined ? undefined : by.descending ? 'descending' : 'ascending'
              return (
                <th key={key} scope="col" class={numeric ? 'numeric' : ''} aria-sort={order}>
                  {onSort && sortable !== false ? (
                    <button
                      type="button"
                      class="table-sort"
                      onClick={() =>
                        onSort({ by: key, descending: by === undefined ? numeric === true : !by.descending })
                      }
                    >
                      {title}
                      <i aria-hidden="true">{order && (by?.descending ? '▾' : '▴')}</i>
                    </button>
                  ) : (
                    title
                  )}
                </th>
              )
            })}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map(({ key, numeric, cell }) => (
                <td key={key} class={numeric ? 'numeric' : ''}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
