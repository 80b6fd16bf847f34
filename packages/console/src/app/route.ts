import { Cell } from './cell.js'

/** Where in the console one is; it is what stands after `#` in the location. */
export type Route =
  | { readonly view: 'fleet' }
  | { readonly view: 'guest'; readonly id: string }
  | { readonly view: 'timeline' }
  | { readonly view: 'wire' }

function routeOf(hash: string): Route {
  const [view = '', rest = ''] = hash.replace(/^#\/?/, '').split('/', 2)
  if (view === 'guest' && rest !== '') return { view, id: decoded(rest) }
  if (view === 'timeline' || view === 'wire') return { view }
  return { view: 'fleet' }
}

export function hashOf(route: Route): string {
  if (route.view === 'fleet') return '#/'
  return route.view === 'guest' ? `#/guest/${encodeURIComponent(route.id)}` : `#/${route.view}`
}

/** The one-time code that a sign-in link has after `#`. */
export function codeOf(hash: string): string | undefined {
  const code = new URLSearchParams(hash.replace(/^#/, '')).get('code')
  return code === null || code === '' ? undefined : code
}

export const route = new Cell<Route>({ view: 'fleet' })

/** Follows the location. Returns what stops it. */
export function followLocation(): () => void {
  addEventListener('hashchange', readLocation)
  readLocation()
  return () => removeEventListener('hashchange', readLocation)
}

function readLocation(): void {
  route.value = routeOf(location.hash)
}

export function goTo(to: Route): void {
  location.hash = hashOf(to)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
