import { guestPattern } from '@guestool/core'
import type { Principal } from './authentication.js'

/** What a console may do. */
export interface Access {
  /** Whether it may know of a guest. One that it may not is to it as if it were not there. */
  sees(id: string): boolean
  /** The pattern of these. */
  readonly guests: string
  /** Whether it may ask for actions, which change something. Infos only read. */
  readonly actions: boolean
  /** Whether it may add and remove guests. */
  readonly admin: boolean
}

/** Of a console of a host that authenticates nobody: it runs on the same machine. */
const everything: Access = { sees: () => true, guests: '*', actions: true, admin: true }

export function accessOf(principal: Principal | undefined): Access {
  if (principal?.role !== 'console') return everything
  const { guests = '*', actions = false } = principal
  return { sees: guestPattern(guests), guests, actions, admin: false }
}
