import { guestool } from '@guestool/core'

/**
 * Every info of the protocol, for guests that nobody asks for them.
 *
 * @type {Record<keyof import('@guestool/core').GuestoolShape['info'], 'unsupported'>}
 */
export const unsupported = /** @type {any} */ (
  Object.fromEntries(Array.from(guestool.info.keys(), (name) => [name, 'unsupported']))
)
