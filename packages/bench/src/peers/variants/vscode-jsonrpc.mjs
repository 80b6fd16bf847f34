// With a reader and a writer of WebSockets as vscode-ws-jsonrpc has them. Nothing is checked at either end, and a call
// waits for ever.
import {
  AbstractMessageReader,
  AbstractMessageWriter,
  createMessageConnection,
  RequestType,
} from 'vscode-jsonrpc/node'

import { dial, listen, textOf } from '../../bare.mjs'
import { smptime } from '../../payload.mjs'
import { answering } from '../answering.mjs'

class Reader extends AbstractMessageReader {
  #socket

  /** @param {import('ws').WebSocket} socket */
  constructor(socket) {
    super()
    this.#socket = socket
    socket.on('close', () => this.fireClose())
  }

  /** @param {(message: any) => void} callback */
  listen(callback) {
    /** @param {import('ws').RawData} data */
    const receive = (data) => callback(JSON.parse(textOf(data)))
    this.#socket.on('message', receive)
    return { dispose: () => void this.#socket.off('message', receive) }
  }
}

class Writer extends AbstractMessageWriter {
  #socket

  /** @param {import('ws').WebSocket} socket */
  constructor(socket) {
    super()
    this.#socket = socket
  }

  /** @param {unknown} message */
  async write(message) {
    this.#socket.send(JSON.stringify(message))
  }

  end() {}
}

const request = new RequestType('cpu')

/** @param {import('ws').WebSocket} socket */
function connectionOver(socket) {
  const connection = createMessageConnection(new Reader(socket), new Writer(socket))
  connection.listen()
  return connection
}

/** @type {import('../../variants.mjs').Variant} */
export const vscodeJsonrpc = {
  async acceptToAnswer(options = {}) {
    const { server, port } = await listen()
    server.on('connection', (socket) => void connectionOver(socket).onRequest(request, answering(options)))
    return port
  },
  async dialToAsk(port) {
    const connection = connectionOver(await dial(port))
    return () => connection.sendRequest(request, { smptime })
  },
}
