import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

// As much of Markdown as this project writes: fences, headings, links and tables, each on lines of its own.

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** A fenced block: three backticks, a language, and words that say what a test does with it. */
export interface Fence {
  /** Where it is, as a test's name says it: `docs/protocol.md:12`. */
  readonly where: string
  readonly language: string
  readonly words: readonly string[]
  readonly body: string
}

export interface Link {
  readonly where: string
  readonly target: string
}

export class Page {
  /** The path from the root of the project. */
  readonly path: string
  readonly text: string
  readonly fences: readonly Fence[]
  /** The text without its fences, line by line: what is in a fence is empty here. */
  readonly prose: readonly string[]

  constructor(path: string) {
    this.path = path
    this.text = readFileSync(join(root, path), 'utf8')
    const fences: Fence[] = []
    const prose: string[] = []
    let open: { where: string; info: string; lines: string[] } | undefined
    for (const [i, line] of this.text.split('\n').entries()) {
      const info = /^\s*```(.*)$/.exec(line)?.[1]
      if (open === undefined && info !== undefined) open = { where: `${path}:${i + 1}`, info, lines: [] }
      else if (open !== undefined && info !== undefined) {
        const [language = '', ...words] = open.info.trim().split(/\s+/)
        fences.push({ where: open.where, language, words, body: open.lines.join('\n') })
        open = undefined
      } else open?.lines.push(line)
      prose.push(open === undefined && info === undefined ? line : '')
    }
    if (open !== undefined) throw new Error(`${open.where}: this fence is never closed`)
    this.fences = fences
    this.prose = prose
  }

  /** What a link to a heading of this page may say after `#`, as GitHub makes it. */
  get anchors(): ReadonlySet<string> {
    const anchors = new Set<string>()
    for (const line of this.prose) {
      const heading = /^#{1,6}\s+(.*)$/.exec(line)?.[1]
      if (heading === undefined) continue
      const slug = slugOf(heading)
      let anchor = slug
      for (let n = 1; anchors.has(anchor); n++) anchor = `${slug}-${n}`
      anchors.add(anchor)
    }
    return anchors
  }

  get links(): Link[] {
    return this.prose.flatMap((line, i) =>
      [...line.replaceAll(/`[^`]*`/g, '').matchAll(/\]\(([^()\s]+)\)/g)].map(([, target = '']) => ({
        where: `${this.path}:${i + 1}`,
        target,
      })),
    )
  }

  /** The lines below a heading, down to the next one of the same depth or above. */
  section(heading: string): readonly string[] {
    const start = this.prose.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading)
    const depth = /^#+/.exec(this.prose[start] ?? '')?.[0].length
    if (depth === undefined) throw new Error(`${this.path} has no heading "${heading}"`)
    const rest = this.prose.slice(start + 1)
    const end = rest.findIndex((line) => /^#+ /.test(line) && (/^#+/.exec(line)?.[0].length ?? 0) <= depth)
    return end < 0 ? rest : rest.slice(0, end)
  }

  /** The rows of the tables below a heading that begin with this column: cells by column name. */
  rows(heading: string, firstColumn: string): Map<string, string>[] {
    const rows: Map<string, string>[] = []
    let columns: string[] | undefined
    for (const line of this.section(heading)) {
      const cells = /^\s*\|(.*)\|\s*$/.exec(line)?.[1]?.split(/(?<!\\)\|/)
      if (cells === undefined) columns = undefined
      else if (columns === undefined) columns = cells.map((cell) => cell.trim())
      else if (columns[0] === firstColumn && !/^[\s|:-]+$/.test(line))
        rows.push(new Map(columns.map((name, i) => [name, cells[i]?.trim() ?? ''])))
    }
    return rows
  }
}

/** What stands in backticks. */
export function codes(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)
}

/** Every page of the project. */
export function allPages(): Page[] {
  const skipped = new Set(['node_modules', 'dist', 'fixtures', 'recordings'])
  const found: string[] = []
  const visit = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.name.startsWith('.') || skipped.has(entry.name)) continue
      if (entry.isDirectory()) visit(join(folder, entry.name))
      else if (entry.name.endsWith('.md')) found.push(relative(root, join(folder, entry.name)))
    }
  }
  visit(root)
  return found.toSorted().map((path) => new Page(path))
}

function slugOf(heading: string): string {
  return heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-')
}
