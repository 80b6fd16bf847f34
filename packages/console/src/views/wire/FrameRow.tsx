import type { VNode } from 'preact'
import { useTexts, type Language } from '../../app/language.js'
import { plainText } from '../../ui/plain-text.js'
import { isProblem, latencyOf, outcomeOf, type Frame } from './frame.js'
import { clock, size, took } from './measures.js'
import { texts } from './texts.js'

export interface FrameRowProps {
  readonly frame: Frame
  /** Pixels from the first. */
  readonly top: number
  readonly now: number
  readonly speaks: Language
  readonly chosen: boolean
  /** Whether it answers the chosen one, or is answered by it. */
  readonly answers: boolean
  readonly onChoose: () => void
}

export function FrameRow({ frame, top, now, speaks, chosen, answers, onChoose }: FrameRowProps): VNode {
  const { hub, direction, kind } = useTexts(texts)
  const connection = frame.kind === 'opened' || frame.kind === 'closed'
  return (
    <div
      id={`frame-${frame.n}`}
      class="wire-row"
      role="option"
      aria-selected={chosen}
      data-kind={frame.kind}
      data-answers={answers ? '' : undefined}
      data-problem={isProblem(frame, now) ? '' : undefined}
      style={{ top: `${top}px` }}
      onClick={onChoose}
    >
      <span class="wire-time">{clock(speaks, frame.time)}</span>
      <span class="wire-way" title={direction[frame.direction]}>
        {connection ? '•' : frame.direction === 'sent' ? '→' : '←'}
        <span class="hidden">{direction[frame.direction]}</span>
      </span>
      <span class="wire-guest name">{connection ? '' : (frame.guest ?? hub)}</span>
      <span class="wire-operation name">{plainText(frame.operation, 64) || kind[frame.kind]}</span>
      <span class="wire-mark">
        <Mark frame={frame} now={now} />
      </span>
      <span class="wire-content">{plainText(contentOf(frame), 200)}</span>
      <span class="wire-took">{frame.request === undefined ? '' : took(speaks, latencyOf(frame))}</span>
      <span class="wire-size">{frame.text === '' || connection ? '' : size(speaks, frame.text.length)}</span>
    </div>
  )
}

/** What is to be noticed about it: what went wrong, or that there is no answer. */
function Mark({ frame, now }: { frame: Frame; now: number }): VNode | null {
  const { problem, outcome } = useTexts(texts)
  const code = frame.problem
  if (code !== undefined) {
    const own = code in problem ? problem[code as keyof typeof problem][0] : plainText(code, 40)
    return <span class="wire-bad">{own}</span>
  }
  if (frame.kind !== 'request') return null
  const became = outcomeOf(frame, now)
  if (became === 'failed') return <span class="wire-bad">✕</span>
  if (became === 'answered') return null
  return <span class={became === 'waiting' ? 'wire-waits' : 'wire-bad'}>{outcome[became]}</span>
}

/** The envelope says nothing that the other columns do not. */
function contentOf({ text, kind }: Frame): string {
  if (kind === 'greeting') return ''
  const at = text.search(/"opct"\s*:/)
  return at < 0
    ? text
    : text
        .slice(at)
        .replace(/^"opct"\s*:\s*/, '')
        .slice(0, 400)
        .replace(/\}$/, '')
}
