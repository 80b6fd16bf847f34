import type { ComponentChildren, VNode } from 'preact'
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { useCell } from '../../app/cell.js'
import { language } from '../../app/language.js'
import { theme } from '../../app/theme.js'
import { ErrorText } from '../../ui/ErrorText.js'
import { moment } from '../../ui/format.js'
import type { Plot, PlotOptions } from './plot.js'
import type { Drawn, Track } from './track.js'

interface ChartLine {
  readonly label: string
  /** A custom property of the style sheet. */
  readonly colour: string
}

export interface ChartProps {
  readonly title: string
  readonly track: Track
  /** Of the track's columns from `skip` on. */
  readonly lines: readonly ChartLine[]
  /** How many columns of the track are not drawn. @default 0 */
  readonly skip?: number
  /** Unix seconds between which it is drawn; it is drawn again when they change. */
  readonly from: number
  readonly to: number
  /** The least that the axis goes up to. */
  readonly most: number
  readonly format: (value: number | null | undefined) => string
  /** Whether they are bytes, whose axis goes in other steps. */
  readonly isBytes?: boolean
  /** As `format`, for the axis; the same unless it is given. */
  readonly axis?: (value: number) => string
  /** What is to be said beside the title. */
  readonly children?: ComponentChildren
}

const points = 600

/** A chart with a time axis; its values stand above it as text: those of the cursor, or the latest. */
export function Chart(props: ChartProps): VNode {
  const { title, track, lines, from, to, most, format, axis = format, children } = props
  const { skip = 0, isBytes = false } = props
  const speaks = useCell(language)
  const colours = useCell(theme)
  const element = useRef<HTMLDivElement>(null)
  const plot = useRef<Plot | undefined>(undefined)
  const [pointed, setPointed] = useState<number | undefined>()
  const [failed, setFailed] = useState<unknown>()
  const drawn = useMemo((): Drawn => {
    const [seconds, ...all] = track.read(from, to, points)
    return [seconds, ...all.slice(skip, skip + lines.length)]
  }, [track, from, to])

  // What the plot calls later must be what the last drawing said.
  const latest = useRef({ axis, shown: { drawn, from, to } })
  latest.current = { axis, shown: { drawn, from, to } }

  useEffect(() => {
    let isOver = false
    const options: PlotOptions = {
      lines: lines.map(({ colour }, i) => ({ colour, filled: i === 0 && lines.length < 3 })),
      most,
      isBytes,
      axis: (value) => latest.current.axis(value),
      clock: (ts) => clockOf(ts, speaks, latest.current.shown),
      pointed: setPointed,
    }
    const begin = async (): Promise<void> => {
      try {
        const module = await import('./plot.js')
        if (isOver || element.current === null) return
        plot.current = new module.Plot(element.current, options, latest.current.shown)
      } catch (error) {
        setFailed(error)
      }
    }
    void begin()
    return () => {
      isOver = true
      plot.current?.destroy()
      plot.current = undefined
    }
  }, [speaks, most, lines.length])
  useLayoutEffect(() => plot.current?.show({ drawn, from, to }), [drawn])
  // The style sheet has the other colours only once the page is drawn.
  useEffect(() => plot.current?.recolour(), [colours])

  const [times, ...columns] = drawn
  const at = pointed === undefined ? undefined : times[pointed]
  const known = track.latest
  return (
    <section class="chart" data-points={times.length}>
      <header class="chart-head">
        <h3>{title}</h3>
        <span class="note">{at === undefined ? children : moment(speaks, at)}</span>
      </header>
      <p class="chart-values">
        {lines.map(({ label, colour }, i) => (
          <span key={label}>
            <i class="swatch" style={{ background: `var(${colour})` }} aria-hidden="true" /> {label}{' '}
            <b>{format(at === undefined ? known?.values[skip + i] : columns[i]?.[pointed ?? 0])}</b>
          </span>
        ))}
      </p>
      {failed === undefined ? (
        <div ref={element} class="chart-room" role="img" aria-label={title} />
      ) : (
        <ErrorText error={failed} />
      )}
    </section>
  )
}

function clockOf(ts: number, speaks: string, { from, to }: { from: number; to: number }): string {
  const seconds = to - from < 600 ? ({ second: '2-digit' } as const) : {}
  return new Date(ts * 1000).toLocaleTimeString(speaks, {
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
    ...seconds,
  })
}
