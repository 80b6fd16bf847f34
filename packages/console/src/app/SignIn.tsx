import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { Button } from '../ui/Button.js'
import { ErrorText } from '../ui/ErrorText.js'
import { Waiting } from '../ui/Waiting.js'
import type { Door, Place } from './door.js'
import { Choices } from './Header.js'
import { useTexts } from './language.js'
import { codeOf } from './route.js'
import { shellTexts } from './texts/index.js'

export function SignIn({ door, place }: { door: Door; place: Exclude<Place, { at: 'in' }> }): VNode {
  const texts = useTexts(shellTexts).signIn
  const [link, setLink] = useState('')
  const name = useTexts(shellTexts).name
  const pasted = link.trim()
  const submit = (event: Event): void => {
    event.preventDefault()
    const at = pasted.indexOf('#')
    const code = at < 0 ? pasted : codeOf(pasted.slice(at))
    if (code) void door.signIn(code)
  }
  return (
    <main class="door">
      <div class="door-tools">
        <Choices />
      </div>
      <div class="door-card">
        <p class="head-name">
          <i class="logo" aria-hidden="true" />
          {name}
        </p>
        {place.at === 'signing_in' ? (
          <Waiting label={texts.busy} />
        ) : (
          <>
            <h1>{texts.title}</h1>
            <p>{texts[place.why]}</p>
            {place.error !== undefined && (place.why === 'code_failed' || place.why === 'refused') && (
              <ErrorText error={place.error} />
            )}
            <p>{texts.how}</p>
            <pre class="command">{texts.command}</pre>
            <form onSubmit={submit}>
              <label for="code">{texts.paste}</label>
              <div class="line">
                <input
                  id="code"
                  class="input"
                  type="text"
                  autocomplete="off"
                  spellcheck={false}
                  value={link}
                  onInput={({ currentTarget }) => setLink(currentTarget.value)}
                />
                <Button type="submit" kind="main" disabled={pasted === ''}>
                  {texts.go}
                </Button>
              </div>
            </form>
            <Button kind="quiet" onClick={() => door.enter()}>
              {texts.again}
            </Button>
          </>
        )}
      </div>
    </main>
  )
}
