import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { useCell } from '../../app/cell.js'
import { language, useTexts } from '../../app/language.js'
import { hashOf } from '../../app/route.js'
import { useNow } from '../../app/now.js'
import { Badge, type Tone } from '../../ui/Badge.js'
import { Button } from '../../ui/Button.js'
import { EmptyState } from '../../ui/EmptyState.js'
import { ErrorText } from '../../ui/ErrorText.js'
import { age, moment } from '../../ui/format.js'
import { plainText } from '../../ui/plain-text.js'
import { Waiting } from '../../ui/Waiting.js'
import { filtered, keyOf, type Entry } from './entries.js'
import { texts } from './texts.js'
import { useEntries } from './use-entries.js'
import './timeline.css'

type What = Entry['what']

const tones: Readonly<Record<What, Tone>> = {
  joined: 'good',
  restarted: 'info',
  left: 'bad',
  unresponsive: 'warn',
  alive: 'good',
  refused: 'warn',
}

const whats = Object.keys(tones) as What[]

/** What happened to the guests that fit a pattern. */
export function Entries({ guests }: { guests: string }): VNode {
  const words = useTexts(texts)
  const { entries, isKnown, error, end, isLoading, older } = useEntries(guests)
  const [text, setText] = useState('')
  const [what, setWhat] = useState<What | undefined>()
  const now = useNow(10_000)
  const shown = filtered(entries, { text, what })
  return (
    <div class="timeline">
      <div class="line">
        <input
          class="input"
          type="search"
          placeholder={words.search}
          aria-label={words.search}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <select
          class="select"
          aria-label={words.kind}
          value={what ?? ''}
          onChange={({ currentTarget: { value } }) => setWhat(whats.find((one) => one === value))}
        >
          <option value="">{words.everything}</option>
          {whats.map((one) => (
            <option key={one} value={one}>
              {words.what[one]}
            </option>
          ))}
        </select>
        <span class="note" role="status">
          {isKnown && words.count(shown.length)}
        </span>
      </div>
      {error !== undefined && <ErrorText error={error} />}
      {!isKnown && error === undefined && <Waiting />}
      {isKnown && entries.length === 0 && (
        <EmptyState title={words.nothing}>
          <p>{words.nothingHow}</p>
        </EmptyState>
      )}
      {entries.length > 0 && shown.length === 0 && <p class="missing">{words.noneFits}</p>}
      <ol class="entries">
        {shown.map((entry) => (
          <Item key={keyOf(entry)} entry={entry} now={now} />
        ))}
      </ol>
      {entries.length > 0 && (
        <p class="line">
          {end === undefined ? (
            <Button disabled={isLoading} onClick={older}>
              {isLoading ? words.loading : words.older}
            </Button>
          ) : (
            <span class="note">{end === 'full' ? words.full : words.end}</span>
          )}
        </p>
      )}
    </div>
  )
}

function Item({
  entry: { ts, guest, what, reason, code, address },
  now,
}: {
  entry: Entry
  now: number
}): VNode {
  const words = useTexts(texts)
  const speaks = useCell(language)
  const iso = new Date(ts * 1_000)
  return (
    <li class="entry" data-what={what}>
      <time class="entry-time" dateTime={Number.isNaN(iso.getTime()) ? undefined : iso.toISOString()}>
        {moment(speaks, ts, now)} <span class="note">{words.ago(age(speaks, ts, now))}</span>
      </time>
      <Badge tone={tones[what]}>{words.what[what]}</Badge>
      <span class="entry-guest">
        {guest === '' ? (
          <span class="note">{words.nobody}</span>
        ) : what === 'refused' ? (
          <bdi>{plainText(guest, 64)}</bdi>
        ) : (
          <a href={hashOf({ view: 'guest', id: guest })}>
            <bdi>{plainText(guest, 64)}</bdi>
          </a>
        )}{' '}
        {address !== null && (
          <span class="note">
            {words.from} {plainText(address, 60)}
          </span>
        )}
      </span>
      <span class="entry-reason">
        {plainText(reason, 600)} {code !== null && <span class="note">{words.code(code)}</span>}
      </span>
    </li>
  )
}
