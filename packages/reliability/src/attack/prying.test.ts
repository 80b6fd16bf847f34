import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tokens } from '@guestool/server'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { cleanups, cleanUp, enter, victim, type Line } from './attack.test.kit.js'

// A console that may see some guests wants to know of others: whatever it asks, one that it may not see is one that is
// not there.

let prying: Line
let hidden: Line
let seen: Line
let admin: Line
let add: (
  key: Parameters<ReturnType<typeof tokens>['add']>[0],
) => Promise<{ headers: { authorization: string } }>
let url: string

beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'guestool-'))
  cleanups.push(() => rm(folder, { recursive: true }))
  const keys = tokens(join(folder, 'tokens.json'))
  const at = await victim({ authenticate: keys, history: true })
  url = at.url
  add = async (key) => ({ headers: { authorization: `Bearer ${await keys.add(key)}` } })
  seen = await enter(`${url}/join/team-1`, await add({ role: 'guest', id: 'team-1' }))
  hidden = await enter(`${url}/join/secret`, await add({ role: 'guest', id: 'secret' }))
  // Known, and not here.
  await keys.add({ role: 'guest', id: 'expected' })
  prying = await enter(`${url}/guests`, await add({ role: 'console', guests: 'team-*', actions: true }))
  admin = await enter(
    `${url}/guests`,
    await add({ role: 'console', guests: 'team-*', actions: true, admin: true }),
  )
  cleanups.push(() => expect(at.errors).toEqual([]))
})

afterEach(cleanUp)

const requests: ((id: string) => [string, object])[] = [
  (id) => [`/guests/${id}/info/time`, {}],
  (id) => [`/guests/${id}/info/strange`, {}],
  (id) => [`/guests/${id}/info/cpu`, { smptime: 'x' }],
  (id) => [`/guests/${id}/action/x`, {}],
  (id) => ['/info/history', { guest: id }],
  (id) => ['/info/history', { guest: id, minutes: 0 }],
  (id) => ['/info/guests', { guests: id }],
  (id) => ['/info/guests', { guests: `${id.slice(0, 3)}*` }],
  (id) => ['/info/guests', { after: id.slice(0, -1), limit: 1 }],
  (id) => ['/info/vitals', { guests: id }],
  (id) => ['/info/timeline', { guests: id }],
  (id) => ['/action/subscribe', { guests: id }],
  (id) => ['/action/remove_guest', { guest: id }],
  (id) => ['/action/add_guest', { guest: id }],
]

test('whatever it asks about one that it may not see, it learns nothing', async () => {
  // As long as those, so that nothing else differs.
  const pairs = [
    ['secret', 'secreu'],
    ['expected', 'expectee'],
  ] as const
  for (const console of [prying, admin]) {
    const told = async (request: (typeof requests)[number], id: string): Promise<string> => {
      const { opnm, opct } = await console.ask(...request(id))
      return JSON.stringify([opnm, opct]).replaceAll(id, '{id}')
    }
    for (const request of requests)
      for (const [there, absent] of pairs)
        expect(await told(request, there)).toBe(await told(request, absent))
  }
  const ofTheHost = /"\/info\/(memory|cpu|bots|recv_events|apicall|time)"/
  expect(hidden.texts.filter((text) => !ofTheHost.test(text))).toEqual([])
})

test('what changes of others is not told, nor counted, and moves nothing', async () => {
  await prying.ask('/action/subscribe', { guests: '*' })
  const before = await prying.ask('/info/hub')
  expect(before.opct).toMatchObject({ guests: { alive: 1, unresponsive: 0, gone: 0 } })
  const guests = await prying.ask('/info/guests')
  expect((guests.opct as { id: string }[]).map(({ id }) => id)).toEqual(['team-1'])
  hidden.send('/event/bot_online', { bot: 'x' })
  hidden.send('/event/guest_joined', { id: 'team-1' })
  await hidden.ask('/greet/hello')
  hidden.socket.close(4000, 'off')
  await hidden.closed
  const more = await enter(`${url}/join/other`, await add({ role: 'guest', id: 'other' }))
  // Answered after all that was told of it.
  await more.ask('/greet/hello')
  const after = await prying.ask('/info/hub')
  expect(after.opct).toMatchObject({ guests: { alive: 1, unresponsive: 0, gone: 0 } })
  expect(prying.texts).toEqual([])
  const { opct } = await prying.ask('/info/timeline')
  expect(JSON.stringify(opct)).not.toMatch(/secret|other|expected/)
  seen.send('/event/bot_online', { bot: 'x' })
  expect(await prying.next()).toContain('/guests/team-1/event/bot_online')
})

test('the entrance of one guest says no more than that of all', async () => {
  const token = await add({ role: 'console', guests: 'team-*', actions: true })
  const [one, none] = [await enter(`${url}/guests/secret`, token), await enter(`${url}/guests/secreu`, token)]
  for (const opnm of ['/info/time', '/info/strange', '/action/x', '/nonsense']) {
    const [told, expected] = [await one.ask(opnm), await none.ask(opnm)]
    expect(JSON.stringify(told.opct)).toBe(JSON.stringify(expected.opct).replaceAll('secreu', 'secret'))
  }
  hidden.send('/event/bot_online', { bot: 'x' })
  await hidden.ask('/greet/hello')
  await one.ask('/greet/hello')
  expect(one.texts).toEqual([])
})
