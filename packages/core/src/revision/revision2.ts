import type { OperationKind } from '../contract/operation.js'
import { isRecord, type Message, type Rejection } from '../message.js'
import { readRejectionContent, type Event, type Request, type Revision } from './revision.js'

/** What the public Python guest speaks (2023-11-08): the name is part of the operation name. */
export const revision2: Revision = {
  number: 2,
  hello: '/greet/hello',
  bye: '/greet/bye',
  request: (kind, name, params) => ({ opnm: `/${kind}/${name}`, opct: params }),
  reply: (kind) => `/event/report/${kind}`,
  failure: (kind, code, error) => ({ opnm: `/event/report/${kind}`, opct: { error, code } }),
  event: (name, data) => ({ opnm: `/event/${name}`, opct: data }),
  rejection: (rejection) => ({ opnm: '/event/reject', opct: rejection }),
  readRequest(message: Message): Request | undefined {
    return readKind(message, 'info') ?? readKind(message, 'action')
  },
  readEvent(message: Message): Event | undefined {
    const { opnm, opct } = message
    if (!opnm.startsWith('/event/') || opnm.startsWith('/event/report/')) return undefined
    return { name: opnm.slice('/event/'.length), data: opct }
  },
  readRejection({ opnm, opct }: Message): Rejection | undefined {
    if (opnm !== '/event/reject') return undefined
    return readRejectionContent(isRecord(opct) ? opct : {})
  },
}

function readKind({ opnm, opct }: Message, kind: OperationKind): Request | undefined {
  const prefix = kind.length + 2
  if (!opnm.startsWith(kind, 1) || opnm[0] !== '/' || opnm[prefix - 1] !== '/') return undefined
  return { kind, name: opnm.slice(prefix), params: opct }
}
