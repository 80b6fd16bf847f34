import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { Drawn } from './track.js'

interface PlotLine {
  /** A custom property of the style sheet: `--line-1`. */
  readonly colour: string
  /** Whether what is below it is tinted. */
  readonly filled: boolean
}

export interface PlotOptions {
  readonly lines: readonly PlotLine[]
  /** The least that the axis goes up to. */
  readonly most: number
  /** What stands at the axis. */
  readonly axis: (value: number) => string
  /** Whether the axis goes in steps of bytes. */
  readonly isBytes: boolean
  /** A moment in Unix seconds at the time axis. */
  readonly clock: (ts: number) => string
  /** The cursor stands at this point, or nowhere. */
  readonly pointed: (index: number | undefined) => void
}

/** What `show` needs: what to draw, and the time that the axis begins and ends with. */
export interface Shown {
  readonly drawn: Drawn
  readonly from: number
  readonly to: number
}

const height = 150
const byteSteps = Array.from({ length: 60 }, (_, power) => 2 ** power)

/** A chart in an element. All that knows uPlot is here, in a chunk of its own. */
export class Plot {
  readonly #element: HTMLElement
  readonly #plot: uPlot
  readonly #observer: ResizeObserver
  readonly #colours = new Map<string, string>()
  #range: [number, number]

  constructor(element: HTMLElement, options: PlotOptions, shown: Shown) {
    this.#element = element
    this.#range = [shown.from, shown.to]
    const colour = (name: string) => () => this.#colour(name)
    const axis = {
      stroke: colour('--muted'),
      grid: { stroke: colour('--grid'), width: 1 },
      ticks: { show: false },
      font: '11px system-ui, sans-serif',
    }
    this.#plot = new uPlot(
      {
        width: Math.max(element.clientWidth, 50),
        height,
        padding: [8, 26, 0, 0],
        legend: { show: false },
        cursor: { y: false, drag: { x: false, y: false }, sync: { key: 'guestool' }, points: { size: 7 } },
        scales: {
          x: { time: true, range: () => this.#range },
          y: { range: (_plot, _min, max) => [0, max > options.most ? max * 1.05 : options.most] },
        },
        axes: [
          {
            ...axis,
            size: 26,
            gap: 4,
            space: 70,
            values: (_plot, times) => times.map((ts) => options.clock(ts)),
          },
          {
            ...axis,
            size: 58,
            gap: 4,
            space: 34,
            ...(options.isBytes ? { incrs: byteSteps } : {}),
            values: (_plot, values) => values.map((value) => options.axis(value)),
          },
        ],
        series: [
          {},
          ...options.lines.map(({ colour: name, filled }) => ({
            stroke: colour(name),
            width: 1.5,
            spanGaps: false,
            points: { size: 4, fill: colour(name) },
            ...(filled ? { fill: () => `${this.#colour(name)}22` } : {}),
          })),
        ],
        hooks: { setCursor: [({ cursor }) => options.pointed(cursor.idx ?? undefined)] },
      },
      shown.drawn,
      element,
    )
    this.#observer = new ResizeObserver(() => this.#resize())
    this.#observer.observe(element)
  }

  show({ drawn, from, to }: Shown): void {
    this.#range = [from, to]
    this.#plot.setData(drawn)
  }

  /** The style sheet has other colours now. */
  recolour(): void {
    this.#colours.clear()
    this.#plot.redraw(false)
  }

  destroy(): void {
    this.#observer.disconnect()
    this.#plot.destroy()
  }

  #resize(): void {
    const width = this.#element.clientWidth
    if (width > 0 && width !== this.#plot.width) this.#plot.setSize({ width, height })
  }

  #colour(name: string): string {
    let colour = this.#colours.get(name)
    if (colour === undefined) {
      colour = getComputedStyle(this.#element).getPropertyValue(name).trim() || '#888888'
      this.#colours.set(name, colour)
    }
    return colour
  }
}
