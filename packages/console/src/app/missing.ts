import { isGuestoolError } from '@guestool/core'

/** Whether the other side does not have what it was asked for, now and later. */
export function isMissing(error: unknown): boolean {
  return isGuestoolError(error) && (error.code === 'unsupported' || error.code === 'unknown_operation')
}
