import Table from 'cli-table3'
import picocolors from 'picocolors'

/** Whether somebody sees what is written to a stream, on something that can move a cursor. */
export function isTerminal(stream: NodeJS.WriteStream): boolean {
  // It is undefined in a pipe, whatever its type says.
  return stream.isTTY ? process.env['TERM'] !== 'dumb' : false
}

/** Colours where somebody sees them, unless NO_COLOR or FORCE_COLOR (0 is no) says otherwise. */
function colours(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR, FORCE_COLOR } = process.env
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0'
  return isTerminal(stream)
}

/** Colours of what goes to standard output. */
export const paint = picocolors.createColors(colours(process.stdout))
/** Colours of what goes to standard error. */
export const paintError = picocolors.createColors(colours(process.stderr))
export type Paint = typeof paint

/** One line, or several, to standard output. Texts of others go through `printable` first. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** One line to standard error: what is no result. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`)
}

/** One JSON document; its escapes are harmless to a terminal. */
export function printJson(value: unknown): void {
  print(harmless(JSON.stringify(value, undefined, 2)))
}

/** One line of JSON lines. */
export function printJsonLine(value: unknown): void {
  print(harmless(JSON.stringify(value)))
}

/** JSON leaves some controls as they are (DEL, C1, direction marks): they are escaped, which means the same. */
function harmless(json: string): string {
  return json.replace(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, (char) =>
    char
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  )
}

const noBorders = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid']
    .flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`])
    .map((part) => [part, ''])
    .concat([
      ['left-mid', ''],
      ['mid-mid', ''],
      ['right-mid', ''],
      ['middle', '  '],
    ]),
)

/** Columns without borders. */
export function table(rows: readonly (readonly string[])[], head?: readonly string[]): string {
  const made = new Table({
    chars: noBorders,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  })
  if (head !== undefined) made.push(head.map((name) => paint.bold(name)))
  made.push(...rows.map((row) => [...row]))
  return made
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
}
