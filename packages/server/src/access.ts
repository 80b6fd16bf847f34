import { guestPattern } from '@guestool/core'
import { rightsOf, type Principal, type Stay } from './authentication.js'

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
  /** Of one that has a one-time code and may do nothing but change it for a token. */
  readonly signIn?: Stay['signIn']
}

/** Of a console of a host that authenticates nobody: it runs on the same machine. */
const everything: Access = { sees: () => true, guests: '*', actions: true, admin: true }

export function accessOf(principal: (Principal & Stay) | undefined): Access {
  if (principal?.role !== 'console') return everything
  const { signIn } = principal
  if (signIn !== undefined) return { sees: () => false, guests: '', actions: false, admin: false, signIn }
  const rights = rightsOf(principal)
  return { sees: guestPattern(rights.guests), ...rights }
}
