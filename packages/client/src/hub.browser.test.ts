import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { atDoor, offer, type AtDoor } from '../test/at-door.js'
import { contract } from '../test/contract.js'
import { createHub, type Hub } from './index.js'

// A hub in a real browser: one socket to a real host, and through it to real guests.

let door: AtDoor
beforeEach(async () => {
  door = await atDoor()
})
afterEach(() => door.leave())

const connect = (revision: 1 | 2) =>
  door.watch(createHub(door.url, { contract, revision, token: door.tokens.full }))

/** The next event of a hub itself. */
const hears = (hub: Pick<Hub, 'onEvent'>, name: 'guest_joined' | 'guest_left'): Promise<{ id: string }> =>
  new Promise((resolve) => {
    const off = hub.onEvent(name, (data) => {
      off()
      resolve(data)
    })
  })

describe.each([1, 2] as const)('in a browser, revision %i', (revision) => {
  test('lists the guests, and asks one of them', async () => {
    const hub = connect(revision)
    expect(await hub.guests()).toMatchObject([
      { id: 'other', state: 'alive' },
      { id: 'team-one', state: 'alive' },
    ])
    expect(await hub.info('hub')).toMatchObject({ guests: { alive: 2 }, consoles: 1 })
    expect(await hub.guest('team-one').info('cpu', 0.1)).toMatchObject({ cpu_percent: 12.5 })
    expect(await hub.guest('other').action('matcher/list')).toEqual(['other'])
    expect((await door.seen()).dials).toBe(1)
  })

  test('asks a fleet of which one guest has just gone: each has its verdict', async () => {
    const hub = connect(revision)
    const joined = hears(hub, 'guest_joined')
    await hub.guests()
    const left = hears(hub, 'guest_left')
    const line = new WebSocket(`${door.url}/join/alpha`, offer(door.tokens.alpha))
    const hello = `{"opid":"${crypto.randomUUID()}","opnm":"/greet/hello","opct":{}}`
    line.addEventListener('open', () => line.send(hello))
    expect(await joined).toMatchObject({ id: 'alpha', state: 'alive' })
    line.close(1000)
    expect(await left).toMatchObject({ id: 'alpha' })
    const verdicts = hub.fleet.info('time', undefined, { timeout: 5_000 })
    const coming: string[] = []
    for await (const { guest } of verdicts) coming.push(guest)
    expect(coming.toSorted()).toEqual(['alpha', 'other', 'team-one'])
    expect(await verdicts).toMatchObject([
      { guest: 'alpha', ok: false, error: { code: 'gone', guest: 'alpha' } },
      { guest: 'other', ok: true, result: { system: 10 } },
      { guest: 'team-one', ok: true, result: { system: 10 } },
    ])
  })

  test('hears the events of a guest, and of the fleet with whose they are', async () => {
    const hub = connect(revision)
    const heard: string[] = []
    hub.guest('team-one').onEvent('bot_online', ({ bot }) => heard.push(`one: ${bot}`))
    hub.fleet.onEvent('bot_online', ({ bot }, guest) => heard.push(`fleet: ${bot} of ${guest}`))
    await hub.guests()
    await hub.guest('other').action('emit', '你好 🤖')
    await hub.guest('team-one').action('emit', 'b')
    expect(heard).toEqual(['fleet: 你好 🤖 of other', 'one: b', 'fleet: b of team-one'])
  })
})
