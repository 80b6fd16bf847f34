import type { VNode } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { useCell } from '../../app/cell.js'
import { language, useTexts } from '../../app/language.js'
import { Button } from '../../ui/Button.js'
import { FrameRow } from './FrameRow.js'
import type { Frame } from './frame.js'
import { texts } from './texts.js'

/** Pixels. All rows are as high, so that of thousands only those are made that can be seen. */
const rowHeight = 28
/** Rows above and below that are made as well. */
const margin = 8

export interface FrameListProps {
  readonly frames: readonly Frame[]
  readonly now: number
  /** The number of the frame that is chosen. */
  readonly chosen: number | undefined
  readonly onChoose: (n: number | undefined) => void
}

/** The newest are at the end, and stay in sight until somebody looks at others. */
export function FrameList({ frames, now, chosen, onChoose }: FrameListProps): VNode {
  const { list, newest } = useTexts(texts)
  const speaks = useCell(language)
  const room = useRef<HTMLDivElement>(null)
  const [follows, setFollows] = useState(true)
  const [{ top, height }, setView] = useState({ top: 0, height: 600 })
  /** What stands first in the room, so that it stays there when older frames are dropped. */
  const anchor = useRef<{ n: number; below: number } | undefined>(undefined)

  useEffect(() => {
    const element = room.current
    if (element === null) return
    const observer = new ResizeObserver(() =>
      setView({ top: element.scrollTop, height: element.clientHeight }),
    )
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  useLayoutEffect(() => {
    const element = room.current
    if (element === null) return
    if (follows) element.scrollTop = element.scrollHeight
    else if (anchor.current !== undefined) {
      const { n, below } = anchor.current
      element.scrollTop = indexFrom(frames, n) * rowHeight + below
    }
  }, [frames, follows, height])

  const scrolled = (): void => {
    const element = room.current
    if (element === null) return
    const { scrollTop, scrollHeight, clientHeight } = element
    const index = Math.floor(scrollTop / rowHeight)
    anchor.current = { n: frames[index]?.n ?? 0, below: scrollTop - index * rowHeight }
    setFollows(scrollTop + clientHeight >= scrollHeight - rowHeight)
    setView({ top: scrollTop, height: clientHeight })
  }

  const choose = (index: number): void => {
    const frame = frames[Math.max(0, Math.min(index, frames.length - 1))]
    const element = room.current
    if (frame === undefined || element === null) return
    setFollows(false)
    onChoose(frame.n)
    const at = frames.indexOf(frame) * rowHeight
    if (at < element.scrollTop) element.scrollTop = at
    else if (at + rowHeight > element.scrollTop + element.clientHeight)
      element.scrollTop = at + rowHeight - element.clientHeight
    scrolled()
  }

  const pressed = (event: KeyboardEvent): void => {
    const at = chosen === undefined ? -1 : indexFrom(frames, chosen)
    const page = Math.max(1, Math.floor(height / rowHeight) - 1)
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at < 0 ? frames.length - 1 : at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: frames.length - 1,
    }
    const to = moves[event.key]
    if (to !== undefined) choose(to)
    else if (event.key === 'Escape') onChoose(undefined)
    else return
    event.preventDefault()
  }

  const from = Math.max(0, Math.floor(top / rowHeight) - margin)
  const shown = frames.slice(from, Math.ceil((top + height) / rowHeight) + margin)
  return (
    <div class="wire-list">
      <div
        ref={room}
        class="wire-room"
        role="listbox"
        aria-label={list}
        tabIndex={0}
        aria-activedescendant={chosen === undefined ? undefined : `frame-${chosen}`}
        onScroll={scrolled}
        onKeyDown={pressed}
      >
        <div class="wire-all" style={{ height: `${frames.length * rowHeight}px` }}>
          {shown.map((frame, index) => (
            <FrameRow
              key={frame.n}
              frame={frame}
              top={(from + index) * rowHeight}
              now={now}
              speaks={speaks}
              chosen={frame.n === chosen}
              answers={chosen !== undefined && (frame.request?.n === chosen || frame.reply?.n === chosen)}
              onChoose={() => choose(from + index)}
            />
          ))}
        </div>
      </div>
      {!follows && (
        <div class="wire-newest">
          <Button onClick={() => setFollows(true)}>{newest}</Button>
        </div>
      )}
    </div>
  )
}

/** Where the frame of this number is, or the first after it. */
function indexFrom(frames: readonly Frame[], n: number): number {
  let low = 0
  let high = frames.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((frames[middle]?.n ?? 0) < n) low = middle + 1
    else high = middle
  }
  return low
}
