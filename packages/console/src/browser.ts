import { createElement, render } from 'preact'
import { App } from './app/App.js'
import { Door } from './app/door.js'
import { codeOf, followLocation } from './app/route.js'
import { followProblems } from './app/tab.js'
import { followSystemTheme } from './app/theme.js'

export interface ConsoleOptions {
  /**
   * The host: `wss://host.example`, with its base path if it has one.
   * @default where the page came from
   */
  readonly url?: string | undefined
  /**
   * What the host knows this console by. Left out, a person signs in with a link, and the token that comes of it is kept
   * in this browser's localStorage.
   */
  readonly token?: string | undefined
}

/**
 * Shows the console in an element, which should have a height of its own. It uses the fragment of the location, `#/…`.
 * Its styles are in `@guestool/console/browser.css`. Returns what takes it out again and closes its connection.
 *
 * @throws {TypeError} when the URL is none of a host
 */
export function mount(element: HTMLElement, { url, token }: ConsoleOptions = {}): () => void {
  const door = new Door(hubUrl(url), token)
  const code = token === undefined ? codeOf(location.hash) : undefined
  if (code !== undefined) {
    // It is used up in a moment, and nobody should find it in the history.
    history.replaceState(null, '', `${location.pathname}${location.search}#/`)
    void door.signIn(code)
  } else door.enter()
  const ends = [followLocation(), followSystemTheme(), followProblems()]
  // A link that is opened in a tab that has this page already changes the fragment only.
  const signInAgain = (): void => {
    const another = codeOf(location.hash)
    if (another === undefined || token !== undefined) return
    history.replaceState(null, '', `${location.pathname}${location.search}#/`)
    void door.signIn(another)
  }
  addEventListener('hashchange', signInAgain)
  render(createElement(App, { door }), element)
  return () => {
    removeEventListener('hashchange', signInAgain)
    for (const end of ends) end()
    render(null, element)
    door.leave()
  }
}

function hubUrl(given: string | undefined): string {
  const url = new URL(given ?? '.', location.href)
  url.hash = ''
  url.search = ''
  return url.href.replace(/^http/i, 'ws').replace(/\/+$/, '')
}
