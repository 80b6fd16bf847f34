import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

// What style.md asks of core's sources and the compiler cannot see.

const folder = new URL('./', import.meta.url)
const sources = readdirSync(folder, { recursive: true })
  .map(String)
  .filter((name) => name.endsWith('.ts') && !/\.(test|test-d|d)\.ts$/.test(name))
  .map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }))

/** The code without comments and without what stands in quotes. */
const code = (text: string): string =>
  text
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/^\s*\/\/.*$/gm, '')
    .replaceAll(/'(?:[^'\\\n]|\\.)*'/g, "''")
    .replaceAll(/(\s)\/\/ .*$/gm, '$1')

const imported = (text: string): string[] =>
  [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].flatMap(([, name]) =>
    name === undefined ? [] : [name],
  )

const naming = (pattern: RegExp): string[] =>
  sources.filter(({ text }) => pattern.test(code(text))).map(({ name }) => name)

test('there are sources to look at', () => {
  expect(sources.length).toBeGreaterThan(25)
})

const manifest: Record<'imports' | 'dependencies' | 'peerDependencies', object> = JSON.parse(
  readFileSync(new URL('../package.json', folder), 'utf8'),
)
const declared = ['imports', 'dependencies', 'peerDependencies'].flatMap((part) =>
  Object.keys(manifest[part as keyof typeof manifest]),
)

describe('core imports neither side', () => {
  test('by its manifest', () => {
    expect(
      declared.filter(
        (name) =>
          ![
            '#eventemitter3',
            '#fresh-opid',
            '#generated',
            '#ledger',
            '#zod',
            '#websocket',
            'zod',
            'nanoid',
            'eventemitter3',
          ].includes(name),
      ),
    ).toEqual([])
  })

  test.each(sources.map(({ name, text }) => [name, imported(text)] as const))('%s', (_name, names) => {
    const foreign = names.filter((name) => !/^\.{1,2}\//.test(name))
    const undeclared = foreign.filter(
      (name) => !declared.some((known) => name === known || name.startsWith(`${known}/`)),
    )
    expect(undeclared).toEqual([])
  })

  test('and nothing outside its folder', () => {
    const outside = sources.flatMap(({ name, text }) =>
      imported(text)
        .filter((path) => path.startsWith('.'))
        .filter((path) => !new URL(path, new URL(name, folder)).pathname.startsWith(folder.pathname))
        .map((path) => `${name}: ${path}`),
    )
    expect(outside).toEqual([])
  })
})

test('JSON of frames is made and read in codec.ts only, that of recordings in recording.ts', () => {
  expect(naming(/\bJSON\b/)).toEqual(['codec.ts', 'recording.ts'])
})

test('only clock.ts names the globals of time', () => {
  const globals =
    /\b(setTimeout|clearTimeout|setInterval|clearInterval|setImmediate|performance|Date|requestAnimationFrame)\b/
  expect(naming(globals)).toEqual(['clock.ts'])
})

test('nothing prints, nothing is thrown away by cast in the codec, no class of zod is asked for', () => {
  expect(naming(/\bconsole\b/)).toEqual([])
  expect(
    sources.filter(({ name, text }) => name === 'codec.ts' && /\bas (?!const\b)/.test(code(text))),
  ).toEqual([])
  expect(naming(/instanceof \$?Zod/)).toEqual([])
})

test('only the adapter for Node names what is Node’s', () => {
  expect(naming(/\b(process|Buffer|require|globalThis\.process)\b/)).toEqual(['websocket-node.ts'])
})

test('files are kebab-case nouns, and no module is exported by default', () => {
  expect(sources.filter(({ name }) => !/^([a-z0-9-]+\/)?[a-z0-9-]+\.ts$/.test(name))).toEqual([])
  expect(naming(/export default/)).toEqual([])
})
