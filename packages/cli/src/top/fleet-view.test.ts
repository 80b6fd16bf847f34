import { stripVTControlCharacters } from 'node:util'
import picocolors from 'picocolors'
import { expect, test } from 'vitest'
import type { FleetGuest, Vitals } from './fleet-readings.js'
import { fleetFrame, inOrder, orders, sparkline, type FleetSight } from './fleet-view.js'

const plain = picocolors.createColors(false)
const coloured = picocolors.createColors(true)
const counts = { sent: 0, received: 0, late: 0, malformed: 0, rejected: 0, shared: 0 }

function vitals(id: string, values: Partial<Vitals> = {}): Vitals {
  return {
    id,
    ts: 0,
    cpu_percent: 5,
    memory_percent: 40,
    events_per_minute: 12,
    api_calls_per_minute: 1_234,
    bots: [],
    ...values,
  }
}

function guest(id: string, values: Partial<FleetGuest> = {}): FleetGuest {
  return {
    id,
    revision: 1,
    state: 'alive',
    state_ts: 40,
    connected_ts: 0,
    address: '127.0.0.1',
    round_trip_ms: 1,
    counts,
    vitals: vitals(id),
    cpu: [0, 50, null, 100],
    ...values,
  }
}

const bot = (state: 'online' | 'silent' | 'departed') => ({ id: state, state, state_ts: 0 })
const guests = [
  guest('calm'),
  guest('away', { state: 'gone', vitals: undefined, cpu: [] }),
  guest('busy', { vitals: vitals('busy', { cpu_percent: 95, events_per_minute: 3 }) }),
  guest('half', { vitals: vitals('half', { bots: [bot('online'), bot('silent')], memory_percent: 71 }) }),
  guest('mute', { state: 'unresponsive' }),
  guest('new', { state: 'gone', connected_ts: null, vitals: undefined, cpu: [] }),
]
const ids = (all: readonly FleetGuest[]) => all.map(({ id }) => id)
const sight: FleetSight = {
  guests: inOrder(guests, 'worst'),
  order: 'worst',
  chosen: 0,
  problem: undefined,
  now: 100_000,
  host: 'ws://127.0.0.1:37103',
}
const show = (seen: FleetSight, columns = 120, rows = 40): string =>
  fleetFrame(seen, { columns, rows }, plain).join('\n')

test('worst first: gone, unresponsive, not here yet, bots that are not well; then by name', () => {
  expect(ids(inOrder(guests, 'worst'))).toEqual(['away', 'mute', 'new', 'half', 'busy', 'calm'])
  expect(ids(inOrder(guests, 'name'))).toEqual(['away', 'busy', 'calm', 'half', 'mute', 'new'])
  expect(ids(inOrder(guests, 'cpu'))).toEqual(['busy', 'calm', 'half', 'mute', 'away', 'new'])
  expect(ids(inOrder(guests, 'memory'))).toEqual(['half', 'busy', 'calm', 'mute', 'away', 'new'])
  expect(ids(inOrder(guests, 'events'))).toEqual(['calm', 'half', 'mute', 'busy', 'away', 'new'])
})

test('shows what is wrong, and each guest in a row', () => {
  const text = show(sight)
  expect(text).toMatch(
    /^6 guests: 1 gone, 1 unresponsive, 1 not here yet, 1 with bots that are not well {2}\d\d:\d\d:\d\d/,
  )
  expect(text).toMatch(/^ {2}guest +state +since +bots +event\/m +api\/m +memory +cpu {2}cpu \d+m$/m)
  expect(text).toMatch(/^› away +gone +1m 00s +- +- +- +- +-$/m)
  expect(text).toMatch(/^ {2}new +awaited +1m 00s /m)
  expect(text).toMatch(/^ {2}half +alive +1m 00s +1\/2 +12 +1\.2k +71 % +5 % {2}▁▅ █$/m)
  expect(show({ ...sight, guests: [guest('calm')] })).toMatch(/^1 guest: all well /)
  expect(show({ ...sight, guests: [] })).toContain('No guests yet')
  expect(show({ ...sight, problem: 'the connection\u0007 is lost' })).toContain(
    'the connection\u{fffd} is lost',
  )
})

const sizes = [1, 2, 3, 10, 40].flatMap((rows) =>
  [1, 9, 20, 45, 60, 80, 200].map((columns) => ({ columns, rows })),
)
test.each(sizes)('fits $columns × $rows, with the chosen one in sight', (size) => {
  const many = Array.from({ length: 1_000 }, (_, at) => guest(`guest-${String(at).padStart(4, '0')}`))
  for (const chosen of [0, 500, 999]) {
    const lines = fleetFrame({ ...sight, guests: many, chosen }, size, coloured)
    expect(lines.length).toBeLessThanOrEqual(size.rows)
    const bare = lines.map(stripVTControlCharacters)
    for (const line of bare) expect(line.length).toBeLessThanOrEqual(size.columns)
    expect(size.rows < 3 || size.columns < 2 || bare.some((line) => line.startsWith('›'))).toBe(true)
  }
})

test('each order has a name that can be chosen', () => {
  for (const order of orders) expect(inOrder(guests, order)).toHaveLength(guests.length)
})

test('a sparkline has a bar for each percent, and a gap for none', () => {
  expect(sparkline([0, 12.4, 12.5, 50, 99, 100, 250, -1, null])).toBe('▁▁▂▅███▁ ')
})
