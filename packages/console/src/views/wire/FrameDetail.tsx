import type { VNode } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import { useCell } from '../../app/cell.js'
import { language, useTexts } from '../../app/language.js'
import { Button } from '../../ui/Button.js'
import { CopyButton } from '../../ui/CopyButton.js'
import { toldOf } from '../../ui/error-texts.js'
import { number } from '../../ui/format.js'
import { plainText } from '../../ui/plain-text.js'
import { latencyOf, outcomeOf, type Frame } from './frame.js'
import { clock, took } from './measures.js'
import { pretty, shownAtFirst } from './pretty.js'
import { texts } from './texts.js'

export interface FrameDetailProps {
  readonly frame: Frame
  readonly now: number
  readonly onClose: () => void
}

/** All of a frame, and below it what it answers or what answered it. */
export function FrameDetail({ frame, now, onClose }: FrameDetailProps): VNode {
  const { kind, hub, close, request, reply } = useTexts(texts)
  const other = frame.request ?? frame.reply
  const connection = frame.kind === 'opened' || frame.kind === 'closed'
  return (
    <section class="wire-detail card" aria-label={kind[frame.kind]}>
      <header class="wire-detail-head">
        <h2>{kind[frame.kind]}</h2>
        <Button kind="quiet" label={close} onClick={onClose}>
          ✕
        </Button>
      </header>
      <p class="wire-subject">
        {frame.operation !== '' && <strong class="name">{plainText(frame.operation, 80)}</strong>}
        {!connection && <span class="muted name">{frame.guest ?? hub}</span>}
      </p>
      <Trouble frame={frame} now={now} />
      <Facts frame={frame} />
      {!connection && <Text key={frame.n} frame={frame} />}
      {other !== undefined && (
        <>
          <h3>
            {frame.request === undefined ? reply : request}
            {other.kind === 'rejection' && ` · ${kind.rejection}`}
          </h3>
          <Trouble frame={other} now={now} />
          <Text key={other.n} frame={other} />
        </>
      )}
    </section>
  )
}

function Facts({ frame }: { frame: Frame }): VNode {
  const { detail, direction } = useTexts(texts)
  const speaks = useCell(language)
  const facts: (readonly [name: string, value: string])[] = [
    [detail.time, `${clock(speaks, frame.time)} (${direction[frame.direction]})`],
    [detail.took, took(speaks, latencyOf(frame))],
    [detail.opid, frame.opid ?? ''],
  ]
  return (
    <dl class="wire-facts">
      {facts
        .filter(([, value]) => value !== '')
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd class="mono">{value}</dd>
          </div>
        ))}
    </dl>
  )
}

/** What went wrong, in the page's words and in those of whoever said it. */
function Trouble({ frame, now }: { frame: Frame; now: number }): VNode | null {
  const { problem, outcome, outcomeHelp, binary } = useTexts(texts)
  const told = toldOf[useCell(language)]
  const code = frame.problem
  if (code !== undefined) {
    const own = code in problem ? problem[code as keyof typeof problem] : undefined
    const [name, help] = own ?? [plainText(code, 40), code in told ? told[code as keyof typeof told][0] : '']
    return (
      <div class="error">
        <p>
          <strong>{name}</strong> {help}
        </p>
        {frame.says !== '' && (
          <p class="error-said">{frame.says === 'binary' ? binary : plainText(frame.says, 600)}</p>
        )}
      </div>
    )
  }
  if (frame.kind !== 'request') return null
  const became = outcomeOf(frame, now)
  if (became === 'answered' || became === 'failed') return null
  return (
    <p class={became === 'waiting' ? 'muted' : 'error'}>
      <strong>{outcome[became]}</strong> {outcomeHelp[became]}
    </p>
  )
}

function Text({ frame }: { frame: Frame }): VNode | null {
  const { copy, all } = useTexts(texts)
  const speaks = useCell(language)
  const [whole, setWhole] = useState(false)
  // It may be a megabyte, and is drawn again each second.
  const text = useMemo(() => pretty(frame.text), [frame.text])
  if (text === '') return null
  const cut = !whole && text.length > shownAtFirst
  return (
    <div class="wire-text">
      <pre tabIndex={0}>{cut ? `${text.slice(0, shownAtFirst)}…` : text}</pre>
      <div class="line">
        <CopyButton text={frame.text} label={copy} />
        {cut && <Button onClick={() => setWhole(true)}>{all(number(speaks, text.length))}</Button>}
      </div>
    </div>
  )
}
