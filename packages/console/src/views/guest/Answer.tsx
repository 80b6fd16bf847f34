import { isGuestoolError, type ErrorCode } from '@guestool/core'
import type { ComponentChildren, VNode } from 'preact'
import { useCell } from '../../app/cell.js'
import { isMissing } from '../../app/missing.js'
import { language } from '../../app/language.js'
import { toldOf } from '../../ui/error-texts.js'
import { ErrorText } from '../../ui/ErrorText.js'
import { Waiting } from '../../ui/Waiting.js'
import { type Asked } from './use-info.js'

export interface AnswerProps<T> {
  /** What was asked, where that is not plain from where it stands. */
  readonly name?: string
  readonly asked: Asked<T>
  /** Whether the guest can be asked: when it cannot, that is said once, at the top. */
  readonly active: boolean
  readonly children: (value: T) => ComponentChildren
}

/** What came of a question: the last answer, and why there is none or no newer one. */
export function Answer<T>({ name, asked: { value, error }, active, children }: AnswerProps<T>): VNode {
  return (
    <>
      {isMissing(error) ? (
        <Missing name={name} error={error} />
      ) : (
        active && isOwn(error) && <ErrorText error={error} />
      )}
      {value !== undefined ? children(value) : error === undefined && active && <Waiting />}
    </>
  )
}

/** The guest does not have it: that is how it is, and no alarm. */
function Missing({ name, error }: { name: string | undefined; error: unknown }): VNode | null {
  const told = toldOf[useCell(language)]
  if (!isGuestoolError(error)) return null
  return (
    <p class="missing">
      {name && <code>{name}: </code>}
      {told[error.code].join(' ')} <code>{error.code}</code>
    </p>
  )
}

const elsewhere: ReadonlySet<ErrorCode> = new Set([
  'gone',
  'unresponsive',
  'connection_lost',
  'connect_timeout',
  'closed',
  'aborted',
])

/** Whether an error is about this question, not about the guest or the connection. */
function isOwn(error: unknown): boolean {
  return error !== undefined && !(isGuestoolError(error) && elsewhere.has(error.code))
}
