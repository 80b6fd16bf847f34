// What runs in a process of its own does what it is told by messages, several things at a time.

/** What a process can be told to do. A parameter and a result travel as JSON. */
export type Orders = { readonly [order: string]: (parameter: never) => unknown }

/** One order on its way. */
export interface Message {
  readonly id: number
  readonly order: string
  readonly parameter: unknown
}

/** What became of it. */
export interface Done {
  readonly id: number
  readonly value?: unknown
  readonly error?: string
}

/** Exit code of a process that something kept from ending. */
const held = 70
/** How long that is waited for. */
const patience = 15_000

const orphaned = (): never => process.exit()

/**
 * Does what the process that started this one orders. After the order `close` it lets go of that process, and must then
 * end by itself: a timer or a socket that is left over would keep it.
 */
export function obey(orders: Orders): void {
  const answer = async ({ id, order, parameter }: Message): Promise<void> => {
    const done = await outcome(id, orders[order], parameter)
    process.send?.(done)
    if (order !== 'close') return
    process.off('disconnect', orphaned)
    process.disconnect()
    setTimeout(() => {
      const kinds = process.getActiveResourcesInfo().join(', ')
      process.stderr.write(`a process does not end after close(); it has ${kinds}\n`)
      process.exit(held)
    }, patience).unref()
  }
  process.on('message', (message: Message) => void answer(message))
  process.on('disconnect', orphaned)
}

async function outcome(id: number, run: Orders[string] | undefined, parameter: unknown): Promise<Done> {
  try {
    if (run === undefined) throw new TypeError('there is no such order')
    return { id, value: await run(parameter as never) }
  } catch (error) {
    return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}
