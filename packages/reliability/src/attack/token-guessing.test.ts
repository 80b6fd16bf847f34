import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tokens, type HostOptions } from '@guestool/server'
import { VirtualClock } from '@guestool/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { cleanups, cleanUp, dial, enter, victim } from './attack.test.kit.js'

// By each way a token travels, and behind proxies: packages/server/src/door.test.ts.

let good: string
let options: HostOptions

beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'guestool-'))
  cleanups.push(() => rm(folder, { recursive: true }))
  const keys = tokens(join(folder, 'tokens.json'))
  good = await keys.add({ role: 'console' })
  options = { authenticate: keys, clock: new VirtualClock() }
})

afterEach(cleanUp)

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })

test('two hundred guesses at once, the right one among them: no more than ten are told apart', async () => {
  const { host, url } = await victim(options)
  const key = good.slice(0, -43)
  const guesses = [...Array(200)].map((_, n) => `${key}${String(n).padStart(43, 'A')}`)
  const lines = guesses.map((guess) => dial(`${url}/guests`, bearer(guess)))
  lines.push(dial(`${url}/guests`, bearer(good)))
  const heard = await Promise.all(lines.map(async ({ closed }) => (await closed).code))
  expect(heard.filter((code) => code === 4401)).toHaveLength(10)
  expect(heard.filter((code) => code === 4429)).toHaveLength(191)
  expect(host.counts.consoles).toBe(0)
})

test('an unknown key, a wrong secret, a part of the token and more than it are told the same', async () => {
  const { url } = await victim(options)
  const wrong = [
    `guestool_zzzzzzzz.${good.slice(-43)}`,
    `${good.slice(0, -43)}${'A'.repeat(43)}`,
    good.slice(0, -1),
    `${good}A`,
    good.toUpperCase(),
    good.slice(-43),
    `guestool___proto__.${good.slice(-43)}`,
    'x'.repeat(512),
  ]
  const heard = new Set<string>()
  for (const token of wrong) {
    const { code, reason } = await dial(`${url}/guests`, bearer(token)).closed
    heard.add(`${code} ${reason}`)
  }
  expect([...heard]).toEqual(['4401 this token is not valid, or was revoked; get a new one and send it'])
  await enter(`${url}/guests`, bearer(good))
})
