import { guestool, isName, type Contract, type GuestoolShape, type HubShape } from '@guestool/core'
import { looseObject, unknown } from 'zod/mini'

/** What a hub says may be asked of guests, as JSON Schema. */
export type ContractTable = HubShape['info']['contract']['result']

/**
 * The protocol's own contract, and with it what a hub's contract has beside: by name only, since what it takes and gives
 * is checked by the hub and by the guest.
 */
export class LearnedContract implements Contract<GuestoolShape> {
  readonly info = new Map(guestool.info)
  readonly action = new Map(guestool.action)
  readonly event = new Map(guestool.event)

  /** From now on what is in the table can be asked. */
  learn(table: Pick<ContractTable, 'info' | 'action'>): void {
    for (const kind of ['info', 'action'] as const) {
      for (const name of Object.keys(table[kind])) {
        if (this[kind].has(name) || !isName(name)) continue
        const definition = { [kind]: { [name]: { params: looseObject({}), result: unknown() } } }
        const operation = guestool.extend(definition)[kind].get(name)
        if (operation !== undefined) this[kind].set(name, operation)
      }
    }
  }

  extend: Contract<GuestoolShape>['extend'] = (definition) => guestool.extend(definition)
}
