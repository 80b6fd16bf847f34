import type { OperationKind } from '../contract/operation.js'
import { isRecord, type Message, type Rejection } from '../message.js'
import { readRejectionContent, type AskingRevision, type Event } from './revision.js'

/** The specification of 2023-10-22: one operation name for each kind, the name beside the parameters. */
export const asking1: AskingRevision = {
  number: 1,
  hello: '/hello',
  bye: undefined,
  request: (kind, name, params) => ({ opnm: `/${kind}`, opct: named(kind, name, params) }),
  rejection: (rejection) => ({ opnm: '/event', opct: { event: 'reject', ...rejection } }),
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

// The name stands first for people, and is set again last so that nothing beside it can ever take its place.
export function named(key: OperationKind | 'event', name: string, rest: object): object {
  return { [key]: name, ...rest, [key]: name }
}
