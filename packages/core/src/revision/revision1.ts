import type { OperationKind } from '../contract/operation.js'
import { isRecord, type Message } from '../message.js'
import { asking1, named } from './asking1.js'
import type { Request, Revision } from './revision.js'

/** The whole of revision 1: what a responder says as well. */
export const revision1: Revision = {
  ...asking1,
  reply: (kind) => `/${kind}`,
  failure: (_kind, code, error) => asking1.rejection({ code, error }),
  event: (name, data) => ({ opnm: '/event', opct: named('event', name, isRecord(data) ? data : {}) }),
  readRequest(message: Message): Request | undefined {
    const kind = kinds.get(message.opnm)
    if (kind === undefined || !isRecord(message.opct)) return undefined
    const { [kind]: name, ...params } = message.opct
    return typeof name === 'string' ? { kind, name, params } : undefined
  },
}

const kinds: ReadonlyMap<string, OperationKind> = new Map([
  ['/info', 'info'],
  ['/action', 'action'],
])
