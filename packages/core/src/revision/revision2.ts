import type { OperationKind } from '../contract/operation.js'
import type { Message } from '../message.js'
import { asking2 } from './asking2.js'
import type { Request, Revision } from './revision.js'

/** The whole of revision 2: what a responder says as well. */
export const revision2: Revision = {
  ...asking2,
  reply: (kind) => `/event/report/${kind}`,
  failure: (kind, code, error) => ({ opnm: `/event/report/${kind}`, opct: { error, code } }),
  event: (name, data) => ({ opnm: `/event/${name}`, opct: data }),
  readRequest(message: Message): Request | undefined {
    return readKind(message, 'info') ?? readKind(message, 'action')
  },
}

function readKind({ opnm, opct }: Message, kind: OperationKind): Request | undefined {
  const prefix = kind.length + 2
  if (!opnm.startsWith(kind, 1) || opnm[0] !== '/' || opnm[prefix - 1] !== '/') return undefined
  return { kind, name: opnm.slice(prefix), params: opct }
}
