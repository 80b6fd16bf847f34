import type { GuestoolShape } from '@guestool/core'

export type Process = GuestoolShape['info']['processes']['result'][number]

export type SortKey = 'pid' | 'name' | 'cpu_stdperc' | 'mem' | 'age'

export interface Order {
  readonly key: SortKey
  readonly descending: boolean
}

/** The order after a click on a column's head: the same column turns, another begins with what is most telling. */
export function nextOrder(order: Order, key: SortKey): Order {
  if (order.key === key) return { key, descending: !order.descending }
  return { key, descending: key !== 'name' && key !== 'pid' }
}

/** Each pid once: a table of them cannot tell two of one pid apart. */
export function oncePerPid(processes: readonly Process[]): Process[] {
  return [...new Map(processes.map((process) => [process.pid, process])).values()]
}

/** In order; those that are equal by their pids, so that nothing jumps between samples. */
export function sorted(processes: readonly Process[], { key, descending }: Order): Process[] {
  const sign = descending ? -1 : 1
  // What is compared is made once of each: a name may be long.
  const keyed = processes.map((process) => ({
    process,
    by: key === 'name' ? nameKey(process) : process[key],
  }))
  keyed.sort((a, b) => {
    if (a.by !== b.by) return a.by < b.by ? -sign : sign
    return a.process.pid - b.process.pid
  })
  return keyed.map(({ process }) => process)
}

function nameKey({ name }: Process): string {
  return name.slice(0, 64).toLowerCase()
}

/** Those whose name holds the text, whatever the case, or whose pid begins with it. */
export function searched(processes: readonly Process[], text: string): readonly Process[] {
  const wanted = text.trim().toLowerCase()
  if (wanted === '') return processes
  return processes.filter(
    ({ name, pid }) => name.toLowerCase().includes(wanted) || String(pid).startsWith(wanted),
  )
}

/** The busiest ones, and of those that do nothing the largest. */
export function busiest(processes: readonly Process[], count: number): Process[] {
  const bySize = sorted(processes, { key: 'mem', descending: true })
  return bySize.toSorted((a, b) => b.cpu_stdperc - a.cpu_stdperc).slice(0, count)
}
