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
  echo: async () => (await import('./peers/variants/echo.mjs')).echo,
  'one-write': async () => (await import('./peers/variants/one-write.mjs')).oneWrite,
  'rpc-websockets': async () => (await import('./peers/variants/rpc-websockets.mjs')).rpcWebSockets,
  'socket.io': async () => (await import('./peers/variants/socket-io.mjs')).socketIo,
  tRPC: async () => (await import('./peers/variants/trpc.mjs')).trpc,
  oRPC: async () => (await import('./peers/variants/orpc.mjs')).orpc,
  capnweb: async () => (await import('./peers/variants/capnweb.mjs')).capnweb,
  birpc: async () => (await import('./peers/variants/birpc.mjs')).birpc,
  'vscode-jsonrpc': async () => (await import('./peers/variants/vscode-jsonrpc.mjs')).vscodeJsonrpc,
  'json-rpc-2.0': async () => (await import('./peers/variants/json-rpc-2.0.mjs')).jsonRpc2,
  'ocpp-rpc': async () => (await import('./peers/variants/ocpp-rpc.mjs')).ocppRpc,
  hub: async () => (await import('./peers/hub.mjs')).hub,
}

/** @typedef {keyof typeof variants} VariantName */
