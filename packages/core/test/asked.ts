import { frame, opidOf, readFrame, type Stage, type StageOptions } from '@guestool/testing'
import { Failure } from '../src/errors.js'

/** A requester with one request on the wire. */
export async function asked(stage: Stage, options: StageOptions = {}) {
  const staged = stage.requester(options)
  await stage.clock.settle()
  const call = watched(staged.role.ask('info', 'time', {}))
  const request = await staged.peer.next()
  return { ...staged, call, opid: opidOf(request), request }
}

/** What a call settled with, as often as it did. */
export interface Watched {
  readonly outcomes: unknown[]
}

export function watched(promise: Promise<unknown>): Watched {
  const outcomes: unknown[] = []
  void promise.then((outcome) => outcomes.push(outcome))
  return { outcomes }
}

/** The outcomes; of failures their codes. */
export const codes = (call: Watched): unknown[] =>
  call.outcomes.map((outcome) => (outcome instanceof Failure ? outcome.code : outcome))

export const reply = (to: string, content: unknown = { fine: true }): string => frame(to, '/info', content)

/** The rejections of revision 1 among frames: which opid, which code. */
export const rejectionsIn = (texts: readonly string[]): unknown[][] =>
  texts
    .map(readFrame)
    .filter(({ opct }) => (opct as { event?: unknown }).event === 'reject')
    .map(({ opid, opct }) => [opid, (opct as { code: unknown }).code])
