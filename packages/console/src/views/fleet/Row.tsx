import type { Condition } from '@guestool/core/condition'
import type { VNode } from 'preact'
import { useMemo } from 'preact/hooks'
import { useCell } from '../../app/cell.js'
import type { Member } from '../../app/fleet/member.js'
import { language, useTexts, type Language } from '../../app/language.js'
import { hashOf } from '../../app/route.js'
import { Badge, type Tone } from '../../ui/Badge.js'
import { Button } from '../../ui/Button.js'
import { age, moment, number, percent } from '../../ui/format.js'
import { plainText } from '../../ui/plain-text.js'
import { sinceOf } from './arrange.js'
import { Bots, BotsSummary } from './Bots.js'
import type { Histories, Past } from './histories.js'
import { Spark } from './Spark.js'
import { texts } from './texts.js'

const toneOf: Readonly<Record<Condition, Tone>> = {
  gone: 'bad',
  unresponsive: 'bad',
  awaited: 'idle',
  departed: 'warn',
  silent: 'warn',
  well: 'good',
}

export interface RowProps {
  readonly member: Member
  readonly condition: Condition
  readonly histories: Histories
  /** Unix seconds */
  readonly now: number
  readonly top: number
  readonly height: number
  /** Where it stands among all rows, from 1. */
  readonly index: number
  /** Its bots are shown one by one. */
  readonly expanded: boolean
  readonly onExpand: (id: string) => void
  /** Undefined for who may not. */
  readonly onRemove: ((id: string) => void) | undefined
}

/** One guest. It is drawn anew only when something of it changed, however often the list is. */
export function Row(props: RowProps): VNode {
  const { member, condition, histories, now, top, height, index, expanded, onExpand, onRemove } = props
  const t = useTexts(texts)
  const speaks = useCell(language)
  const past = useCell(histories.of(member.id))
  return useMemo(
    () => <Line {...props} t={t} speaks={speaks} past={past} />,
    [member, condition, past, now, top, height, index, expanded, onExpand, onRemove, t, speaks],
  )
}

interface LineProps extends RowProps {
  readonly t: (typeof texts)[Language]
  readonly speaks: Language
  readonly past: Past | undefined
}

function Line(props: LineProps): VNode {
  const { member, condition, now, top, height, index, expanded, onExpand, onRemove, t, speaks, past } = props
  const { id, address, vitals, reason } = member
  const since = sinceOf(member, condition)
  const here = member.state === 'alive'
  const measured = here ? vitals : undefined
  return (
    <div
      class={`fleet-row is-${condition}${expanded ? ' is-expanded' : ''}`}
      role="row"
      aria-rowindex={index}
      data-id={id}
      style={{ top: `${top}px`, height: `${height}px` }}
    >
      <div class="fleet-name" role="cell">
        <a class="name" href={hashOf({ view: 'guest', id })} title={plainText(id)}>
          {plainText(id)}
        </a>
      </div>
      <div class="fleet-state" role="cell">
        <Badge tone={toneOf[condition]} title={reason === undefined ? '' : plainText(reason, 300)}>
          {t.condition[condition]}
        </Badge>
      </div>
      <div class="fleet-since" role="cell" title={moment(speaks, since, now)}>
        {age(speaks, since, now)}
      </div>
      <div class="fleet-bots" role="cell">
        {vitals && vitals.bots.length > 0 ? (
          <BotsSummary id={id} bots={vitals.bots} here={here} expanded={expanded} onExpand={onExpand} />
        ) : (
          <span class="muted">–</span>
        )}
      </div>
      <div class="fleet-events" role="cell" data-label={t.column.events}>
        {number(speaks, measured?.events_per_minute)}
      </div>
      <div class="fleet-calls" role="cell" data-label={t.column.calls}>
        {number(speaks, measured?.api_calls_per_minute)}
      </div>
      <div class="fleet-cpu" role="cell">
        <Spark values={past?.cpu ?? none} label={t.sparkOf(t.column.cpu)} />
        <span class="fleet-now" data-label={t.column.cpu}>
          {percent(speaks, measured?.cpu_percent)}
        </span>
      </div>
      <div class="fleet-memory" role="cell">
        <Spark values={past?.memory ?? none} label={t.sparkOf(t.column.memory)} />
        <span class="fleet-now" data-label={t.column.memory}>
          {percent(speaks, measured?.memory_percent)}
        </span>
      </div>
      <div class="fleet-machine name" role="cell" title={address ?? ''}>
        {address === null ? '–' : plainText(address)}
      </div>
      <div class="fleet-remove" role="cell">
        {onRemove && (
          <Button kind="quiet" label={t.remove(plainText(id))} onClick={() => onRemove(id)}>
            ✕
          </Button>
        )}
      </div>
      {expanded && vitals && <Bots bots={vitals.bots} here={here} now={now} />}
    </div>
  )
}

const none: readonly null[] = []
