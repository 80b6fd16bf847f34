import { floor } from './floor.mjs'
import { sdk } from './sdk.mjs'

/**
 * One call. Its result is not looked at.
 *
 * @typedef {() => Promise<unknown>} Ask
 *
 * A way to call over a WebSocket, in four parts: whoever accepts may ask or answer, and so may whoever dials.
 *
 * @typedef {object} Variant
 * @property {() => Promise<number>} acceptToAnswer resolves with the port
 * @property {(port: number) => Promise<Ask>} dialToAsk
 * @property {() => Promise<{ port: number, ask: Promise<Ask> }>} acceptToAsk `ask` is there when somebody dialled
 * @property {(port: number) => Promise<void>} dialToAnswer
 */

/** @typedef {'floor' | 'sdk'} VariantName */

/** @type {Readonly<Record<string, Variant>>} */
export const variants = { floor, sdk }
