import { lstat, readFile, realpath, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { textOf } from '@guestool/core'
import { codeOf, writePrivately } from './data-folder.js'
import { Problem } from './failure.js'

/** The setting of the public Python guest: where it joins. */
const settingName = 'GUEST_CONNECTION_HOSTURL'

/** The line that a guest reads its address from. */
export function settingLine(url: string): string {
  return `${settingName}=${url}`
}

/** @throws {Problem} when the folder of a dotenv file is not there */
export async function checkFolder(path: string): Promise<void> {
  const folder = dirname(path)
  const found = await stat(folder).catch(() => undefined)
  if (found?.isDirectory() !== true)
    throw new Problem(
      'usage',
      `cannot write ${path}: there is no folder ${folder}; make it, or see to the path`,
    )
}

/**
 * Writes the line into a dotenv file, in place of the one that is there, and keeps everything else as it is. A new file
 * is for its owner alone, because a token is in it.
 *
 * @throws {Problem} when it cannot be read or written; it is as it was then
 */
export async function writeSetting(path: string, url: string): Promise<void> {
  const real = await realFile(path)
  let text = ''
  let before: { mode: number; uid: number; gid: number } | undefined
  try {
    text = await readFile(real, 'utf8')
    before = await stat(real)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw new Problem('failed', `cannot read ${path}: ${textOf(error)}`)
  }
  await writePrivately(real, withSetting(text, url), before)
}

/** What a link leads to: it stays a link. */
async function realFile(path: string): Promise<string> {
  const link = await lstat(path).catch(() => undefined)
  if (link?.isSymbolicLink() !== true) return path
  try {
    return await realpath(path)
  } catch (error) {
    throw new Problem(
      'failed',
      `${path} is a link to nowhere; make the file that it leads to: ${textOf(error)}`,
    )
  }
}

/** The text of a dotenv file with the line in it: instead of the first that there is, and of all others. */
export function withSetting(text: string, url: string): string {
  const line = settingLine(url)
  const entries = entriesOf(text)
  const first = entries.findIndex(isSetting)
  const end = /\r\n/.test(text) ? '\r\n' : '\n'
  if (first < 0) {
    const separator = text === '' || text === '\ufeff' || /[\r\n]$/.test(text) ? '' : end
    return `${text}${separator}${line}${end}`
  }
  return entries
    .flatMap((entry, at) => {
      if (!isSetting(entry)) return [entry]
      const [ending = ''] = /(\r\n|\n|\r)?$/.exec(entry) ?? []
      const mark = entry.startsWith('\ufeff') ? '\ufeff' : ''
      return at === first ? [`${mark}${line}${ending}`] : []
    })
    .join('')
}

// Names are the same in any case to the one who reads them.
const assignment = /^\ufeff?[ \t]*(?:export[ \t]+)?([^\s=#'"]+|'[^'\r\n]*')[ \t\r\n]*(?:=[ \t]*(.*))?$/s

function isSetting(entry: string): boolean {
  const [, name = ''] = assignment.exec(entry) ?? []
  return name.replace(/^'(.*)'$/, '$1').toUpperCase() === settingName
}

/** The lines with their ends; a value in quotes may go on over several, which are one entry then. */
function entriesOf(text: string): string[] {
  const entries: string[] = []
  let rest = text
  while (rest !== '') {
    const [line = rest] = /^[^\r\n]*(\r\n|\r|\n)?/.exec(rest) ?? []
    const [, , value = ''] = assignment.exec(line) ?? []
    const quote = value[0]
    let length = line.length
    if (quote === '"' || quote === "'") {
      const begin = line.length - value.length
      const [quoted] =
        (quote === '"' ? /^"(\\[^]|[^"\\])*"/ : /^'(\\[^]|[^'\\])*'/).exec(rest.slice(begin)) ?? []
      // Without an end it is no quoted value, and its line is a line.
      if (quoted !== undefined) {
        const after = rest.slice(begin + quoted.length)
        const [tail = ''] = /^[^\r\n]*(\r\n|\r|\n)?/.exec(after) ?? []
        length = begin + quoted.length + tail.length
      }
    }
    entries.push(rest.slice(0, length))
    rest = rest.slice(length)
  }
  return entries
}
