import { isGuestoolError } from '@guestool/client'
import { guestool } from '@guestool/core'
import { contractJsonSchema, type ContractJsonSchema } from '@guestool/core/json-schema'
import type { Connected } from './connection.js'

/** What may be asked of this host's guests. An older host does not say: then it is the protocol's own. */
export async function learn({ hub, contract }: Connected): Promise<ContractJsonSchema> {
  try {
    const told = await hub.info('contract')
    contract.learn(told)
    return told
  } catch (error) {
    if (isGuestoolError(error) && (error.code === 'unsupported' || error.code === 'unknown_operation'))
      return contractJsonSchema(guestool)
    throw error
  }
}
