import type { VNode } from 'preact'
import { useMemo } from 'preact/hooks'
import { useCell } from '../../app/cell.js'
import { language, useTexts } from '../../app/language.js'
import { CopyButton } from '../../ui/CopyButton.js'
import { ErrorText } from '../../ui/ErrorText.js'
import { moment, number } from '../../ui/format.js'
import { Json } from './Json.js'
import { texts } from './texts.js'

/** What came of a question. */
export interface Outcome {
  readonly error?: unknown
  /** The result; with an error, what came instead of one. */
  readonly value?: unknown
  /** Unix seconds */
  readonly ts: number
  readonly seconds: number
}

export function Result({ outcome: { error, value, ts, seconds } }: { outcome: Outcome }): VNode {
  const words = useTexts(texts)
  const speaks = useCell(language)
  const json = useMemo(() => JSON.stringify(value, undefined, 2) ?? '', [value])
  return (
    <section class="result">
      <div class="line" role="status">
        <h3>{words.result}</h3>
        <span class="note">
          {words.took(number(speaks, seconds, 2))} · {words.at(moment(speaks, ts))}
        </span>
        {value !== undefined && <CopyButton text={json} label={words.copy} />}
      </div>
      {error !== undefined && <Refusal error={error} />}
      {error !== undefined && value !== undefined && <p class="note">{words.came}</p>}
      {value !== undefined && (
        <div class="json">
          <Json value={value} />
        </div>
      )}
    </section>
  )
}

/** With its code: who asks by hand may look it up. */
function Refusal({ error }: { error: unknown }): VNode {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined
  return (
    <div class="refusal" data-code={code}>
      {code && <code>{code}</code>}
      <ErrorText error={error} />
    </div>
  )
}
