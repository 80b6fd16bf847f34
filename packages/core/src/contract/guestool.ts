import { action } from './action.js'
import { defineContract, type Contract, type ShapeOf } from './contract.js'
import { info } from './info.js'

/** The types of the protocol's own operations. */
export type GuestoolShape = ShapeOf<{ info: typeof info; action: typeof action }>

/**
 * The protocol's own contract: 13 infos and 4 actions. The specification names no events;
 * `guestool.extend({ event: … })` adds a project's own.
 */
export const guestool: Contract<GuestoolShape> = defineContract({ info, action })
