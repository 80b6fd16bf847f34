import { Cell } from './cell.js'
import { remember, remembered } from './storage.js'

export type Theme = 'light' | 'dark'

const key = 'guestool.theme'
const dark = (): MediaQueryList => matchMedia('(prefers-color-scheme: dark)')

/** What was chosen; undefined follows the system. */
const chosen = new Cell<Theme | undefined>(chosenBefore())
/** What is shown. */
export const theme = new Cell<Theme>(shown())

function chosenBefore(): Theme | undefined {
  const value = remembered(key)
  return value === 'light' || value === 'dark' ? value : undefined
}

function shown(): Theme {
  return chosen.value ?? (dark().matches ? 'dark' : 'light')
}

export function chooseTheme(wanted: Theme): void {
  // Who chooses what the system says anyway goes on to follow it.
  chosen.value = wanted === (dark().matches ? 'dark' : 'light') ? undefined : wanted
  remember(key, chosen.value)
  theme.value = shown()
}

/** Follows the system. Returns what stops it. */
export function followSystemTheme(): () => void {
  const media = dark()
  media.addEventListener('change', follow)
  return () => media.removeEventListener('change', follow)
}

function follow(): void {
  theme.value = shown()
}
