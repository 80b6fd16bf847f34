import type { VNode } from 'preact'
import { useLayoutEffect, useMemo, useState } from 'preact/hooks'
import { useCell } from '../../app/cell.js'
import { language, useTexts } from '../../app/language.js'
import { useSession } from '../../app/session.js'
import { everyWhileVisible } from '../../app/visibility.js'
import { Button } from '../../ui/Button.js'
import { EmptyState } from '../../ui/EmptyState.js'
import { number } from '../../ui/format.js'
import { Filters } from './Filters.js'
import { choices, everything, filtered } from './filter.js'
import type { Frame } from './frame.js'
import { FrameDetail } from './FrameDetail.js'
import { FrameList } from './FrameList.js'
import { recordingName, recordingOf } from './save.js'
import { logOf } from './session-log.js'
import { texts } from './texts.js'
import './wire.css'

/** How often what passed is drawn: no eye is faster, and no page is slowed down. */
const everyMs = 200

/** What was kept when somebody looked, and how much had passed until then. */
interface Look {
  readonly frames: readonly Frame[]
  readonly count: number
  readonly now: number
}

export function WireView(): VNode {
  const words = useTexts(texts)
  const speaks = useCell(language)
  const log = logOf(useSession())
  const look = (): Look => ({ frames: log.frames(), count: log.count, now: Date.now() })
  const [seen, setSeen] = useState(look)
  const [paused, setPaused] = useState(false)
  const [, setPassed] = useState(0)
  const [filter, setFilter] = useState(everything)
  const [chosen, setChosen] = useState<number>()

  // Before anything else passes: what is paused is what was seen at the click.
  useLayoutEffect(
    () =>
      everyWhileVisible(everyMs, () => {
        // What waits becomes expired without a frame that passes.
        if (!paused)
          setSeen((before) =>
            log.count === before.count && Date.now() - before.now < 1_000 ? before : look(),
          )
        else setPassed(log.count)
      }),
    [log, paused],
  )

  const listed = useMemo(() => filtered(seen.frames, filter, seen.now), [seen, filter])
  const offered = useMemo(() => choices(seen.frames), [seen.frames])
  const frame = chosen === undefined ? undefined : seen.frames.find(({ n }) => n === chosen)
  const clear = (): void => {
    log.clear()
    setChosen(undefined)
    setSeen(look())
  }
  const count = (value: number): string => number(speaks, value)
  const dropped = seen.count - seen.frames.length
  return (
    <div class="wire">
      <div class="wire-bar line">
        <h1 class="hidden">{words.title}</h1>
        <Button pressed={paused} onClick={() => setPaused(!paused)}>
          {paused ? words.resume : words.pause}
        </Button>
        <Button disabled={seen.frames.length === 0} onClick={clear}>
          {words.clear}
        </Button>
        <Button title={words.saveHelp} disabled={listed.length === 0} onClick={() => save(listed)}>
          {words.save}
        </Button>
        <p class="muted" role="status">
          {words.count(count(listed.length), count(seen.frames.length))}
          {dropped > 0 && `, ${words.dropped(count(dropped))}`}
          {paused && <strong class="wire-paused"> {words.missed(count(log.count - seen.count))}</strong>}
        </p>
      </div>
      <Filters filter={filter} {...offered} onFilter={setFilter} />
      {listed.length === 0 ? (
        <EmptyState title={seen.frames.length === 0 ? words.empty : words.none}>
          <p>{seen.frames.length === 0 ? words.emptyHelp : words.noneHelp}</p>
        </EmptyState>
      ) : (
        <div class="wire-body" data-detail={frame && ''}>
          <FrameList frames={listed} now={seen.now} chosen={chosen} onChoose={setChosen} />
          {frame && <FrameDetail frame={frame} now={seen.now} onClose={() => setChosen(undefined)} />}
        </div>
      )}
      <p class="note">{words.tokens}</p>
    </div>
  )
}

function save(frames: readonly Frame[]): void {
  const url = URL.createObjectURL(new Blob([recordingOf(frames)], { type: 'application/jsonl' }))
  const link = document.createElement('a')
  link.href = url
  link.download = recordingName(Date.now())
  link.click()
  // The download has begun by then; a page that is never left would keep it otherwise.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
