import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tokens } from '@guestool/server'
import { afterEach, describe, expect, test } from 'vitest'
import { cleanups, cleanUp, dial, enter, head, Raw, upgradeHeaders, victim } from './attack.test.kit.js'

// A path that two readers read in two ways: one checks it, the other acts on it. So nothing is ever decoded.

afterEach(cleanUp)

const ids: [string, string][] = [
  ['dots', '..'],
  ['a dot', '.'],
  ['a leading dot', '.alpha'],
  ['dots and an id', '../join/alpha'],
  ['encoded dots', '%2e%2e'],
  ['encoded dots and a slash', '%2e%2e%2fjoin%2falpha'],
  ['an encoded slash', 'x%2falpha'],
  ['a doubly encoded slash', 'x%252falpha'],
  ['an encoded letter', '%61lpha'],
  ['a backslash', 'x\\alpha'],
  ['an encoded NUL', 'alpha%00'],
  ['an encoded line', 'alpha%0d%0aX: y'],
  ['a semicolon', 'alpha;x=1'],
  ['a slash at the end', 'alpha/'],
  ['two slashes', '/alpha'],
  ['an overlong UTF-8 dot', '%c0%ae%c0%ae'],
  ['a Cyrillic а', 'аlpha'],
  ['a fullwidth ａ', 'ａlpha'],
  ['an encoded Cyrillic а', '%d0%b0lpha'],
  ['an invisible character', 'al\u200bpha'],
  ['a Unicode slash', 'x\u2215alpha'],
  ['a star', 'al*'],
  ['a comma', 'alpha,beta'],
  ['a fragment', 'alpha#x'],
  ['65 letters', 'x'.repeat(65)],
  ['no letter', ''],
]

describe.each(ids)('an id with %s', (_, id) => {
  test('is refused as the path of an upgrade', async () => {
    const { host, port, errors } = await victim()
    for (const path of [`/join/${id}`, `/guests/${id}`]) {
      const raw = new Raw(port)
      const request = head(`GET ${path} HTTP/1.1`, upgradeHeaders())
      await raw.send(Buffer.from(request, 'utf8'))
      const answer = await raw.answer()
      // Node itself refuses some of what is no path; the host tells by a close code.
      const refused = answer.startsWith('HTTP/1.1 400 ') ? 4400 : await raw.closeCode()
      expect(refused).toBe(4400)
    }
    expect(host.counts).toMatchObject({ guests: 0, consoles: 0 })
    expect(errors).toEqual([])
  })

  test('is refused as the address of a frame', async () => {
    const { host, url } = await victim()
    const alpha = await enter(`${url}/join/alpha`)
    const console = await enter(`${url}/guests`)
    const { opct } = await console.ask(`/guests/${id}/info/time`)
    expect(opct).toMatchObject({ code: expect.stringMatching(/^(malformed|unknown_operation)$/) })
    expect(alpha.texts).toEqual([])
    expect(host.counts.guestFrames.sent).toBe(1)
  })
})

test.each([
  '/JOIN/alpha',
  '//join/alpha',
  '/./join/alpha',
  '/x/../join/alpha',
  '/join%2falpha',
  '/%6aoin/alpha',
])('the path %s is none', async (path) => {
  const { port } = await victim()
  const raw = new Raw(port)
  await raw.send(head(`GET ${path} HTTP/1.1`, upgradeHeaders()))
  expect(await raw.closeCode()).toBe(4404)
})

test('ids that differ in case are two guests, and what is good for one is not for the other', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'guestool-'))
  cleanups.push(() => rm(folder, { recursive: true }))
  const keys = tokens(join(folder, 'tokens.json'))
  const { host, url } = await victim({ authenticate: keys })
  const bearer = async (key: Parameters<typeof keys.add>[0]) => ({
    headers: { authorization: `Bearer ${await keys.add(key)}` },
  })
  const [lower, upper] = [
    await bearer({ role: 'guest', id: 'alpha' }),
    await bearer({ role: 'guest', id: 'Alpha' }),
  ]
  await enter(`${url}/join/alpha`, lower)
  expect(await dial(`${url}/join/Alpha`, lower).closed).toMatchObject({ code: 4403 })
  await enter(`${url}/join/Alpha`, upper)
  expect(host.guests.map(({ id }) => id)).toEqual(['alpha', 'Alpha'])
  const console = await enter(`${url}/guests`, await bearer({ role: 'console', guests: 'alpha,a.c' }))
  for (const id of ['Alpha', 'ALPHA', 'abc']) {
    const answer = await console.ask(`/guests/${id}/info/time`)
    expect(answer.opct).toMatchObject({ code: 'gone' })
  }
  const { opct } = await console.ask('/info/guests', {})
  expect(JSON.stringify(opct)).not.toContain('Alpha')
})

test.each([
  '../*',
  'al%70ha',
  'alpha/..',
  '(a+)+$',
  'a|b',
  '[a-z]*',
  '^alpha$',
  'alpha\n',
  ',',
  '',
  '\u0000',
])('the pattern %j is none', async (guests) => {
  const { url } = await victim()
  await enter(`${url}/join/alpha`)
  const console = await enter(`${url}/guests`)
  for (const [opnm, opct] of [
    ['/info/guests', { guests }],
    ['/info/timeline', { guests }],
    ['/action/subscribe', { guests }],
  ] as const) {
    const answer = await console.ask(opnm, opct)
    expect(answer.opct).toMatchObject({ code: 'invalid_params' })
  }
})

test('a pattern is not a program: one that is hard for regular expressions costs nothing', async () => {
  const { url } = await victim()
  for (let i = 0; i < 50; i++) await enter(`${url}/join/${'a'.repeat(60)}-${i}`)
  const console = await enter(`${url}/guests`)
  const { opct } = await console.ask('/info/guests', { guests: `${'*a'.repeat(31)}*b` })
  expect(opct).toEqual([])
  const tooMany = await console.ask('/info/guests', { guests: `${'*a'.repeat(32)}*b` })
  expect(tooMany.opct).toMatchObject({ code: 'invalid_params' })
  // And a frame whose path is long is no more than that.
  const long = await console.ask(`/guests/${'../'.repeat(100_000)}info/time`)
  expect(JSON.stringify(long).length).toBeLessThan(1_000)
})
