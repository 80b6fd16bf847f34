// As its README has it. Nothing is checked at either end; a call waits as long as it is told to.
import { Client, Server } from 'rpc-websockets'

import { smptime } from '../../payload.mjs'
import { answering, patience } from '../answering.mjs'

/** @type {import('../../variants.mjs').Variant} */
export const rpcWebSockets = {
  async acceptToAnswer(options = {}) {
    const server = new Server({ port: 0, host: '127.0.0.1' })
    const answer = answering(options)
    server.register('cpu', () => /** @type {any} */ (answer()))
    await new Promise((resolve) => server.once('listening', resolve))
    const address = server.wss.address()
    if (typeof address !== 'object' || address === null) throw new Error('the server has no port')
    return address.port
  },
  async dialToAsk(port) {
    const client = new Client(`ws://127.0.0.1:${port}`)
    await new Promise((resolve) => client.once('open', resolve))
    return () => client.call('cpu', { smptime }, patience)
  },
}
