import { isOpid, isRecord } from '@guestool/core'

/** What a frame is, apart from who reads it. */
type FrameKind = 'hello' | 'bye' | 'rejection' | 'event' | 'report' | 'question' | 'other' | 'malformed'

/** A frame as the simulation reads it, by rules of its own: it must not believe the code that it judges. */
export interface SeenFrame {
  readonly kind: FrameKind
  readonly opid: string | undefined
  /** Of a rejection or an error. */
  readonly code: string | undefined
  /** The number of the call that it is about, of those that have one. */
  readonly call: number | undefined
  readonly name: string
}

export function seen(text: string, revision: 1 | 2): SeenFrame {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return malformed(/^\s*\{\s*"opid"\s*:\s*"(.{36})"/.exec(text)?.[1])
  }
  const { opid, opnm, opct } = isRecord(value) ? value : {}
  if (!isOpid(opid) || typeof opnm !== 'string' || opct === undefined) return malformed(opid)
  const content = isRecord(opct) ? opct : {}
  const path = opnm.replace(/^\/guests\/[\w-][\w.-]*/, '')
  return {
    kind: kindOf(path, content, revision),
    opid,
    code: typeof content['code'] === 'string' ? content['code'] : undefined,
    call: typeof content['call'] === 'number' ? content['call'] : undefined,
    name: nameOf(path, content),
  }
}

/** The revision that a hello is of; undefined where the text is none. */
export function revisionOf(text: string): 1 | 2 | undefined {
  if (seen(text, 1).kind === 'hello') return 1
  return seen(text, 2).kind === 'hello' ? 2 : undefined
}

function malformed(opid: unknown): SeenFrame {
  return {
    kind: 'malformed',
    opid: isOpid(opid) ? opid : undefined,
    code: undefined,
    call: undefined,
    name: '',
  }
}

function kindOf(path: string, content: Record<string, unknown>, revision: 1 | 2): FrameKind {
  if (revision === 1) {
    if (path === '/hello') return 'hello'
    if (path === '/event') return eventOf1(content)
    if ((path === '/info' && 'info' in content) || (path === '/action' && 'action' in content))
      return 'question'
    return path === '/info' || path === '/action' ? 'report' : 'other'
  }
  if (path === '/greet/hello') return 'hello'
  if (path === '/greet/bye') return 'bye'
  if (path === '/event/reject') return 'rejection'
  if (path.startsWith('/event/report/')) return 'report'
  if (path.startsWith('/event/')) return 'event'
  return /^\/(info|action)\/./.test(path) ? 'question' : 'other'
}

function eventOf1({ event }: Record<string, unknown>): FrameKind {
  if (event === 'reject') return 'rejection'
  return typeof event === 'string' ? 'event' : 'other'
}

function nameOf(path: string, { info, action }: Record<string, unknown>): string {
  if (typeof info === 'string') return `/info/${info}`
  return typeof action === 'string' ? `/action/${action}` : path
}
