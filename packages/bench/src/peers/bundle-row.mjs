// What the page of a web site has to load for one call.
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

import { build } from 'esbuild'

/** The least that a page imports and does for a call, by the name of who is imported. */
const pages = {
  floor: `
    const pending = new Map()
    let nextId = 0
    const socket = new WebSocket('wss://example.com')
    socket.onmessage = ({ data }) => {
      const { id, result } = JSON.parse(data)
      pending.get(id)?.(result)
      pending.delete(id)
    }
    socket.onopen = async () => {
      const id = ++nextId
      socket.send(JSON.stringify({ id, method: 'cpu', params: { smptime: 0.5 } }))
      console.log(await new Promise((resolve) => pending.set(id, resolve)))
    }`,
  sdk: `
    import { createClient } from '@guestool/client'
    console.log(await createClient('wss://example.com/guests/alpha').info('cpu', 0.5))`,
  createHub: `
    import { createHub } from '@guestool/client'
    console.log(await createHub('wss://example.com').guest('alpha').info('cpu', 0.5))`,
  'rpc-websockets': `
    import { Client } from 'rpc-websockets'
    const client = new Client('wss://example.com')
    client.on('open', async () => console.log(await client.call('cpu', { smptime: 0.5 }, 60000)))`,
  birpc: `
    import { createBirpc } from 'birpc'
    const socket = new WebSocket('wss://example.com')
    const rpc = createBirpc({}, {
      post: (data) => socket.send(data),
      on: (receive) => socket.addEventListener('message', ({ data }) => receive(data)),
      serialize: (value) => JSON.stringify(value),
      deserialize: (data) => JSON.parse(data),
    })
    socket.onopen = async () => console.log(await rpc.cpu({ smptime: 0.5 }))`,
  'json-rpc-2.0': `
    import { JSONRPCClient } from 'json-rpc-2.0'
    const socket = new WebSocket('wss://example.com')
    const client = new JSONRPCClient((request) => socket.send(JSON.stringify(request)))
    socket.onmessage = ({ data }) => client.receive(JSON.parse(data))
    socket.onopen = async () => console.log(await client.timeout(60000).request('cpu', { smptime: 0.5 }))`,
  'vscode-jsonrpc': `
    import { AbstractMessageReader, AbstractMessageWriter, createMessageConnection } from 'vscode-jsonrpc/browser'
    const socket = new WebSocket('wss://example.com')
    class Reader extends AbstractMessageReader {
      listen(callback) {
        socket.onmessage = ({ data }) => callback(JSON.parse(data))
        return { dispose() {} }
      }
    }
    class Writer extends AbstractMessageWriter {
      async write(message) { socket.send(JSON.stringify(message)) }
      end() {}
    }
    socket.onopen = async () => {
      const connection = createMessageConnection(new Reader(), new Writer())
      connection.listen()
      console.log(await connection.sendRequest('cpu', { smptime: 0.5 }))
    }`,
  'socket.io': `
    import { io } from 'socket.io-client'
    const socket = io('https://example.com', { transports: ['websocket'] })
    console.log(await socket.timeout(60000).emitWithAck('cpu', { smptime: 0.5 }))`,
  capnweb: `
    import { newWebSocketRpcSession } from 'capnweb'
    console.log(await newWebSocketRpcSession('wss://example.com').cpu({ smptime: 0.5 }))`,
  tRPC: `
    import { createTRPCClient, createWSClient, wsLink } from '@trpc/client'
    const client = createTRPCClient({ links: [wsLink({ client: createWSClient({ url: 'wss://example.com' }) })] })
    console.log(await client.cpu.query({ smptime: 0.5 }))`,
  oRPC: `
    import { createORPCClient } from '@orpc/client'
    import { RPCLink } from '@orpc/client/websocket'
    const client = createORPCClient(new RPCLink({ websocket: new WebSocket('wss://example.com') }))
    console.log(await client.cpu({ smptime: 0.5 }))`,
}

/**
 * @param {string} contents of a page's script
 * @returns {Promise<number>} bytes of all that it needs, minified, after gzip
 */
async function weigh(contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    write: false,
    logLevel: 'error',
  })
  return gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length
}

/**
 * @param {readonly string[]} names
 * @returns {Promise<import('./measure.mjs').Measure[]>}
 */
export async function measureBundles(names) {
  const entries = []
  for (const [name, contents] of Object.entries(pages))
    if (name === 'createHub' || names.includes(name))
      entries.push({ name, value: Math.round((await weigh(contents)) / 10) / 100 })
  return [
    {
      id: 'bundle',
      title: 'What a page loads for one call: all code, minified, after gzip',
      unit: 'kB',
      better: 'less',
      entries,
      targets: [
        { name: 'sdk', of: 'value', most: 10 },
        { name: 'createHub', of: 'value', most: 12 },
      ],
    },
  ]
}
