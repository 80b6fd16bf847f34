import { recordingLine } from '@guestool/core/recording'
import type { Passed } from '@guestool/core/tap'
import type { Frame } from './frame.js'

/**
 * Frames as a recording, as the hosts of their guests saw them. Each comes with its request and its answer, so that
 * `guestool replay` can answer from it.
 */
export function recordingOf(frames: readonly Frame[]): string {
  const all = new Set(frames)
  for (const { request, reply } of frames) {
    if (request !== undefined) all.add(request)
    if (reply !== undefined) all.add(reply)
  }
  const inOrder = [...all].toSorted((a, b) => a.n - b.n)
  const start = inOrder[0]?.time ?? 0
  return inOrder.map((frame) => `${recordingLine(frame.time - start, passedOf(frame))}\n`).join('')
}

/** `guestool-2026-11-23-22-30-05.jsonl` */
export function recordingName(time: number): string {
  return `guestool-${new Date(time).toISOString().slice(0, 19).replaceAll(/[T:]/g, '-')}.jsonl`
}

function passedOf({ kind, direction, text, operation, opid }: Frame): Passed {
  if (kind === 'opened') return { what: 'opened' }
  if (kind === 'closed') return { what: 'closed', code: Number(operation), reason: text }
  if (kind === 'unreadable' && text === '' && opid === undefined) return { what: 'binary' }
  return { what: direction, text }
}
