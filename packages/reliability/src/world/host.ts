// A host in a process of its own.
import { createHost, type Host, type HostCounts } from '@guestool/server'
import { contract, type WorldShape } from './contract.js'
import { obey } from './obey.js'
import { vitals, type Vitals } from './vitals.js'

export type HostOrders = {
  /** 0 picks a free port. */
  listen(port: number): Promise<number>
  counts(nothing: null): HostCounts
  /** What went wrong that no call threw. */
  errors(nothing: null): string[]
  vitals(nothing: null): Promise<Vitals>
  close(nothing: null): Promise<void>
}

// All peers are on this machine, which is one address.
const host: Host<WorldShape> = createHost({ contract, connectionsPerAddress: Infinity })
const errors: string[] = []
host.on('error', (error) => errors.push(String(error)))

obey({
  listen: async (port) => (await host.listen(port)).port,
  counts: () => host.counts,
  errors: () => errors,
  vitals,
  close: () => host.close(),
} satisfies HostOrders)
