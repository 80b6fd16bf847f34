// As its README has it, with its strict mode: both ends check params and results by JSON Schemas. A call waits as
// long as it is told to. One call at a time is its default; here as many as there are.
import { once } from 'node:events'

import { createValidator, RPCClient, RPCServer } from 'ocpp-rpc'
import * as z from 'zod'

import { smptime } from '../../payload.mjs'
import { paramsSchema, resultSchema } from '../../schemas.mjs'
import { answering, patience } from '../answering.mjs'

/**
 * @param {string} id
 * @param {z.ZodType} schema
 */
const jsonSchema = (id, schema) => ({
  ...z.toJSONSchema(schema, { target: 'draft-7', io: 'input' }),
  $id: id,
})

const strict = {
  protocols: ['bench'],
  strictMode: true,
  strictModeValidators: [
    createValidator('bench', [
      jsonSchema('urn:cpu.req', paramsSchema),
      jsonSchema('urn:cpu.conf', resultSchema),
    ]),
  ],
}

/** @type {import('../../variants.mjs').Variant} */
export const ocppRpc = {
  async acceptToAnswer(options = {}) {
    const server = new RPCServer(strict)
    const answer = answering(options)
    server.on('client', (client) => client.handle('cpu', answer))
    const http = await server.listen(0, '127.0.0.1')
    if (!http.listening) await once(http, 'listening')
    const address = http.address()
    if (typeof address !== 'object' || address === null) throw new Error('the server has no port')
    return address.port
  },
  async dialToAsk(port) {
    // Its types ask for every option, its documentation for these.
    const options = {
      ...strict,
      endpoint: `ws://127.0.0.1:${port}`,
      identity: 'bench',
      callConcurrency: Infinity,
      callTimeoutMs: patience,
    }
    const client = new RPCClient(/** @type {ConstructorParameters<typeof RPCClient>[0]} */ (options))
    await client.connect()
    return () => client.call('cpu', { smptime })
  },
}
