import { cpu } from '../payload.mjs'

/** As long as a call of the SDK waits, for those that let the caller say how long. */
export const patience = 60_000

/**
 * What answers a call.
 *
 * @param {{ silent?: boolean }} options
 * @returns {() => typeof cpu | Promise<never>}
 */
export function answering({ silent = false }) {
  return silent ? () => new Promise(() => {}) : () => cpu
}
