import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import ts from 'typescript'

/** A regular expression as it stands in a source. */
export interface SourceRegExp {
  /** `packages/server/src/credentials.ts:31`. */
  readonly where: string
  readonly source: string
  readonly flags: string
}

/** Every regular expression of the sources in a folder, tests aside, and every `new RegExp` of something else. */
export function regExpsIn(root: string, folder: string): { literals: SourceRegExp[]; made: string[] } {
  const literals: SourceRegExp[] = []
  const made: string[] = []
  for (const path of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).toSorted()) {
    if (!/\.tsx?$/.test(path) || /\.test\b|\.test-d\b|\.d\.ts$/.test(path)) continue
    const file = join(root, folder, path)
    const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true)
    const at = (node: ts.Node): string => {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart())
      return `${relative(root, file)}:${line + 1}`
    }
    const visit = (node: ts.Node): void => {
      if (ts.isRegularExpressionLiteral(node)) {
        const [, body = '', flags = ''] = /^\/(.*)\/([a-z]*)$/s.exec(node.text) ?? []
        literals.push({ where: at(node), source: body, flags })
      }
      if (ts.isNewExpression(node) && node.expression.getText() === 'RegExp') made.push(at(node))
      ts.forEachChild(node, visit)
    }
    visit(source)
  }
  return { literals, made }
}

/** Whether an expression has a part that may come any number of times: all others are quick. */
export function repeats({ source }: SourceRegExp): boolean {
  const outsideClasses = source.replaceAll(/\\.|\[(?:\\.|[^\]\\])*\]/gs, 'x')
  return /[*+]|\{\d+,\}/.test(outsideClasses)
}

/** The same with counts of 3 at most: what goes wrong with 36 does so with 3, and is found in a hundredth of the time. */
export function shortened(source: string): string {
  return source.replaceAll(/(?<!\\)\{(\d+)(,?)(\d*)\}/g, (_, from: string, comma: string, to: string) => {
    const least = Math.min(3, Number(from))
    return `{${least}${comma}${to === '' ? '' : Math.max(least, Math.min(3, Number(to)))}}`
  })
}
