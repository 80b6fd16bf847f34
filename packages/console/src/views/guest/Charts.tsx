import type { GuestoolShape } from '@guestool/core'
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { useCell } from '../../app/cell.js'
import { isMissing } from '../../app/missing.js'
import { language, useTexts, type Language } from '../../app/language.js'
import { Button } from '../../ui/Button.js'
import { bytes, number, percent } from '../../ui/format.js'
import { Answer } from './Answer.js'
import { Chart } from './Chart.js'
import { liveEvery, tracksOf, type Subject } from './subject.js'
import { texts } from './texts.js'
import type { Track } from './track.js'
import { useInfo } from './use-info.js'

type Cpu = GuestoolShape['info']['cpu']['result']

const hour = 3_600
const zooms = [300, hour, 6 * hour, 24 * hour] as const
/** Milliseconds after which a live sample is given up, so that the next one has its turn. */
const timeout = 15_000
/** Seconds that are shown at least: of a guest that just came there is no hour. */
const least = 120

/** cpu, load, memory and swap: the hub's history, and then live. */
export function Charts({ subject, now }: { subject: Subject; now: number }): VNode {
  const { hub, guest, record, active } = subject
  const words = useTexts(texts)
  const speaks = useCell(language)
  const [zoom, setZoom] = useState<number>(hour)
  const tracks = tracksOf(hub, guest.id)
  const of = [hub, guest.id, record.connected_ts]

  const history = useInfo({
    ask: (signal) => hub.info('history', { guest: guest.id }, { signal }),
    every: 300_000,
    active: hub.state === 'open',
    of: [...of, record.state],
    heard({ value }) {
      if (value === undefined) return
      tracks.cpu.setPast(value.start_ts, [value.cpu_percent])
      tracks.memory.setPast(value.start_ts, [value.memory_percent])
    },
  })
  const cpu = useInfo({
    ask: (signal) => guest.info('cpu', 0.2, { signal, timeout }),
    every: liveEvery * 1_000 - 200,
    active,
    of,
    heard({ value, times: [, came], error }) {
      if (error !== undefined || value === undefined) return tracks.cpu.add(Date.now() / 1_000)
      const { cpu_percent, cpu_load } = value
      tracks.cpu.add(came, [cpu_percent, cpu_load.last1m, cpu_load.last5m, cpu_load.last15m])
    },
  })
  const memory = useInfo({
    ask: (signal) => guest.info('memory', {}, { signal, timeout }),
    every: liveEvery * 1_000,
    active,
    of,
    heard({ value, times: [, came], error }) {
      if (error !== undefined || value === undefined) return tracks.memory.add(Date.now() / 1_000)
      tracks.memory.add(came, [value.mem.percent, value.swap.percent])
    },
  })

  /** From the first value on: of what the hub keeps no history of, that is when this view was opened. */
  const span = (track: Track, column: number): { from: number; to: number } => {
    const known = now - (track.earliest(column) ?? now)
    return { from: now - Math.min(zoom, Math.max(known, least)), to: now }
  }
  const asPercent = (value: number | null | undefined): string => percent(speaks, value)
  const cores = cpu.value?.cpu_ncores
  const { mem, swap } = memory.value ?? {}
  return (
    <section class="block">
      <header class="block-head">
        <h2>{words.charts}</h2>
        <div class="choice" role="group" aria-label={words.zoom}>
          {zooms.map((seconds) => (
            <Button key={seconds} kind="quiet" pressed={zoom === seconds} onClick={() => setZoom(seconds)}>
              {seconds < hour ? words.minutes(seconds / 60) : words.hours(seconds / hour)}
            </Button>
          ))}
        </div>
      </header>
      {isMissing(history.error) && <p class="note">{words.historyOff}</p>}
      <div class="charts">
        <div>
          <Chart
            title={words.cpu}
            track={tracks.cpu}
            lines={[{ label: words.busy, colour: '--chart-1' }]}
            most={100}
            format={asPercent}
            axis={(value) => `${number(speaks, value)} %`}
            {...span(tracks.cpu, 0)}
          >
            {cpu.value &&
              aboutCpu(speaks, words.cores(cores?.physical ?? null, cores?.logical ?? null), cpu.value)}
          </Chart>
          <Answer asked={cpu} active={active}>
            {() => null}
          </Answer>
        </div>
        <Chart
          title={words.memory}
          track={tracks.memory}
          lines={[{ label: words.used, colour: '--chart-1' }]}
          most={100}
          format={asPercent}
          axis={(value) => `${number(speaks, value)} %`}
          {...span(tracks.memory, 0)}
        >
          {mem && words.usedOf(bytes(speaks, mem.used), bytes(speaks, mem.total))}
        </Chart>
        <Chart
          title={words.load}
          track={tracks.cpu}
          skip={1}
          lines={[1, 5, 15].map((minutes, i) => ({
            label: words.minutes(minutes),
            colour: `--chart-${i + 1}`,
          }))}
          most={cores?.logical ?? 1}
          format={(value) => number(speaks, value, 2)}
          axis={(value) => number(speaks, value, Number.isInteger(value) ? 0 : 1)}
          {...span(tracks.cpu, 1)}
        >
          {cores && words.cores(null, cores.logical)}
        </Chart>
        <div>
          {swap?.total === 0 ? (
            <section class="chart">
              <header class="chart-head">
                <h3>{words.swap}</h3>
              </header>
              <p class="missing">{words.noSwap}</p>
            </section>
          ) : (
            <Chart
              title={words.swap}
              track={tracks.memory}
              skip={1}
              lines={[{ label: words.used, colour: '--chart-1' }]}
              most={100}
              format={asPercent}
              axis={(value) => `${number(speaks, value)} %`}
              {...span(tracks.memory, 1)}
            >
              {swap && words.usedOf(bytes(speaks, swap.used), bytes(speaks, swap.total))}
            </Chart>
          )}
          <Answer asked={memory} active={active}>
            {() => null}
          </Answer>
        </div>
      </div>
    </section>
  )
}

/** `4 logical cores (2 physical) · 2400 MHz` */
function aboutCpu(speaks: Language, cores: string, { cpu_freq: { current } }: Cpu): string {
  // 0 is unknown.
  return [cores, current > 0 ? `${number(speaks, current)} MHz` : '']
    .filter((text) => text !== '')
    .join(' · ')
}
