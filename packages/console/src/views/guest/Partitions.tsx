import type { VNode } from 'preact'
import { useCell } from '../../app/cell.js'
import { language, useTexts } from '../../app/language.js'
import { bytes, percent } from '../../ui/format.js'
import { plainText } from '../../ui/plain-text.js'
import { Answer } from './Answer.js'
import type { Subject } from './subject.js'
import { texts } from './texts.js'
import { useInfo } from './use-info.js'

const mostShown = 100

/** How full the partitions are. */
export function Partitions({ subject: { hub, guest, record, active } }: { subject: Subject }): VNode {
  const words = useTexts(texts)
  const speaks = useCell(language)
  const asked = useInfo({
    ask: (signal) => guest.info('all_partitions', {}, { signal }),
    every: 60_000,
    active,
    of: [hub, guest.id, record.connected_ts],
  })
  return (
    <section class="block">
      <h2>{words.partitions}</h2>
      <Answer asked={asked} active={active}>
        {(partitions) =>
          partitions.length === 0 ? (
            <p class="missing">{words.noPartitions}</p>
          ) : (
            <ul class="bars">
              {partitions.slice(0, mostShown).map(({ device, mountpoint, filesystem, usage, error }, i) => (
                <li key={i}>
                  <div class="bar-text">
                    <b>
                      <bdi>{plainText(mountpoint)}</bdi>
                    </b>
                    <span class="note">
                      <bdi>{plainText(device, 60)}</bdi> · {plainText(filesystem, 30)}
                    </span>
                    {usage ? (
                      <span class="bar-number">
                        {words.usedOf(bytes(speaks, usage.used), bytes(speaks, usage.total))} ·{' '}
                        {words.free(bytes(speaks, usage.available))} · {percent(speaks, usage.percent)}
                      </span>
                    ) : (
                      <span class="bar-number">{plainText(error ?? '', 300)}</span>
                    )}
                  </div>
                  {usage && <Bar label={plainText(mountpoint)} value={usage.percent} />}
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
    </section>
  )
}

function Bar({ label, value }: { label: string; value: number }): VNode {
  const full = Math.min(Math.max(value, 0), 100)
  const tone = full >= 95 ? 'bad' : full >= 85 ? 'warn' : 'good'
  return (
    <div class={`bar bar-${tone}`} role="img" aria-label={`${label}: ${Math.round(full)} %`}>
      <i style={{ width: `${full}%` }} />
    </div>
  )
}
