import { isGuestId } from '@guestool/core'
import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { useCell } from '../../app/cell.js'
import { onGuestEvent } from '../../app/guest-events.js'
import { language, useTexts } from '../../app/language.js'
import { useNow } from '../../app/now.js'
import { hashOf } from '../../app/route.js'
import { useSession, type Session } from '../../app/session.js'
import { EmptyState } from '../../ui/EmptyState.js'
import { ErrorText } from '../../ui/ErrorText.js'
import { age } from '../../ui/format.js'
import { plainText } from '../../ui/plain-text.js'
import { Waiting } from '../../ui/Waiting.js'
import { Operations } from '../operations/Operations.js'
import { Entries } from '../timeline/Entries.js'
import { Bots } from './Bots.js'
import { Charts } from './Charts.js'
import { Head } from './Head.js'
import { Partitions } from './Partitions.js'
import { Processes } from './Processes.js'
import { Rates } from './Rates.js'
import { Section } from './Section.js'
import { liveEvery, type Subject } from './subject.js'
import { texts } from './texts.js'
import { useInfo } from './use-info.js'
import './guest.css'

/** One guest: everything that it tells of itself. */
export function GuestView({ id }: { id: string }): VNode {
  const session = useSession()
  const words = useTexts(texts)
  const isOpen = useCell(session.state) === 'open'
  const changes = useChangesOf(session, id)
  const asked = useInfo({
    // Never with a pattern: what is in the location may be any text.
    ask: async (signal) => {
      if (!isGuestId(id)) return null
      const [record] = await session.hub.info('guests', { guests: id, limit: 1 }, { signal })
      return record ?? null
    },
    every: 5_000,
    active: isOpen,
    of: [session, id, changes],
  })
  if (asked.value === undefined)
    return asked.error === undefined ? <Waiting /> : <ErrorText error={asked.error} />
  if (asked.value === null)
    return (
      <EmptyState title={words.unknownGuest(plainText(id, 64))}>
        <a href={hashOf({ view: 'fleet' })}>{words.back}</a>
      </EmptyState>
    )
  const { hub } = session
  return (
    <Known
      subject={{
        hub,
        guest: hub.guest(id),
        record: asked.value,
        active: isOpen && asked.value.state === 'alive',
      }}
    />
  )
}

function Known({ subject }: { subject: Subject }): VNode {
  const { hub, guest, record, active } = subject
  const words = useTexts(texts)
  const now = useNow(liveEvery * 1_000)
  const time = useInfo({
    ask: (signal) => guest.info('time', {}, { signal }),
    every: 600_000,
    active,
    of: [hub, guest.id, record.connected_ts],
  })
  return (
    <div class={`guest${hub.state === 'open' ? '' : ' is-stale'}`} data-state={record.state}>
      <Head subject={subject} now={now} time={time} />
      <Banner subject={subject} now={now} />
      <Charts subject={subject} now={now} />
      <div class="columns">
        <Partitions subject={subject} />
        <Bots subject={subject} />
      </div>
      <Rates of="disks" subject={subject} now={now} />
      <Rates of="network" subject={subject} now={now} />
      <Processes subject={subject} now={now} time={time} />
      <Section title={words.operations}>{() => <Operations guest={guest} active={active} />}</Section>
      <Section title={words.timeline}>{() => <Entries guests={guest.id} />}</Section>
    </div>
  )
}

/** Why nothing new comes, and what to do. */
function Banner({ subject: { hub, record }, now }: { subject: Subject; now: number }): VNode | null {
  const words = useTexts(texts)
  const speaks = useCell(language)
  const since = age(speaks, record.state_ts, now)
  const text =
    hub.state !== 'open'
      ? words.offlineBanner
      : record.state === 'unresponsive'
        ? words.unresponsiveBanner(since)
        : record.state === 'alive'
          ? undefined
          : record.connected_ts === null
            ? words.neverBanner
            : words.goneBanner(since)
  return text === undefined ? null : (
    <p class="banner" role="status">
      {text}
    </p>
  )
}

/** How often the hub told of this guest. */
function useChangesOf(session: Session, id: string): number {
  const [changes, setChanges] = useState(0)
  useEffect(
    () =>
      onGuestEvent(session.hub, (event) => {
        if (event.id === id) setChanges((count) => count + 1)
      }),
    [session, id],
  )
  return changes
}
