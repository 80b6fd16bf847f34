import type { GuestoolShape } from '@guestool/core'
import type { ComponentChildren, VNode } from 'preact'
import { useCell } from '../../app/cell.js'
import { isMissing } from '../../app/missing.js'
import { language, useTexts } from '../../app/language.js'
import { hashOf } from '../../app/route.js'
import { Badge, type Tone } from '../../ui/Badge.js'
import { age, duration, moment, number, unknown } from '../../ui/format.js'
import { plainText } from '../../ui/plain-text.js'
import type { Subject } from './subject.js'
import { texts } from './texts.js'
import { useInfo, type Asked } from './use-info.js'

const tones = { alive: 'good', unresponsive: 'warn', gone: 'bad' } as const satisfies Record<string, Tone>
const rarely = 3_600_000

export interface HeadProps {
  readonly subject: Subject
  readonly now: number
  readonly time: Asked<GuestoolShape['info']['time']['result']>
}

/** Who it is, and how it is. */
export function Head({ subject, now, time }: HeadProps): VNode {
  const { hub, guest, record, active } = subject
  const words = useTexts(texts)
  const speaks = useCell(language)
  const plan = { every: rarely, active, of: [hub, guest.id, record.connected_ts] }
  const platform = useInfo({ ...plan, ask: (signal) => guest.info('system_platform', {}, { signal }) })
  const python = useInfo({ ...plan, ask: (signal) => guest.info('python_version', {}, { signal }) })
  const { version_info: version } = python.value ?? {}
  // What an uptime was when it was asked for has gone on since.
  const up = (seconds: number | undefined): ComponentChildren =>
    seconds === undefined ? missing(time) : duration(speaks, seconds + (active ? now - time.times[1] : 0))
  return (
    <header class="guest-head">
      <a class="back" href={hashOf({ view: 'fleet' })}>
        ‹ {words.back}
      </a>
      <h1>
        {guest.id} <Badge tone={tones[record.state]}>{words.state[record.state]}</Badge>
      </h1>
      <dl class="facts">
        <Fact name={words.since}>
          {moment(speaks, record.state_ts, now)} ({age(speaks, record.state_ts, now)})
        </Fact>
        <Fact name={words.connected}>
          {record.connected_ts === null ? words.neverCame : moment(speaks, record.connected_ts, now)}
        </Fact>
        <Fact name={words.address}>{record.address === null ? unknown : plainText(record.address, 60)}</Fact>
        <Fact name={words.roundTrip}>
          {record.round_trip_ms === null ? unknown : `${number(speaks, record.round_trip_ms, 1)} ms`}
        </Fact>
        <Fact name={words.revision}>
          {record.connected_ts === null ? unknown : words.revisionOf(record.revision)}
        </Fact>
        <Fact name={words.system} isLong>
          {platform.value ? plainText(platform.value.summary, 200) : missing(platform)}
        </Fact>
        <Fact name={words.systemUp}>{up(time.value?.system)}</Fact>
        <Fact name={words.guestUp}>{up(time.value?.nonebot)}</Fact>
        <Fact name={words.python} title={python.value && plainText(python.value.version_string, 300)}>
          {version ? `${version.major}.${version.minor}.${version.micro}` : missing(python)}
        </Fact>
      </dl>
    </header>
  )
}

function missing({ error }: Asked<unknown>): ComponentChildren {
  return isMissing(error) ? <code>unsupported</code> : unknown
}

interface FactProps {
  readonly name: string
  readonly title?: string | undefined
  readonly isLong?: boolean
  readonly children: ComponentChildren
}

function Fact({ name, title, isLong = false, children }: FactProps): VNode {
  return (
    <div class={isLong ? 'fact-long' : ''} title={title}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
