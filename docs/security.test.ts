import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { limits } from '@guestool/core'
import { expect, test } from 'vitest'
import { Page, root } from './test/markdown.js'

const security = new Page('docs/security.md')

/** As the page writes numbers: 10 000. */
const number = (value: number) => String(value).replaceAll(/(?<=\d)(?=(\d{3})+$)/g, ' ')
const seconds = (ms: number) => `${number(ms / 1000)} s`
const mebibytes = (bytes: number) => `${number(bytes / 2 ** 20)} MiB`
const days = (ms: number) => `${number(ms / 86_400_000)} days`

test.each([
  `takes longer than ${seconds(limits.helloTimeout)}`,
  `the other does not answer for ${seconds(limits.claimTimeout)}`,
  `in ${days(limits.consoleTokenLifetime)} unless told otherwise`,
  `One is forgotten every ${seconds(limits.failedAttemptForgotten)}`,
  `of the latest ${number(limits.failedAddresses)} addresses`,
  `frames over ${mebibytes(limits.maxPayload)} are closed with 1009`,
  `faster than ${number(limits.messagesPerSecond)} messages a second`,
  `leaves more than ${mebibytes(limits.queuedBytes)} unread is closed with 1013`,
  `After ${limits.failedAttempts === 10 ? 'ten' : limits.failedAttempts} that failed from one address`,
])('it says: %s', (words) => {
  expect(security.text).toContain(words)
})

test('every attack in the table is a test that exists, and every test of an attack is in the table', () => {
  const attacks = security.rows('Attacks that are tried', 'attack')
  const tests = attacks.map((row) =>
    [...(row.get('test') ?? '').matchAll(/\]\(\.\.\/([^)]+\.test\.ts)\)/g)].map(([, path = '']) => path),
  )
  expect(attacks.filter((row, i) => tests[i]?.length === 0 || !row.get('what happens'))).toEqual([])
  expect(tests.flat().filter((path) => !existsSync(join(root, path)))).toEqual([])
  const room = 'packages/reliability/src/attack'
  const there = readdirSync(join(root, room)).filter((name) => name.endsWith('.test.ts'))
  expect(there.filter((name) => !tests.flat().includes(`${room}/${name}`))).toEqual([])
})
