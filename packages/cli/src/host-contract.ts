import {
  defineContract,
  guestool,
  isName,
  type Contract,
  type GuestoolShape,
  type Operation,
} from '@guestool/core'
import type { ContractJsonSchema } from '@guestool/core/json-schema'
import { z } from 'zod'

/**
 * The contract that a hub is asked with. It begins as the protocol's own, and learns from the host what else there is,
 * of which only names are known here: the host and the guest check the rest.
 */
export class HostContract implements Contract<GuestoolShape> {
  readonly info = new Map<string, Operation>(guestool.info)
  readonly action = new Map<string, Operation>(guestool.action)
  readonly event = new Map(guestool.event)
  readonly extend = guestool.extend.bind(guestool)

  learn({ info, action, event }: ContractJsonSchema): void {
    const learnt = defineContract({
      info: unknown(info, this.info, anything),
      action: unknown(action, this.action, anything),
      event: unknown(event, this.event, z.looseObject({})),
    })
    for (const [name, operation] of learnt.info) this.info.set(name, operation)
    for (const [name, operation] of learnt.action) this.action.set(name, operation)
    for (const [name, schema] of learnt.event) this.event.set(name, schema)
  }
}

const anything = { params: z.looseObject({}), result: z.unknown() }

/** One of the same for each name that is not known yet. */
function unknown<T>(told: object, known: ReadonlyMap<string, unknown>, one: T): Record<string, T> {
  const names = Object.keys(told).filter((name) => isName(name) && !known.has(name))
  return Object.fromEntries(names.map((name) => [name, one]))
}
