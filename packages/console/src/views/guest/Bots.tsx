import type { VNode } from 'preact'
import { useCell } from '../../app/cell.js'
import { isMissing } from '../../app/missing.js'
import { language, useTexts } from '../../app/language.js'
import { Badge } from '../../ui/Badge.js'
import { botTexts, botTone } from '../../ui/bot-texts.js'
import { moment, number, unknown } from '../../ui/format.js'
import { plainText } from '../../ui/plain-text.js'
import { Table } from '../../ui/Table.js'
import { Answer } from './Answer.js'
import { botRows, type BotRow, type Counters } from './bot-rows.js'
import type { Subject } from './subject.js'
import { texts } from './texts.js'
import { useInfo } from './use-info.js'

const mostBots = 200
const mostNames = 50

/** The bots of a guest: since when they are connected, what they received and what was asked of them. */
export function Bots({ subject: { hub, guest, record, active } }: { subject: Subject }): VNode {
  const words = useTexts(texts)
  const here = record.state === 'alive'
  const says = useTexts(botTexts)[here ? 'is' : 'was']
  const speaks = useCell(language)
  const plan = { every: 10_000, active, of: [hub, guest.id, record.connected_ts] }
  const bots = useInfo({ ...plan, ask: (signal) => guest.info('bots', {}, { signal }) })
  const since = useInfo({ ...plan, ask: (signal) => guest.info('bots_connect_time', {}, { signal }) })
  const events = useInfo({ ...plan, ask: (signal) => guest.info('recv_events', {}, { signal }) })
  const calls = useInfo({ ...plan, ask: (signal) => guest.info('apicall', {}, { signal }) })
  const vitals = useInfo({
    ...plan,
    every: 30_000,
    active: hub.state === 'open',
    ask: (signal) => hub.info('vitals', { guests: guest.id, limit: 1 }, { signal }),
  })
  const pulse = vitals.value?.[0]
  const rows = botRows({
    online: bots.value,
    since: since.value,
    events: events.value,
    calls: calls.value,
    silent: pulse?.bots.filter(({ state }) => state === 'silent').map(({ id }) => id),
  })
  const others = [
    { name: 'bots_connect_time', asked: since },
    { name: 'recv_events', asked: events },
    { name: 'apicall', asked: calls },
  ]
  return (
    <section class="block">
      <header class="block-head">
        <h2>{words.bots}</h2>
        {pulse && (pulse.events_per_minute ?? pulse.api_calls_per_minute) !== null && (
          <span class="note">
            {words.perMinute(
              rounded(speaks, pulse.events_per_minute),
              rounded(speaks, pulse.api_calls_per_minute),
            )}
          </span>
        )}
      </header>
      <Answer asked={bots} active={active}>
        {() => null}
      </Answer>
      {!isMissing(bots.error) &&
        others
          .filter(({ asked }) => asked.error !== undefined)
          .map(({ name, asked }) => (
            <Answer key={name} name={name} asked={{ ...asked, value: undefined }} active={active}>
              {() => null}
            </Answer>
          ))}
      {bots.value !== undefined && rows.length === 0 && <p class="missing">{words.noBots}</p>}
      {rows.length > 0 && (
        <Table<BotRow, 'id' | 'state' | 'since' | 'events' | 'calls'>
          label={words.bots}
          rows={rows.slice(0, mostBots)}
          rowKey={({ id }) => id}
          columns={[
            {
              key: 'id',
              title: words.bot,
              cell: ({ id }) => <bdi class="bot-id name">{plainText(id, 80) || unknown}</bdi>,
            },
            {
              key: 'state',
              title: '',
              cell: ({ state }) => <Badge tone={botTone(state, here)}>{says[state]}</Badge>,
            },
            { key: 'since', title: words.connectedSince, cell: (row) => moment(speaks, row.since) },
            {
              key: 'events',
              title: words.events,
              numeric: true,
              cell: (row) => <Counts label={words.counts} counters={row.events} />,
            },
            {
              key: 'calls',
              title: words.calls,
              numeric: true,
              cell: (row) => <Counts label={words.counts} counters={row.calls} />,
            },
          ]}
        />
      )}
    </section>
  )
}

/** A sum that opens into what it is made of. */
function Counts({ label, counters }: { label: string; counters: Counters | undefined }): VNode {
  const speaks = useCell(language)
  if (counters === undefined) return <>–</>
  if (counters.names.length === 0) return <>{number(speaks, counters.sum)}</>
  return (
    <details class="counts">
      <summary title={label}>{number(speaks, counters.sum)}</summary>
      <ul>
        {counters.names.slice(0, mostNames).map(([name, count]) => (
          <li key={name}>
            <bdi>{plainText(name, 60)}</bdi> {number(speaks, count)}
          </li>
        ))}
      </ul>
    </details>
  )
}

function rounded(speaks: 'en' | 'zh', value: number | null): string | null {
  return value === null ? null : number(speaks, value, value < 10 && value > 0 ? 1 : 0)
}
