import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { allPages, Page, root, type Link } from './test/markdown.js'

const pages = allPages()

/** What is wrong with a link, or undefined. Links that leave the project are not followed: tests need no network. */
function problemOf({ where, target }: Link): string | undefined {
  if (/^[a-z]+:/.test(target)) return undefined
  const [path = '', anchor] = target.split('#')
  const from = where.replace(/:\d+$/, '')
  const file = path === '' ? join(root, from) : join(root, dirname(from), path)
  if (relative(root, file).startsWith('..')) return `${where}: ${target} leads out of the project`
  if (!existsSync(file)) return `${where}: there is no ${target}`
  if (anchor === undefined) return undefined
  if (!file.endsWith('.md')) return `${where}: ${target} has an anchor, and is no page`
  return new Page(relative(root, file)).anchors.has(anchor) ? undefined : `${where}: there is no ${target}`
}

test('links of all pages lead somewhere', () => {
  const links = pages.flatMap((page) => page.links)
  expect(links.length).toBeGreaterThan(50)
  expect(links.map(problemOf).filter((problem) => problem !== undefined)).toEqual([])
})

test('every page of docs can be reached from the README', () => {
  const reached = new Set(['README.md'])
  for (const path of reached) {
    for (const { target } of new Page(path).links) {
      const file = relative(root, join(root, dirname(path), target.replace(/#.*/, '')))
      if (file.endsWith('.md') && existsSync(join(root, file))) reached.add(file)
    }
  }
  const docs = pages.map(({ path }) => path).filter((path) => path.startsWith('docs/'))
  expect(docs.filter((path) => !reached.has(path))).toEqual([])
})

test('docstrings that name a section of docs name one that is there', () => {
  const sources = readdirSync(join(root, 'packages'), { recursive: true, encoding: 'utf8' })
    .filter((path) => /^\w+\/src\/.*\.ts$/.test(path))
    .map((path) => join('packages', path))
    .filter((path) => statSync(join(root, path)).isFile())
  const links = sources.flatMap((path) =>
    [...readFileSync(join(root, path), 'utf8').matchAll(/docs\/[\w-]+\.md(#[\w-]+)?/g)].map(([target]) => ({
      path,
      target,
    })),
  )
  expect(links.length).toBeGreaterThan(0)
  const wrong = links.filter(({ target }) => problemOf({ where: 'README.md:1', target }) !== undefined)
  expect(wrong).toEqual([])
})
