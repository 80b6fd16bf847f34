import { fileURLToPath } from 'node:url'
import { check } from 'recheck'
import { expect, test } from 'vitest'
import { regExpsIn, repeats, shortened } from './regexps.test.kit.js'

// An expression that tries again from every place takes the square of a text's length, or worse: 16 KB of a header are
// a quarter of a second then. Every one of the sources is looked at, so that a new one is, too.

const root = fileURLToPath(new URL('../../../..', import.meta.url))
const packages = ['core', 'client', 'guest', 'server', 'console', 'cli']
const found = packages.map((name) => regExpsIn(root, `packages/${name}/src`))
const literals = found.flatMap((each) => each.literals)

/** These are slow with long texts, and never get one of a peer: what the user of this side configured or types. */
const ofOnesOwn: Readonly<Record<string, string>> = {
  'packages/cli/src/guest-choice.ts': 'the address of a host, as somebody types it',
  'packages/cli/src/repl/completions.ts': 'a line that somebody types',
  'packages/cli/src/sign-in.ts': 'the address of a host, as somebody types it',
  'packages/client/src/hub.ts': 'the address of a hub, as a program has it',
  'packages/console/src/app/session.ts': 'the path of the page',
  'packages/console/src/browser.ts': 'the address of a hub, as a page has it',
  'packages/console/src/node/index.ts': 'the path of the page, as a program has it',
  'packages/console/src/views/add/address.ts': 'the address of a host, as somebody types it',
  'packages/console/src/views/add/name.ts': 'at most 64 characters',
}

/** Made at run time, of what? */
const made: Readonly<Record<string, string>> = {
  'packages/console/src/views/wire/filter.ts': 'what somebody types, all of it escaped',
  'packages/core/src/opid.ts': 'characters of a fixed number',
}

const fileOf = (where: string): string => where.replace(/:\d+$/, '')

test('regular expressions are found', () => {
  expect(literals.length).toBeGreaterThan(60)
  expect(literals).toContainEqual({
    where: expect.stringMatching(/^packages\/core\/src\/guest-id\.ts:\d+$/),
    source: String.raw`^[\w-][\w.-]{0,63}$`,
    flags: '',
  })
  expect([...new Set(found.flatMap((each) => each.made).map(fileOf))].toSorted()).toEqual(
    Object.keys(made).toSorted(),
  )
})

test('none takes the square of the length of what a peer sent', { timeout: 120_000 }, async () => {
  const slow: string[] = []
  for (const { where, source, flags } of literals.filter(repeats)) {
    const judged = await check(shortened(source), flags, { timeout: null, randomSeed: 1 })
    if (judged.status === 'safe' || ofOnesOwn[fileOf(where)] !== undefined) continue
    slow.push(
      `${where} /${source}/ ${judged.status === 'vulnerable' ? judged.complexity.summary : judged.error.kind}`,
    )
  }
  expect(slow).toEqual([])
})

test('one that does is recognised', async () => {
  for (const source of ['=+$', '^(a+)+$', String.raw`(\s+x)+$`])
    expect((await check(source, '', { timeout: null, randomSeed: 1 })).status).toBe('vulnerable')
})
