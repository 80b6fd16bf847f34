import { frame, isObject, readFrame, shown } from '../peer/frames.js'
import { check } from './case.js'

export type Kind = 'info' | 'action'

/** The answer to a request, as it stood on the wire. */
export interface WireAnswer {
  readonly opid: unknown
  /** Of a request that was answered. */
  readonly result?: unknown
  /** Of one that was refused. */
  readonly code?: unknown
  readonly error?: unknown
}

/** A request, as it stood on the wire. */
export interface WireRequest {
  readonly opid: string
  readonly kind: Kind
  readonly name: string
  readonly params: Record<string, unknown>
}

/** How one revision writes things: stated here a second time, by hand, so that the suite can find the SDK wrong. */
export interface Dialect {
  readonly revision: 1 | 2
  readonly hello: string
  readonly bye: string | undefined
  request(opid: string, kind: Kind, name: string, params: object): string
  reply(opid: string, kind: Kind, result: unknown): string
  /** A reply that says what failed; the public Python guest gives no code. */
  errorReply(opid: string, kind: Kind, content: { error: string; code?: string }): string
  event(opid: string, name: string, data: object): string
  rejection(opid: string, code: string, error: string): string
  readRequest(text: string): WireRequest
  readAnswer(text: string): WireAnswer
  readEvent(text: string): { opid: unknown; name: unknown; data: unknown }
}

const one: Dialect = {
  revision: 1,
  hello: '/hello',
  bye: undefined,
  request: (opid, kind, name, params) => frame(opid, `/${kind}`, { [kind]: name, ...params }),
  reply: (opid, kind, result) => frame(opid, `/${kind}`, result),
  errorReply: (opid, kind, content) => frame(opid, `/${kind}`, content),
  event: (opid, name, data) => frame(opid, '/event', { event: name, ...data }),
  rejection: (opid, code, error) => frame(opid, '/event', { event: 'reject', code, error }),
  readRequest(text) {
    const { opid, opnm, opct } = readFrame(text)
    check(opnm === '/info' || opnm === '/action', `no request of revision 1: ${shown(text)}`)
    check(isObject(opct), `the content is no object: ${shown(text)}`)
    const kind = opnm === '/info' ? 'info' : 'action'
    const { [kind]: name, ...params } = opct
    return { opid: String(opid), kind, name: String(name), params }
  },
  readAnswer(text) {
    const { opid, opnm, opct } = readFrame(text)
    if (opnm === '/info' || opnm === '/action') return { opid, result: opct }
    check(opnm === '/event' && isObject(opct), `no answer of revision 1: ${shown(text)}`)
    check(opct['event'] === 'reject', `an event instead of an answer: ${shown(text)}`)
    return { opid, code: opct['code'], error: opct['error'] }
  },
  readEvent(text) {
    const { opid, opnm, opct } = readFrame(text)
    check(opnm === '/event' && isObject(opct), `no event of revision 1: ${shown(text)}`)
    const { event, ...data } = opct
    return { opid, name: event, data }
  },
}

const two: Dialect = {
  revision: 2,
  hello: '/greet/hello',
  bye: '/greet/bye',
  request: (opid, kind, name, params) => frame(opid, `/${kind}/${name}`, params),
  reply: (opid, kind, result) => frame(opid, `/event/report/${kind}`, result),
  errorReply: (opid, kind, content) => frame(opid, `/event/report/${kind}`, content),
  event: (opid, name, data) => frame(opid, `/event/${name}`, data),
  rejection: (opid, code, error) => frame(opid, '/event/reject', { code, error }),
  readRequest(text) {
    const { opid, opnm, opct } = readFrame(text)
    const [, kind, name] = /^\/(info|action)\/(.+)$/.exec(String(opnm)) ?? []
    check(name !== undefined && isObject(opct), `no request of revision 2: ${shown(text)}`)
    return { opid: String(opid), kind: kind === 'info' ? 'info' : 'action', name, params: opct }
  },
  readAnswer(text) {
    const { opid, opnm, opct } = readFrame(text)
    const refused = isObject(opct) && (opnm === '/event/reject' || ('error' in opct && 'code' in opct))
    if (refused) return { opid, code: opct['code'], error: opct['error'] }
    const reported = opnm === '/event/report/info' || opnm === '/event/report/action'
    check(reported, `no answer of revision 2: ${shown(text)}`)
    return { opid, result: opct }
  },
  readEvent(text) {
    const { opid, opnm, opct } = readFrame(text)
    const name = /^\/event\/(.+)$/.exec(String(opnm))?.[1]
    check(name !== undefined && !name.startsWith('report/'), `no event of revision 2: ${shown(text)}`)
    return { opid, name, data: opct }
  },
}

export const dialects: Readonly<Record<1 | 2, Dialect>> = { 1: one, 2: two }
