import type { Language } from '../app/language.js'

// Numbers as people read them, in the language of the page. What is unknown (null, undefined, NaN) is a dash.

export const unknown = '–'

type Known = number | null | undefined

const isKnown = (value: Known): value is number => typeof value === 'number' && Number.isFinite(value)

const formats = new Map<string, Intl.NumberFormat>()

export function number(language: Language, value: Known, digits = 0): string {
  if (!isKnown(value)) return unknown
  // Nothing that is counted is so large, but anybody may say so.
  if (Math.abs(value) >= 1e15) return value.toExponential(1)
  const key = `${language} ${digits}`
  let format = formats.get(key)
  if (format === undefined) {
    format = new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits })
    formats.set(key, format)
  }
  return format.format(value)
}

/** 0–100 as `12 %`; below 10 with a decimal where there is one. */
export function percent(language: Language, value: Known): string {
  if (!isKnown(value)) return unknown
  return `${number(language, value, value < 9.95 && value > 0 ? 1 : 0)}\u202F%`
}

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']

/** Bytes with the unit that leaves one to four digits: `1.5 GiB`. */
export function bytes(language: Language, value: Known): string {
  if (!isKnown(value)) return unknown
  let size = Math.abs(value)
  let unit = 0
  for (; size >= 1024 && unit < units.length - 1; unit++) size /= 1024
  const digits = unit === 0 || size >= 99.95 ? 0 : 1
  return `${number(language, Math.sign(value) * size, digits)}\u00A0${units[unit]}`
}

const minute = 60
const hour = 60 * minute
const day = 24 * hour

const spans: Readonly<Record<Language, { d: string; h: string; m: string; s: string }>> = {
  en: { d: 'd', h: 'h', m: 'min', s: 's' },
  zh: { d: '天', h: '小时', m: '分钟', s: '秒' },
}

/** Seconds in the two largest units that matter: `3 d 4 h`, `12 min`, `8 s`. */
export function duration(language: Language, seconds: Known): string {
  if (!isKnown(seconds)) return unknown
  const whole = Math.max(0, Math.floor(seconds))
  const { d, h, m, s } = spans[language]
  const part = (value: number, unit: string): string => `${number(language, value)}\u00A0${unit}`
  const two = (large: number, of: string, small: number, than: string): string =>
    small === 0 ? part(large, of) : `${part(large, of)} ${part(small, than)}`
  if (whole >= day) return two(Math.floor(whole / day), d, Math.floor((whole % day) / hour), h)
  if (whole >= hour) return two(Math.floor(whole / hour), h, Math.floor((whole % hour) / minute), m)
  return whole >= minute ? part(Math.floor(whole / minute), m) : part(whole, s)
}

/** How long ago a Unix second was. Clocks differ by a little: what is in the future is now. */
export function age(language: Language, ts: Known, nowSeconds: number): string {
  return isKnown(ts) ? duration(language, nowSeconds - ts) : unknown
}

/** A Unix second as a local date and time; today as a time alone. */
export function moment(language: Language, ts: Known, nowSeconds = Date.now() / 1000): string {
  if (!isKnown(ts)) return unknown
  const date = new Date(ts * 1000)
  const today = date.toDateString() === new Date(nowSeconds * 1000).toDateString()
  return date.toLocaleString(language, {
    ...(today ? {} : { month: 'short', day: 'numeric' }),
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hour12: false,
  })
}
