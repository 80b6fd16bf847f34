import { isGuestoolError, textOf } from '@guestool/core'
import type { VNode } from 'preact'
import { language, useTexts } from '../app/language.js'
import { useCell } from '../app/cell.js'
import { errorTexts, toldOf } from './error-texts.js'
import { plainText } from './plain-text.js'

/** What happened and what to do, in the language of the page, and below it what was said. */
export function ErrorText({ error }: { error: unknown }): VNode {
  const texts = useTexts(errorTexts)
  const told = toldOf[useCell(language)]
  const [what, todo] = isGuestoolError(error)
    ? told[error.code]
    : [/import|module|fetch/i.test(textOf(error)) ? texts.load : texts.other, '']
  return (
    <div class="error" role="alert">
      <p>
        <strong>{what}</strong> {todo}
      </p>
      <p class="error-said" title={texts.more}>
        {plainText(textOf(error), 600)}
      </p>
    </div>
  )
}
