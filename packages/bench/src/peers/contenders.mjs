// Who is measured, and what each does for a call besides carrying it. What is said of them is what their documentation
// and their code have, at the versions in package.json, in the way that they are used here.

/**
 * @typedef {object} Contender
 * @property {string} title
 * @property {'mark' | 'sdk' | 'peer'} kind a mark does less than any library could, and is there to compare with
 * @property {string} [library] whose version package.json has
 * @property {string} checks what of a call is checked, and where
 * @property {string} waits how long a call waits whose answer never comes
 */

/**
 * @satisfies {Record<string, Contender>}
 */
const all = {
  floor: {
    title: 'ws + JSON + Map (the floor)',
    kind: 'mark',
    library: 'ws',
    checks: 'nothing',
    waits: 'for ever',
  },
  echo: {
    title: 'ws alone, no JSON',
    kind: 'mark',
    checks: 'nothing; no call has a name',
    waits: 'for ever',
  },
  'one-write': {
    title: 'the floor, one write a tick',
    kind: 'mark',
    checks: 'nothing',
    waits: 'for ever',
  },
  sdk: {
    title: 'GuesTool SDK',
    kind: 'sdk',
    checks: 'params and result, at both ends, and every frame',
    waits: '60 s, or less if told so',
  },
  'rpc-websockets': {
    title: 'rpc-websockets',
    kind: 'peer',
    library: 'rpc-websockets',
    checks: 'nothing',
    waits: 'for ever, unless told otherwise (here 60 s)',
  },
  birpc: { title: 'birpc', kind: 'peer', library: 'birpc', checks: 'nothing', waits: '60 s' },
  'json-rpc-2.0': {
    title: 'json-rpc-2.0',
    kind: 'peer',
    library: 'json-rpc-2.0',
    checks: 'that it is JSON-RPC',
    waits: 'for ever, unless told otherwise (here 60 s)',
  },
  'vscode-jsonrpc': {
    title: 'vscode-jsonrpc',
    kind: 'peer',
    library: 'vscode-jsonrpc',
    checks: 'that it is JSON-RPC',
    waits: 'for ever',
  },
  'socket.io': {
    title: 'socket.io',
    kind: 'peer',
    library: 'socket.io',
    checks: 'its own packets',
    waits: 'for ever, unless told otherwise (here 60 s)',
  },
  capnweb: { title: 'capnweb', kind: 'peer', library: 'capnweb', checks: 'nothing', waits: 'for ever' },
  tRPC: {
    title: 'tRPC',
    kind: 'peer',
    library: '@trpc/server',
    checks: 'input and output, on the server',
    waits: 'for ever',
  },
  oRPC: {
    title: 'oRPC',
    kind: 'peer',
    library: '@orpc/server',
    checks: 'input and output, at both ends (on the client by two plugins)',
    waits: 'for ever',
  },
  'ocpp-rpc': {
    title: 'ocpp-rpc',
    kind: 'peer',
    library: 'ocpp-rpc',
    checks: 'params and result, at both ends (strict mode)',
    waits: '30 s, unless told otherwise (here 60 s)',
  },
}

/** @typedef {keyof typeof all} ContenderName */

/** @type {Readonly<Record<ContenderName, Contender>>} */
export const contenders = all

export const contenderNames = /** @type {ContenderName[]} */ (Object.keys(all))

/** @param {string} name of an entry, which may be no contender's */
export const contenderOf = (name) =>
  Object.hasOwn(all, name) ? contenders[/** @type {ContenderName} */ (name)] : undefined
