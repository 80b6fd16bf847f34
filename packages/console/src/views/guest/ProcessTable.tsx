import type { VNode } from 'preact'
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { useCell } from '../../app/cell.js'
import { language, useTexts } from '../../app/language.js'
import { bytes, duration, percent } from '../../ui/format.js'
import { nextOrder, searched, sorted, type Order, type Process, type SortKey } from './process-rows.js'
import { Name } from './Processes.js'
import { texts } from './texts.js'

const keys: readonly SortKey[] = ['pid', 'name', 'cpu_stdperc', 'mem', 'age']
/** Pixels; the style sheet says the same. */
const rowHeight = 28
/** Rows above and below what is seen, which are drawn as well. */
const margin = 12

/** All processes. Only the rows that can be seen are in the document. */
export function ProcessTable({ processes }: { processes: readonly Process[] }): VNode {
  const words = useTexts(texts)
  const speaks = useCell(language)
  const [order, setOrder] = useState<Order>({ key: 'cpu_stdperc', descending: true })
  const [text, setText] = useState('')
  const [[first, count], setSeen] = useState([0, 30])
  const room = useRef<HTMLDivElement>(null)
  const rows = useMemo(() => sorted(searched(processes, text), order), [processes, text, order])

  const look = (): void => {
    const { scrollTop = 0, clientHeight = 0 } = room.current ?? {}
    setSeen([Math.floor(scrollTop / rowHeight), Math.ceil(clientHeight / rowHeight)])
  }
  useLayoutEffect(look, [])

  const from = Math.max(0, Math.min(first, rows.length - count) - margin)
  const shown = rows.slice(from, from + count + 2 * margin)
  const value: Readonly<Record<SortKey, (process: Process) => string | VNode>> = {
    pid: ({ pid }) => String(pid),
    name: ({ name }) => <Name name={name} />,
    cpu_stdperc: ({ cpu_stdperc }) => percent(speaks, cpu_stdperc),
    mem: ({ mem }) => bytes(speaks, mem),
    age: ({ age }) => duration(speaks, age),
  }
  return (
    <div class="process-table">
      <div class="line">
        <input
          type="search"
          class="input"
          placeholder={words.search}
          aria-label={words.search}
          value={text}
          onInput={(event) => {
            setText(event.currentTarget.value)
            if (room.current) room.current.scrollTop = 0
          }}
        />
        <span class="note" role="status">
          {words.shown(rows.length, processes.length)}
        </span>
      </div>
      <div
        ref={room}
        class="process-room"
        tabIndex={0}
        role="region"
        aria-label={words.allProcesses(processes.length)}
        onScroll={look}
      >
        <table class="table" aria-rowcount={rows.length + 1}>
          <thead>
            <tr>
              {keys.map((key) => {
                const isBy = order.key === key
                const direction = order.descending ? 'descending' : 'ascending'
                return (
                  <th
                    key={key}
                    scope="col"
                    class={key === 'name' ? '' : 'numeric'}
                    aria-sort={isBy ? direction : undefined}
                    title={key === 'cpu_stdperc' ? words.ofOneCore : undefined}
                  >
                    <button type="button" class="table-sort" onClick={() => setOrder(nextOrder(order, key))}>
                      {words.column[key]}
                      <i aria-hidden="true">{isBy && (order.descending ? '▾' : '▴')}</i>
                    </button>
                  </th>
                )
              })}
            </tr>
          </thead>
          <tbody>
            <Space rows={from} />
            {shown.map((process, i) => (
              <tr key={process.pid} aria-rowindex={from + i + 2} data-pid={process.pid}>
                {keys.map((key) => (
                  <td key={key} class={key === 'name' ? '' : 'numeric'}>
                    {value[key](process)}
                  </td>
                ))}
              </tr>
            ))}
            <Space rows={rows.length - from - shown.length} />
          </tbody>
        </table>
      </div>
      {rows.length === 0 && <p class="missing">{words.noneFound}</p>}
    </div>
  )
}

/** Where rows are that cannot be seen. */
function Space({ rows }: { rows: number }): VNode | null {
  if (rows <= 0) return null
  return (
    <tr aria-hidden="true">
      <td colSpan={keys.length} style={{ height: `${rows * rowHeight}px`, padding: 0, border: 0 }} />
    </tr>
  )
}
