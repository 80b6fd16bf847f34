import type { GuestRecord } from '@guestool/client'
import { isGuestId } from '@guestool/core'
import type { VNode } from 'preact'
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { useTexts } from '../../app/language.js'
import { Button } from '../../ui/Button.js'
import { ErrorText } from '../../ui/ErrorText.js'
import { freeId, nearestId } from './name.js'
import { texts } from './texts.js'

export interface NameFormProps {
  /** Those that the hub knows, by their ids. */
  readonly known: ReadonlyMap<string, GuestRecord>
  readonly busy: boolean
  readonly error: unknown
  readonly onAdd: (id: string, replace: boolean) => void
}

export function NameForm({ known, busy, error, onAdd }: NameFormProps): VNode {
  const words = useTexts(texts).name
  const [written, setWritten] = useState('')
  const field = useId()
  const input = useRef<HTMLInputElement>(null)
  // Once the dialog is open: it gives the focus to its first button.
  useEffect(() => input.current?.focus(), [])
  const id = written.trim()
  const wrong = id !== '' && !isGuestId(id)
  const there = known.get(id)
  const suggested = there === undefined ? nearestId(id) : freeId(id, new Set(known.keys()))
  const submit = (event: Event): void => {
    event.preventDefault()
    if (isGuestId(id) && there === undefined) onAdd(id, false)
  }
  return (
    <form class="add-name" onSubmit={submit}>
      <label for={field}>{words.label}</label>
      <div class="line">
        <input
          ref={input}
          id={field}
          class="input"
          type="text"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          placeholder={words.example}
          value={written}
          aria-invalid={wrong}
          aria-describedby={`${field}-help`}
          onInput={({ currentTarget }) => setWritten(currentTarget.value)}
        />
        <Button type="submit" kind="main" disabled={busy || !isGuestId(id) || there !== undefined}>
          {words.add}
        </Button>
      </div>
      <div id={`${field}-help`} aria-live="polite">
        {there !== undefined ? (
          <p class="add-warning">
            <strong>{words.exists[there.state](id)}</strong> {words.existsHelp}
          </p>
        ) : (
          <p class={wrong ? 'add-warning' : 'muted'}>{wrong ? words.wrong : words.help}</p>
        )}
      </div>
      {(wrong || there !== undefined) && (
        <div class="line">
          {suggested !== undefined && (
            <Button onClick={() => setWritten(suggested)}>{words.use(suggested)}</Button>
          )}
          {there !== undefined && (
            <Button kind="danger" disabled={busy} onClick={() => onAdd(id, true)}>
              {words.replace}
            </Button>
          )}
        </div>
      )}
      {error !== undefined && <ErrorText error={error} />}
    </form>
  )
}
