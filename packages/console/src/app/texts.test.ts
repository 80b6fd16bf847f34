import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test, vi } from 'vitest'

const source = fileURLToPath(new URL('..', import.meta.url))
const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) =>
  /(^|[/\\])([\w-]*texts\.ts|texts[/\\]index\.ts)$/.test(file),
)

beforeAll(() => {
  // What a page has and texts do not need.
  vi.stubGlobal('navigator', { language: 'en' })
  return () => vi.unstubAllGlobals()
})

/** Every text by its path; of a function that it is one, and how many parameters it takes. */
function textsIn(part: unknown, path = ''): [path: string, text: string][] {
  if (typeof part === 'string') return [[path, part]]
  if (typeof part === 'function') return [[path, `takes ${part.length}`]]
  return Object.entries(part as object).flatMap(([name, value]) => textsIn(value, `${path}.${name}`))
}

test.each(files)('%s says everything in both languages', async (file) => {
  const module: Record<string, { en: unknown; zh: unknown }> = await import(`${source}${file}`)
  const pairs = Object.values(module).filter(
    (value) => typeof value === 'object' && 'en' in value && 'zh' in value,
  )
  expect(pairs.length).toBeGreaterThan(0)
  for (const { en, zh } of pairs) {
    const [one, other] = [textsIn(en), textsIn(zh)]
    expect(other.map(([path]) => path)).toEqual(one.map(([path]) => path))
    const said = new Map(other)
    // Whoever copied a text to translate it later.
    const same = one.filter(
      ([path, text]) => /[a-z]{4,} [a-z]{2,} [a-z]{2,}/.test(text) && said.get(path) === text,
    )
    expect(same.filter(([, text]) => !text.startsWith('guestool '))).toEqual([])
    expect(one.filter(([path, text]) => (text === '') !== (said.get(path) === ''))).toEqual([])
  }
})

test('there are texts', () => {
  expect(files.length).toBeGreaterThan(5)
})
