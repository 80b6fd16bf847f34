import type { VNode } from 'preact'
import { useRef, useState } from 'preact/hooks'
import { useCell } from '../../app/cell.js'
import { language, useTexts } from '../../app/language.js'
import { bytes } from '../../ui/format.js'
import { plainText } from '../../ui/plain-text.js'
import { Table } from '../../ui/Table.js'
import { Answer } from './Answer.js'
import { Chart } from './Chart.js'
import { mainDevice, ratesOf, type Rate } from './rates.js'
import { Section } from './Section.js'
import type { Subject } from './subject.js'
import { texts } from './texts.js'
import { Track } from './track.js'
import { useInfo } from './use-info.js'

const smptime = 1
const every = 3
/** Seconds that are shown. */
const least = 60
const most = 600
const mostShown = 50

export interface RatesProps {
  readonly subject: Subject
  readonly now: number
  readonly of: 'disks' | 'network'
}

/** What disks or network devices move, sampled only while it is open. */
export function Rates({ of, ...rest }: RatesProps): VNode {
  const words = useTexts(texts)
  return <Section title={words[of]}>{() => <OpenRates of={of} {...rest} />}</Section>
}

function OpenRates({ subject: { hub, guest, record, active }, now, of }: RatesProps): VNode {
  const words = useTexts(texts)
  const speaks = useCell(language)
  const tracks = useRef(new Map<string, Track>())
  const [chosen, setChosen] = useState<string | undefined>()
  const main = useRef<string | undefined>(undefined)
  const asked = useInfo({
    async ask(signal) {
      const params = { smptime }
      const moved =
        of === 'disks'
          ? await guest.info('all_disk_io', params, { signal })
          : await guest.info('all_network_io', params, { signal })
      return ratesOf(moved, smptime)
    },
    every: (every - smptime) * 1_000,
    active,
    of: [hub, guest.id, record.connected_ts, of],
    heard({ value, times: [, came], error }) {
      if (error === undefined) note(tracks.current, value ?? [], came)
    },
  })
  const rate = (value: number | null | undefined): string => `${bytes(speaks, value)}/s`
  const [inward, outward] = of === 'disks' ? [words.read, words.written] : [words.received, words.sent]
  return (
    <>
      <p class="note">{words.sampledWhileOpen}</p>
      <Answer asked={asked} active={active}>
        {(rates) => {
          main.current ??= mainDevice(rates)
          const drawn = chosen ?? main.current
          const track = drawn === undefined ? undefined : tracks.current.get(drawn)
          if (track === undefined || drawn === undefined) return <p class="missing">{words.noDevices}</p>
          return (
            <>
              <Chart
                title={plainText(drawn, 60)}
                track={track}
                lines={[
                  { label: inward, colour: '--chart-1' },
                  { label: outward, colour: '--chart-2' },
                ]}
                from={now - Math.min(most, Math.max(now - (track.earliest(0) ?? now), least))}
                to={now}
                most={1_024}
                isBytes
                format={rate}
              />
              <Table<Rate, 'device' | 'inward' | 'outward'>
                label={words[of]}
                rows={rates.slice(0, mostShown)}
                rowKey={({ device }) => device}
                columns={[
                  {
                    key: 'device',
                    title: words.device,
                    cell: ({ device }) => (
                      <button
                        type="button"
                        class="link"
                        aria-pressed={device === drawn}
                        onClick={() => setChosen(device)}
                      >
                        <bdi>{plainText(device, 60)}</bdi>
                      </button>
                    ),
                  },
                  { key: 'inward', title: inward, numeric: true, cell: (one) => rate(one.inward) },
                  { key: 'outward', title: outward, numeric: true, cell: (one) => rate(one.outward) },
                ]}
              />
            </>
          )
        }}
      </Answer>
    </>
  )
}

function note(tracks: Map<string, Track>, rates: readonly Rate[], ts: number): void {
  for (const { device, inward, outward } of rates.slice(0, mostShown)) {
    let track = tracks.get(device)
    if (track === undefined) {
      if (tracks.size >= 2 * mostShown) continue
      track = new Track(2, every)
      tracks.set(device, track)
    }
    track.add(ts, [inward, outward])
  }
}
