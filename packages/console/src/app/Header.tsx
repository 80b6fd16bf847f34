import type { VNode } from 'preact'
import { Button } from '../ui/Button.js'
import { adding } from './adding.js'
import { useCell } from './cell.js'
import { Connection } from './Connection.js'
import type { Door } from './door.js'
import { chooseLanguage, language, useTexts } from './language.js'
import { hashOf, route, type Route } from './route.js'
import type { Session } from './session.js'
import { shellTexts } from './texts/index.js'
import { chooseTheme, theme } from './theme.js'

const views: readonly (Route & { view: 'fleet' | 'timeline' | 'wire' })[] = [
  { view: 'fleet' },
  { view: 'timeline' },
  { view: 'wire' },
]

export function Header({ door, session }: { door: Door; session: Session }): VNode {
  const texts = useTexts(shellTexts)
  const here = useCell(route)
  const about = useCell(session.about)
  return (
    <header class="head">
      <a class="skip" href="#content" onClick={skipToContent}>
        {texts.skip}
      </a>
      <a class="head-name" href={hashOf({ view: 'fleet' })}>
        <i class="logo" aria-hidden="true" />
        <span class="wide">{texts.name}</span>
      </a>
      <nav class="head-nav" aria-label={texts.navigation}>
        {views.map((to) => (
          <a key={to.view} href={hashOf(to)} aria-current={here.view === to.view ? 'page' : undefined}>
            {texts[to.view]}
          </a>
        ))}
      </nav>
      <Connection session={session} />
      <div class="head-tools">
        {about?.access.admin && (
          <Button kind="main" onClick={() => (adding.value = true)}>
            <span aria-hidden="true">+</span> <span class="wide">{texts.addGuest}</span>
          </Button>
        )}
        {about && !about.access.actions && <span class="note">{texts.readOnly}</span>}
        <Choices />
        {door.hasToken && (
          <Button kind="quiet" onClick={() => door.signOut()}>
            {texts.signOut}
          </Button>
        )}
      </div>
    </header>
  )
}

/** Language and theme. */
export function Choices(): VNode {
  const texts = useTexts(shellTexts)
  const other = useCell(theme) === 'dark' ? 'light' : 'dark'
  const speaks = useCell(language)
  return (
    <>
      <Button kind="quiet" onClick={() => chooseLanguage(speaks === 'zh' ? 'en' : 'zh')}>
        {texts.language}
      </Button>
      <Button kind="quiet" label={texts.theme[other]} onClick={() => chooseTheme(other)}>
        <i class={`sign sign-${other}`} aria-hidden="true" />
      </Button>
    </>
  )
}

// The fragment is the route's: a plain link to #content would leave the view.
function skipToContent(event: Event): void {
  event.preventDefault()
  const content = document.querySelector<HTMLElement>('#content')
  content?.setAttribute('tabindex', '-1')
  content?.focus()
}
