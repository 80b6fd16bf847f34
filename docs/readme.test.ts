import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text as allOf } from 'node:stream/consumers'
import { guestool, hub, type Contract } from '@guestool/core'
import { describe, expect, test } from 'vitest'
import { fieldsOf, paramsOf } from './test/contract.js'
import { allPages, codes, Page, root } from './test/markdown.js'
import { samplesOf } from './test/samples.js'

const readme = new Page('README.md')
const short = (name: string): string => name.replace('@guestool/', '')

test(
  'what it says to paste works in a file of its own, with the packages as they are built',
  { timeout: 30_000 },
  async () => {
    const [pasted, ...others] = samplesOf(readme).filter(({ runs }) => runs)
    expect(others).toEqual([])
    const program = spawn(process.execPath, ['--input-type=module', '-'], { cwd: root })
    program.stdin.end(pasted?.code)
    const [[code], output, errors] = await Promise.all([
      once(program, 'close'),
      allOf(program.stdout),
      allOf(program.stderr),
    ])
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    expect(output).toMatch(/mem: \{\n +total: \d+,[^]*cpu_percent: [\d.]+,/)
  },
)

test('what it says to type in a browser is what examples/browser shows, and its test types', () => {
  const page = readFileSync(join(root, 'examples/browser/index.html'), 'utf8')
  const snippet = readme.fences.find(({ words }) => words.includes('browser'))
  expect(snippet?.body).toMatch(/createClient/)
  expect(page).toContain(snippet?.body)
})

test.each<[string, Contract]>([
  ['info', guestool],
  ['of a hub', hub],
])('%s: it lists all with their parameters, defaults and fields, and none besides', (column, contract) => {
  const rows = readme.rows('What can be asked', column).map((row) => ({
    info: codes(row.get(column) ?? '')[0],
    params: codes(row.get('parameters (default)') ?? ''),
    fields: [...new Set(codes(row.get('result') ?? ''))].toSorted(),
  }))
  expect(rows).toEqual(
    [...contract.info.values()].map((info) => ({
      info: info.name,
      params: paramsOf(info).flatMap(({ name, fallback }) =>
        fallback === undefined ? [name] : [name, fallback],
      ),
      fields: [...new Set(fieldsOf(info).flatMap(({ path }) => path.match(/\w+/g) ?? []))].toSorted(),
    })),
  )
})

test('it names every action', () => {
  const named = readme
    .section('What can be asked')
    .flatMap((line) => codes(line))
    .filter((code) => code.includes('/'))
  expect(named).toEqual([...guestool.action.keys()])
})

describe('packages', () => {
  interface Manifest {
    readonly name: string
    readonly private?: boolean
    readonly exports: Readonly<Record<string, unknown>>
    readonly dependencies: Readonly<Record<string, string>>
    readonly peerDependencies: Readonly<Record<string, string>>
  }

  const published = readdirSync(join(root, 'packages'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }): Manifest =>
      JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8')),
    )
    .filter((manifest) => manifest.private !== true)

  test('the README lists those that are published', () => {
    const listed = readme.rows('Packages', 'package').map((row) => codes(row.get('package') ?? '')[0])
    expect(listed.toSorted()).toEqual(published.map(({ name }) => name).toSorted())
  })

  test('the architecture page says what each depends on', () => {
    const told = new Page('docs/architecture.md')
      .rows('Rooms', 'package')
      .map((row) => [codes(row.get('package') ?? '')[0], codes(row.get('depends on') ?? '')])
    const real = published.map(({ name, dependencies, peerDependencies }) => [
      short(name),
      Object.keys({ ...dependencies, ...peerDependencies })
        .map(short)
        .toSorted(),
    ])
    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(real))
  })

  test('pages name entries that are there', () => {
    const entries = new Set(
      published.flatMap(({ name, exports }) => Object.keys(exports).map((key) => join(name, key))),
    )
    const named = allPages().flatMap(({ path, text }) =>
      [...text.matchAll(/@guestool\/[a-z]+(\/[a-z]+)?(?![\w-])/g)].map(([entry]) => ({ path, entry })),
    )
    expect(named.length).toBeGreaterThan(20)
    expect(named.filter(({ entry }) => !entries.has(entry))).toEqual([])
  })
})
