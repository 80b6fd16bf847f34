import prettyBytes from 'pretty-bytes'

// What a guest sends is any text: a process may call itself "\x1b[2J". Controls, invisible and direction marks, and
// halves of surrogate pairs become one visible character each, before anything reaches a terminal.
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu

/** Any text of anybody's, safe for a terminal: every one that came from outside goes through this. */
export function printable(text: string): string {
  return text.replace(unprintable, '\u{fffd}')
}

export function bytes(count: number): string {
  return prettyBytes(count, { binary: true, minimumFractionDigits: 1, maximumFractionDigits: 1 })
}

export function percent(value: number): string {
  return `${value.toFixed(1)} %`
}

/** Seconds as `24s`, `5m 04s`, `3h 05m` or `2d 03h`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  if (whole < 60) return `${whole}s`
  if (whole < 3_600) return `${Math.floor(whole / 60)}m ${two(whole % 60)}s`
  if (whole < 86_400) return `${Math.floor(whole / 3_600)}h ${two((whole % 3_600) / 60)}m`
  return `${Math.floor(whole / 86_400)}d ${two((whole % 86_400) / 3_600)}h`
}

function two(value: number): string {
  return String(Math.floor(value)).padStart(2, '0')
}

/** A part of 100 as a row of blocks. */
export function bar(value: number, width: number): string {
  const full = Math.round((Math.min(100, Math.max(0, value)) / 100) * width)
  return '█'.repeat(full) + '░'.repeat(width - full)
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}
