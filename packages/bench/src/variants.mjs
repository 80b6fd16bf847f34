/**
 * One call. Its result is not looked at, except where calls are tested.
 *
 * @typedef {() => Promise<unknown>} Ask
 *
 * A way to call over a WebSocket, in parts: whoever accepts may ask or answer, and so may whoever dials.
 *
 * @typedef {object} Variant
 * @property {(options?: { silent?: boolean }) => Promise<number>} [acceptToAnswer] resolves with the port; who is
 *   `silent` takes calls and never answers one
 * @property {(port: number) => Promise<Ask>} [dialToAsk]
 * @property {() => Promise<{ port: number, ask: Promise<Ask> }>} [acceptToAsk] `ask` is there when somebody dialled
 * @property {(port: number) => Promise<void>} [dialToAnswer]
 * @property {() => Promise<number>} [acceptToForward] whoever dials to ask is answered by whoever dials to answer
 */

/**
 * Each is loaded by whoever needs it, so that no process carries another's code.
 *
 * @satisfies {Record<string, () => Promise<Variant>>}
 */
export const variants = {
  floor: async () => (await import('./floor.mjs')).floor,
  sdk: async () => (await import('./sdk.mjs')).sdk,
  hub: async () => (await import('./peers/hub.mjs')).hub,
}

/** @typedef {keyof typeof variants} VariantName */
