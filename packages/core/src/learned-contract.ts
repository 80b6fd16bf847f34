import { looseObject, unknown } from 'zod/mini'
import { isName, type Contract } from './contract/contract.js'
import { guestool, type GuestoolShape } from './contract/guestool.js'
import type { HubShape } from './contract/hub.js'

/** What a hub says may be asked of guests, as JSON Schema. */
export type ContractTable = HubShape['info']['contract']['result']

/**
 * The contract that a console of any host asks with: the protocol's own, and what else a hub says that there is. Of that
 * only names are known here: what it takes and gives is checked by the hub and by the guest.
 */
export class LearnedContract implements Contract<GuestoolShape> {
  readonly info = new Map(guestool.info)
  readonly action = new Map(guestool.action)
  readonly event = new Map(guestool.event)

  /** From now on what is in the table can be asked and heard. What is known already stays as it is. */
  learn({ info, action, event }: ContractTable): void {
    const anything = { params: looseObject({}), result: unknown() }
    const more = guestool.extend({
      info: unless(this.info, info, anything),
      action: unless(this.action, action, anything),
      event: unless(this.event, event, looseObject({})),
    })
    for (const [name, operation] of more.info) if (!this.info.has(name)) this.info.set(name, operation)
    for (const [name, operation] of more.action) if (!this.action.has(name)) this.action.set(name, operation)
    for (const [name, schema] of more.event) if (!this.event.has(name)) this.event.set(name, schema)
  }

  extend: Contract<GuestoolShape>['extend'] = (definition) => guestool.extend(definition)
}

/** One of the same for each name that is not known yet. A host may say anything: what is no name is left out. */
function unless<T>(known: ReadonlyMap<string, unknown>, told: object, one: T): Record<string, T> {
  const names = Object.keys(told).filter((name) => isName(name) && !known.has(name))
  return Object.fromEntries(names.map((name) => [name, one]))
}
