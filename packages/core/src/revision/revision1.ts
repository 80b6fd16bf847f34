import type { OperationKind } from '../contract/operation.js'
import { isRecord, type Message, type Rejection } from '../message.js'
import { readRejectionContent, type Event, type Request, type Revision, type Wire } from './revision.js'

/** The specification of 2023-10-22: one operation name for each kind, the name beside the parameters. */
export const revision1: Revision = {
  number: 1,
  hello: '/hello',
  bye: undefined,
  request: (kind, name, params) => ({ opnm: `/${kind}`, opct: named(kind, name, params) }),
  reply: (kind) => `/${kind}`,
  failure: (_kind, code, error) => rejection({ code, error }),
  event: (name, data) => ({ opnm: '/event', opct: named('event', name, isRecord(data) ? data : {}) }),
  rejection,
  readRequest(message: Message): Request | undefined {
    const kind = kinds.get(message.opnm)
    if (kind === undefined || !isRecord(message.opct)) return undefined
    const { [kind]: name, ...params } = message.opct
    return typeof name === 'string' ? { kind, name, params } : undefined
  },
  readEvent(message: Message): Event | undefined {
    if (message.opnm !== '/event' || !isRecord(message.opct)) return undefined
    const { event: name, ...data } = message.opct
    return typeof name === 'string' ? { name, data } : undefined
  },
  readRejection({ opnm, opct }: Message): Rejection | undefined {
    return opnm === '/event' && isRecord(opct) && opct.event === 'reject'
      ? readRejectionContent(opct)
      : undefined
  },
}

const kinds: ReadonlyMap<string, OperationKind> = new Map([
  ['/info', 'info'],
  ['/action', 'action'],
])

// The name stands first for people, and is set again last so that nothing beside it can ever take its place.
function named(key: OperationKind | 'event', name: string, rest: object): object {
  return { [key]: name, ...rest, [key]: name }
}

function rejection(content: Rejection): Wire {
  return { opnm: '/event', opct: { event: 'reject', ...content } }
}
