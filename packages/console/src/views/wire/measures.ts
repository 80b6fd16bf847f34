import type { Language } from '../../app/language.js'
import { number } from '../../ui/format.js'

/** Local time, to the millisecond: `22:30:05.123`. */
export function clock(language: Language, time: number): string {
  const date = new Date(time)
  const seconds = date.toLocaleTimeString(language, { hour12: false })
  return `${seconds}.${String(date.getMilliseconds()).padStart(3, '0')}`
}

/** Milliseconds as people read them. */
export function took(language: Language, ms: number | undefined): string {
  if (ms === undefined) return ''
  if (ms < 1_000) return `${number(language, ms, ms < 10 ? 1 : 0)}\u00A0ms`
  return `${number(language, ms / 1_000, ms < 10_000 ? 2 : 1)}\u00A0s`
}

/** Characters of a frame, nearly all of which are bytes. */
export function size(language: Language, characters: number): string {
  if (characters < 1_000) return number(language, characters)
  if (characters < 1_000_000)
    return `${number(language, characters / 1_000, characters < 10_000 ? 1 : 0)}\u00A0k`
  return `${number(language, characters / 1_000_000, 1)}\u00A0M`
}
