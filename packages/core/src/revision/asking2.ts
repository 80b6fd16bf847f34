import { isRecord, type Message, type Rejection } from '../message.js'
import { readRejectionContent, type AskingRevision, type Event } from './revision.js'

/** What the public Python guest speaks (2023-11-08): the name is part of the operation name. */
export const asking2: AskingRevision = {
  number: 2,
  hello: '/greet/hello',
  bye: '/greet/bye',
  request: (kind, name, params) => ({ opnm: `/${kind}/${name}`, opct: params }),
  rejection: (rejection) => ({ opnm: '/event/reject', opct: rejection }),
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
