import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decode, limits, Malformed, wireCodes, type ErrorCode, type WireCode } from '@guestool/core'
import { afterEach, describe, expect, test } from 'vitest'
import { parseExchange } from './test/exchange.js'
import { codes, Page, root } from './test/markdown.js'
import { problemsIn, sampleAt, samplesOf, World } from './test/samples.js'

const readme = new Page('README.md')
const gettingStarted = new Page('docs/getting-started.md')
const hosting = new Page('docs/hosting.md')
const protocol = new Page('docs/protocol.md')
const packages = ['server', 'guest', 'client', 'core', 'testing'].map(
  (name) => new Page(`packages/${name}/README.md`),
)

/** The page's interfaces, and every message that a real peer says on it, for the compiler to compare. */
function protocolTypes() {
  const interfaces = protocol.fences.filter(({ language }) => language === 'ts').map(({ body }) => body)
  const lists = ([1, 2] as const).map((revision) => {
    const names = [...interfaces.join('\n').matchAll(/^interface (\w+)(\d) /gm)]
    const union = names
      .filter(([, , number]) => number === `${revision}`)
      .map(([, name]) => `${name}${revision}`)
    const frames = protocol.fences
      .filter(({ words }) => words[0] === 'exchange')
      .map(parseExchange)
      .filter((exchange) => exchange.revision === revision)
      .flatMap(({ steps, real }) =>
        steps.flatMap((step) => (step.type === 'frame' && real.includes(step.from) ? [step.text] : [])),
      )
      .filter((frame) => !(decode(frame) instanceof Malformed))
    expect(frames.length).toBeGreaterThan(10)
    return `export const frames${revision}: (${union.join(' | ')})[] = [${frames.join(',\n')}]`
  })
  const code = [...interfaces, ...lists].join('\n\n')
  return { where: 'the interfaces of docs/protocol.md', path: sampleAt(protocol, 'protocol.ts'), code }
}

test(
  'samples compile, and so do the protocol page’s interfaces with its messages',
  { timeout: 30_000 },
  () => {
    const samples = [readme, gettingStarted, hosting, ...packages].flatMap(samplesOf)
    expect(samples.length).toBeGreaterThan(15)
    expect(problemsIn([...samples, protocolTypes()])).toEqual([])
  },
)

// Real sockets and real samples: seconds on a busy machine.
describe('samples run', { timeout: 30_000 }, () => {
  let world = new World()

  afterEach(async () => {
    await world.close()
    expect(world.errors).toEqual([])
    world = new World()
  })

  const runAll = async (...pages: Page[]): Promise<void> => {
    for (const sample of pages.flatMap(samplesOf)) if (sample.runs) await world.run(sample)
  }

  test('getting started', async () => {
    await runAll(gettingStarted)
    await world.prints(/^alpha joined: \S/)
    expect(world.printed.filter((line) => !line.startsWith('alpha joined'))).toEqual([
      expect.stringMatching(/^guests join at ws:\/\/127\.0\.0\.1:\d+\/join\/\{id\}, consoles ask at/),
      'guest: open',
      expect.stringMatching(/^cpu [\d.]+ %, memory [\d.]+ %$/),
      expect.stringMatching(/^\d+$/),
      'no such guest is connected',
      'gpu 1: 12.5 %',
      'guest: hello',
      'bot 10001 is online',
    ])
  })

  test('hosting', async () => {
    await runAll(hosting)
    expect(world.printed).toEqual([expect.stringMatching(/^guests join at ws:\/\/127\.0\.0\.1:\d+\/join/)])
  })

  test('the packages’ own pages', async () => {
    await runAll(...packages)
    await world.prints(/^alpha \{"mem":/)
    expect(world.printed.filter((line) => !line.startsWith('alpha'))).toEqual([
      'guest: open',
      expect.stringMatching(/^\{"cpu_percent":/),
      'expired',
      'unknown',
    ])
  })
})

test('getting started explains every error code', () => {
  // The compiler sees to it that none is missing here.
  const all: Record<ErrorCode, true> = {
    ...(Object.fromEntries(wireCodes.map((code) => [code, true])) as Record<WireCode, true>),
    timeout: true,
    aborted: true,
    invalid_result: true,
    connection_lost: true,
    connect_timeout: true,
    refused: true,
    closed: true,
  }
  const rows = gettingStarted.rows('When something goes wrong', 'code')
  expect(rows.map((row) => codes(row.get('code') ?? '')[0]).toSorted()).toEqual(Object.keys(all).toSorted())
})

describe('hosting', () => {
  test('shows lines of the configuration of nginx that is tested', () => {
    const conf = readFileSync(join(root, 'examples/nginx/guestool.conf'), 'utf8')
    const lines = hosting.fences.find(({ language }) => language === 'nginx')?.body.split('\n') ?? []
    expect(lines.length).toBeGreaterThan(5)
    expect(
      lines.map((line) => line.replace(/ *#.*/, '').trim()).filter((line) => !conf.includes(line)),
    ).toEqual([])
  })

  test('says the defaults as they are', () => {
    const told = hosting.rows('Limits', 'option').map((row) => {
      const name = codes(row.get('option') ?? '')[0] ?? ''
      return [name, row.get('default')]
    })
    const real = new Map<string, unknown>(Object.entries(limits))
    expect(told.length).toBeGreaterThan(4)
    expect(told).toEqual(told.map(([name = '']) => [name, String(real.get(name))]))
  })
})
