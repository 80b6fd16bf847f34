import { hostname } from 'node:os'
import { isGuestId } from '@guestool/core'

/** The id that this machine has as a guest unless another is given: its name, as far as an id can hold it. */
export function thisMachine(): string {
  const [name = ''] = hostname().split('.')
  const id = name.replace(/[^\w-]+/g, '-').slice(0, 64)
  return isGuestId(id) ? id : 'this-machine'
}
