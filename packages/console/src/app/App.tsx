import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { AddGuest } from '../views/add/index.js'
import { FleetView } from '../views/fleet/FleetView.js'
import { GuestView } from '../views/guest/index.js'
import { TimelineView } from '../views/timeline/index.js'
import { WireView } from '../views/wire/index.js'
import { adding } from './adding.js'
import { useCell } from './cell.js'
import type { Door } from './door.js'
import { Header } from './Header.js'
import { countProblems } from './fleet/problems.js'
import { language } from './language.js'
import { goTo, route } from './route.js'
import { SessionContext } from './session.js'
import { SignIn } from './SignIn.js'
import { connected } from './tab.js'
import { theme } from './theme.js'
import '../style/index.css'

export function App({ door }: { door: Door }): VNode {
  const place = useCell(door.place)
  const shown = useCell(theme)
  const speaks = useCell(language)
  useEffect(() => {
    if (place.at !== 'in') return
    const { fleet, state } = place.session
    const tell = (): void => {
      connected.value = state.value === 'open'
    }
    const stops = [countProblems(fleet), state.subscribe(tell)]
    tell()
    return () => {
      for (const stop of stops) stop()
      connected.value = false
    }
  }, [place])
  return (
    <div class="guestool" data-theme={shown} lang={speaks}>
      {place.at === 'in' ? (
        <SessionContext.Provider value={place.session}>
          <Header door={door} session={place.session} />
          <main id="content" class="main">
            <View key={place.session} />
          </main>
          <Adding />
        </SessionContext.Provider>
      ) : (
        <SignIn door={door} place={place} />
      )}
    </div>
  )
}

function View(): VNode {
  const to = useCell(route)
  // The fleet goes back to where it was left.
  useEffect(() => {
    if (to.view !== 'fleet') scrollTo(0, 0)
  }, [to])
  useEffect(() => (to.view === 'guest' ? leaveByEscape() : undefined), [to])
  switch (to.view) {
    case 'fleet':
      return <FleetView />
    case 'guest':
      return <GuestView key={to.id} id={to.id} />
    case 'timeline':
      return <TimelineView />
    case 'wire':
      return <WireView />
  }
}

/** From a guest back to all of them. Returns what stops listening. */
function leaveByEscape(): () => void {
  document.addEventListener('keydown', leave)
  return () => document.removeEventListener('keydown', leave)
}

function leave({ key, target, defaultPrevented }: KeyboardEvent): void {
  const busy = target instanceof Element && target.closest('input, textarea, select, dialog')
  if (key === 'Escape' && !defaultPrevented && !busy) goTo({ view: 'fleet' })
}

function Adding(): VNode | null {
  return useCell(adding) ? <AddGuest onClose={() => (adding.value = false)} /> : null
}
