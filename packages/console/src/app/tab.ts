import { Cell } from './cell.js'
import { problems } from './fleet/problems.js'

/** Whether there is a connection; without one a number of problems says nothing. */
export const connected = new Cell(false)

/** Shows in the tab, by title and icon, how many guests are not well. Returns what stops it and leaves the tab as it was. */
export function followProblems(): () => void {
  const { title } = document
  const icon = document.querySelector<HTMLLinkElement>('link[rel~="icon"]') ?? newIcon()
  const before = icon.getAttribute('href') ?? 'data:,'
  const show = (): void => {
    const shown = connected.value ? problems.value : undefined
    document.title = `${titleStart(shown)}${title}`
    icon.href = iconOf(shown)
  }
  const stops = [problems.subscribe(show), connected.subscribe(show)]
  show()
  return () => {
    for (const stop of stops) stop()
    document.title = title
    icon.href = before
  }
}

/** `(3) ` before the title; `… ` while there is no connection. */
function titleStart(count: number | undefined): string {
  if (count === undefined) return '… '
  return count === 0 ? '' : `(${count}) `
}

function newIcon(): HTMLLinkElement {
  const icon = document.createElement('link')
  icon.rel = 'icon'
  document.head.append(icon)
  return icon
}

/** A picture as a data: URL, which is all that is needed of an image: grey without a connection, with a number when there is something. */
function iconOf(count: number | undefined): string {
  const ground = count === undefined ? '#8b97a6' : '#2f5bd0'
  const text = count !== undefined && count > 99 ? '99' : String(count)
  const badge =
    count === undefined || count === 0
      ? '<circle cx="21" cy="11" r="4.5" fill="#fff"/>'
      : `<rect x="4" y="9" width="28" height="23" rx="8" fill="#c0322b" stroke="#fff" stroke-width="2"/><text x="18" y="27" font-family="sans-serif" font-size="18" font-weight="700" text-anchor="middle" fill="#fff">${text}</text>`
  const picture = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="${ground}"/>${badge}</svg>`
  return `data:image/svg+xml,${encodeURIComponent(picture)}`
}
