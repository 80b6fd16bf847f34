import { beforeEach, expect, test } from 'vitest'
import { Troubles, type Seen } from './troubles.mjs'

let troubles: Troubles
let now: number
let connection: number

beforeEach(() => {
  troubles = new Troubles(120)
  now = 0
  connection = 1
})

type Bots = Readonly<Record<string, string>>

/** A hub with these guests, `never` for one with a token that did not come yet; and their bots. */
function hub(guests: Readonly<Record<string, string>>, bots: Readonly<Record<string, Bots>> = {}): Seen {
  return {
    connection,
    guests: Object.entries(guests).map(([id, state]) => ({
      id,
      state: state === 'never' ? 'gone' : state,
      connected_ts: state === 'never' ? null : 1_700_000_000,
    })),
    vitals: Object.entries(bots).map(([id, each]) => ({
      id,
      bots: Object.entries(each).map(([bot, state]) => ({ id: bot, state })),
    })),
  }
}

/** Looks every ten seconds at the same, and gathers what is told, with the second at which it was. */
function pass(seconds: number, seen: Seen | undefined): string[] {
  const told: string[] = []
  for (const end = now + seconds; now < end; now += 10) {
    for (const { event, guest = 'host', bot, state, seconds: lasted } of troubles.look(seen, now)) {
      const name = bot === undefined ? guest : `${bot}@${guest}`
      told.push(`${now}: ${name} ${event === 'trouble' ? state : `recovered from ${state}`}, ${lasted} s`)
    }
  }
  return told
}

const hour = 3_600

test('nothing is told of those that are well', () => {
  expect(pass(hour, hub({ alpha: 'alive', beta: 'alive' }, { alpha: { '10001': 'online' } }))).toEqual([])
})

test('a guest that is gone is told of after two minutes, once, and once when it is back', () => {
  pass(60, hub({ alpha: 'alive' }))
  expect(pass(hour, hub({ alpha: 'gone' }))).toEqual(['180: alpha gone, 120 s'])
  expect(pass(hour, hub({ alpha: 'alive' }))).toEqual([`${hour + 60}: alpha recovered from gone, ${hour} s`])
})

test('one that is back within two minutes is not told of, however often', () => {
  for (let times = 0; times < 10; times++) {
    expect(pass(120, hub({ alpha: 'gone' }))).toEqual([])
    expect(pass(10, hub({ alpha: 'alive' }))).toEqual([])
  }
})

test('each trouble of many is told of for itself', () => {
  pass(10, hub({ alpha: 'alive', beta: 'alive' }))
  expect(pass(60, hub({ alpha: 'unresponsive', beta: 'alive' }))).toEqual([])
  expect(pass(hour, hub({ alpha: 'unresponsive', beta: 'gone' }))).toEqual([
    '130: alpha unresponsive, 120 s',
    '190: beta gone, 120 s',
  ])
})

test('unresponsive, then gone, is one trouble', () => {
  expect(pass(150, hub({ alpha: 'unresponsive' }))).toEqual(['120: alpha unresponsive, 120 s'])
  expect(pass(hour, hub({ alpha: 'gone' }))).toEqual([])
  expect(pass(10, hub({ alpha: 'alive' }))).toEqual(['3750: alpha recovered from gone, 3750 s'])
})

test('a second time is a trouble of its own', () => {
  expect(pass(130, hub({ alpha: 'gone' }))).toHaveLength(1)
  expect(pass(10, hub({ alpha: 'alive' }))).toHaveLength(1)
  expect(pass(130, hub({ alpha: 'gone' }))).toEqual(['260: alpha gone, 120 s'])
})

test('a guest that has a token and never came is not missed; one that came is', () => {
  expect(pass(hour, hub({ alpha: 'never' }))).toEqual([])
  pass(10, hub({ alpha: 'alive' }))
  expect(pass(130, hub({ alpha: 'gone' }))).toHaveLength(1)
})

test('a guest that was removed is no news, not even as recovered', () => {
  pass(10, hub({ alpha: 'alive', beta: 'alive' }))
  expect(pass(130, hub({ alpha: 'gone', beta: 'gone' }))).toHaveLength(2)
  expect(pass(hour, hub({ beta: 'gone' }))).toEqual([])
  expect(pass(10, hub({ alpha: 'alive', beta: 'alive' }))).toEqual(['3740: beta recovered from gone, 3730 s'])
})

const alpha = (state: string) => hub({ alpha: 'alive' }, { alpha: { '10001': 'online', '10002': state } })

test('a bot that is silent or departed is told of like a guest', () => {
  pass(10, alpha('online'))
  expect(pass(300, alpha('silent'))).toEqual(['130: 10002@alpha silent, 120 s'])
  expect(pass(300, alpha('departed'))).toEqual([])
  expect(pass(300, alpha('online'))).toEqual(['610: 10002@alpha recovered from departed, 600 s'])
})

test('of a guest that is not well only the guest is told of, and its bots are as they were', () => {
  const silent = { alpha: { '10001': 'silent', '10002': 'online' } }
  expect(pass(130, hub({ alpha: 'alive' }, silent))).toEqual(['120: 10001@alpha silent, 120 s'])
  const worse = { alpha: { '10001': 'silent', '10002': 'departed' } }
  expect(pass(200, hub({ alpha: 'gone' }, worse))).toEqual(['250: alpha gone, 120 s'])
  // It is back, and nobody has looked at its bots yet.
  expect(pass(60, hub({ alpha: 'alive' }))).toEqual(['330: alpha recovered from gone, 200 s'])
  expect(pass(60, hub({ alpha: 'alive' }, silent))).toEqual([])
  expect(pass(60, hub({ alpha: 'alive' }, { alpha: { '10001': 'online' } }))).toEqual([
    '450: 10001@alpha recovered from silent, 450 s',
  ])
})

const both = (one: string, other: string) =>
  hub({ alpha: 'alive', beta: 'alive' }, { alpha: { x: one }, beta: { x: other } })

test('bots of one name at two guests are two', () => {
  expect(pass(130, both('silent', 'online'))).toEqual(['120: x@alpha silent, 120 s'])
  expect(pass(10, both('silent', 'online'))).toEqual([])
  expect(pass(130, both('online', 'silent'))).toEqual([
    '140: x@alpha recovered from silent, 140 s',
    '260: x@beta silent, 120 s',
  ])
})

const forty = (state: string) =>
  Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`guest-${at}`, state]))

test('a host that is out of reach is one trouble, not forty', () => {
  pass(60, hub(forty('alive')))
  expect(pass(hour, undefined)).toEqual(['180: host unreachable, 120 s'])
  connection++
  // It was started anew: its guests come back one after another.
  expect(pass(60, hub({}))).toEqual([`${hour + 60}: host recovered from unreachable, ${hour} s`])
  expect(pass(60, hub(Object.fromEntries(Object.entries(forty('alive')).slice(20))))).toEqual([])
  expect(pass(hour, hub(forty('alive')))).toEqual([])
})

test('a guest that does not come back to a restarted host is told of, though the host does not know it', () => {
  pass(60, hub({ alpha: 'alive', beta: 'alive' }))
  pass(30, undefined)
  connection++
  expect(pass(hour, hub({ beta: 'alive' }))).toEqual(['210: alpha gone, 120 s'])
  expect(pass(10, hub({ alpha: 'alive', beta: 'alive' }))).toEqual([
    `${hour + 90}: alpha recovered from gone, ${hour} s`,
  ])
})

test('what was told before the host was restarted is not told again, and is told when it is over', () => {
  pass(10, hub({ alpha: 'alive', beta: 'alive' }))
  expect(pass(130, hub({ alpha: 'gone', beta: 'alive' }))).toHaveLength(1)
  expect(pass(300, undefined)).toEqual(['260: host unreachable, 120 s'])
  connection++
  expect(pass(hour, hub({ beta: 'alive' }))).toEqual(['440: host recovered from unreachable, 300 s'])
  expect(pass(10, hub({ alpha: 'alive', beta: 'alive' }))).toHaveLength(1)
})

test('patience starts anew after a time in which nobody could see', () => {
  expect(pass(110, hub({ alpha: 'gone' }))).toEqual([])
  expect(pass(60, undefined)).toEqual([])
  expect(pass(120, hub({ alpha: 'gone' }))).toEqual([])
  expect(pass(10, hub({ alpha: 'gone' }))).toEqual(['290: alpha gone, 120 s'])
})
