import { isProblem, type Frame } from './frame.js'

/** Which frames somebody wants to see. */
export interface FrameFilter {
  /** `info cpu`; empty is all. */
  readonly operation: string
  /** An id; empty is all, {@link hubItself} the hub. */
  readonly guest: string
  readonly direction: 'both' | 'sent' | 'received'
  /** Only what went wrong. */
  readonly problems: boolean
  /** Found anywhere in the frame, in any case of letters. */
  readonly text: string
}

export const everything: FrameFilter = {
  operation: '',
  guest: '',
  direction: 'both',
  problems: false,
  text: '',
}

/** No guest has this id: it has a character that ids do not have. */
export const hubItself = '/'

/** The frames that fit. A request fits when what answers it has the text, and an answer when its request has. */
export function filtered(frames: readonly Frame[], filter: FrameFilter, now: number): readonly Frame[] {
  const { operation, guest, direction, problems, text } = filter
  const has = finder(text)
  return frames.filter(
    (frame) =>
      (operation === '' || frame.operation === operation) &&
      (guest === '' || (frame.guest ?? hubItself) === guest) &&
      (direction === 'both' || frame.direction === direction) &&
      (!problems || isProblem(frame, now)) &&
      (has(frame) || [frame.request, frame.reply].some((other) => other !== undefined && has(other))),
  )
}

function finder(text: string): (frame: Frame) => boolean {
  if (text === '') return () => true
  // Without a copy in lower case of each of thousands of frames.
  const pattern = new RegExp(text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`), 'iu')
  return (frame) => pattern.test(frame.text) || pattern.test(frame.operation)
}

/** What there is to choose from. */
export function choices(frames: readonly Frame[]): { operations: string[]; guests: string[] } {
  const operations = new Set(frames.map((frame) => frame.operation).filter((operation) => operation !== ''))
  const guests = new Set(frames.flatMap(({ guest }) => guest ?? []))
  return { operations: [...operations].toSorted(), guests: [...guests].toSorted() }
}
