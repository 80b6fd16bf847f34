import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { useCell } from '../../app/cell.js'
import { isMissing } from '../../app/missing.js'
import { language, useTexts } from '../../app/language.js'
import { bytes, duration, percent } from '../../ui/format.js'
import { plainText } from '../../ui/plain-text.js'
import { Answer } from './Answer.js'
import { Chart } from './Chart.js'
import type { Process } from './process-rows.js'
import type { ProcessesProps } from './Processes.js'
import { runtimeCandidates } from './runtime-process.js'
import { processesEvery, tracksOf, type Tracks } from './subject.js'
import { texts } from './texts.js'
import { Track } from './track.js'
import { type Asked } from './use-info.js'

const least = 120
const most = 24 * 3_600

export interface RuntimeProps extends ProcessesProps {
  readonly processes: Asked<Process[]>
}

/** The process that is the guest itself, and its memory for as long as this page is open. */
export function Runtime({ subject, now, time, processes }: RuntimeProps): VNode | null {
  const words = useTexts(texts)
  const speaks = useCell(language)
  const [chosen, setChosen] = useState<number | undefined>()
  const tracks = tracksOf(subject.hub, subject.guest.id)
  // Without processes it is said below, by the table of them.
  if (isMissing(processes.error)) return null
  if (time.value === undefined || processes.value === undefined) {
    return (
      <section class="block">
        <h2>{words.runtime}</h2>
        <Answer name="time" asked={{ ...time, value: undefined }} active={subject.active}>
          {() => null}
        </Answer>
      </section>
    )
  }
  const uptime = { nonebot: time.value.nonebot, at: time.times[1] }
  const candidates = runtimeCandidates(processes.value, uptime, processes.times)
  const own =
    candidates.find(({ pid }) => pid === chosen) ??
    candidates.find(({ pid }) => pid === tracks.runtime?.pid) ??
    candidates[0]
  const track = own && noted(tracks, own, processes.times[1])
  const from = now - Math.min(Math.max(now - (track?.earliest(0) ?? now), least), most)
  return (
    <section class="block">
      <h2 title={words.runtimeHow}>{words.runtime}</h2>
      {own === undefined || track === undefined ? (
        <p class="missing">
          {words.runtimeNone} {words.runtimeHow}
        </p>
      ) : (
        <Chart
          title={words.memory}
          track={track}
          lines={[{ label: `${plainText(own.name, 40)} (${own.pid})`, colour: '--chart-1' }]}
          from={from}
          to={now}
          most={1_048_576}
          isBytes
          format={(value) => bytes(speaks, value)}
        >
          {words.cpu} {percent(speaks, own.cpu_stdperc)} · {duration(speaks, own.age)}
        </Chart>
      )}
      {own && candidates.length > 1 && (
        <p class="note">
          <label>
            {words.runtimeMany(candidates.length)}{' '}
            <select
              class="input"
              value={own.pid}
              onChange={(event) => setChosen(Number(event.currentTarget.value))}
            >
              {candidates.slice(0, 20).map(({ pid, name }) => (
                <option key={pid} value={pid}>
                  {plainText(name, 40)} ({pid})
                </option>
              ))}
            </select>
          </label>
        </p>
      )}
    </section>
  )
}

/** The track of this process, with this sample in it; of another process it begins anew. */
function noted(tracks: Tracks, { pid, mem }: Process, ts: number): Track {
  if (tracks.runtime?.pid !== pid) tracks.runtime = { pid, track: new Track(1, processesEvery) }
  const { track } = tracks.runtime
  if ((track.latest?.ts ?? 0) < ts) track.add(ts, [mem])
  return track
}
