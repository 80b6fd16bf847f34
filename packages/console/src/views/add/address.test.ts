import { isGuestId } from '@guestool/core'
import { expect, test } from 'vitest'
import { dotenvLine, firstChoice, joinUrl, portOf, withPage, type Address } from './address.js'
import { freeId, nearestId } from './name.js'

const local: Address = { kind: 'local', url: 'ws://127.0.0.1:37103', open: true }
const network: Address = { kind: 'network', url: 'ws://192.168.1.20:37103', open: false }

test('where this page is looked at is an address, unless it is known or means this machine alone', () => {
  expect(withPage([local], 'https://console.example/guestool/')).toEqual([
    { kind: 'page', url: 'wss://console.example/guestool', open: true },
    local,
  ])
  expect(withPage([local, network], 'ws://192.168.1.20:37103/')).toEqual([local, network])
  expect(withPage([local], 'ws://localhost:37103')).toEqual([local])
})

test('the first choice is the farthest that is open', () => {
  expect(firstChoice([local, network])).toBe(local)
  expect(firstChoice([local, { ...network, open: true }])).toEqual({ ...network, open: true })
  expect(firstChoice([network])).toBe(network)
  expect(firstChoice([])).toBeUndefined()
})

test('the line to paste is that of the documentation', () => {
  expect(dotenvLine(joinUrl('ws://192.168.1.20:37103', 'alpha', 'TOKEN'))).toBe(
    'GUEST_CONNECTION_HOSTURL=ws://alpha:TOKEN@192.168.1.20:37103/join/alpha',
  )
  expect(joinUrl('wss://console.example/guestool/', 'alpha', null)).toBe(
    'wss://console.example/guestool/join/alpha',
  )
  expect(['ws://a:1', 'ws://a', 'wss://a'].map(portOf)).toEqual(['1', '80', '443'])
})

test.each([
  ['Mia’s Bot', 'Mia-s-Bot'],
  ['  .hidden ', 'hidden'],
  ['Zoë/2', 'Zoe-2'],
  ['x'.repeat(80), 'x'.repeat(64)],
  ['机器人', undefined],
  ['', undefined],
])('the id nearest to "%s" is %s', (written, id) => {
  expect(nearestId(written)).toBe(id)
  expect(id === undefined || isGuestId(id)).toBe(true)
})

test('a name that is taken leads to one that is free', () => {
  expect(freeId('alpha', new Set(['alpha', 'alpha-2']))).toBe('alpha-3')
  expect(isGuestId(freeId('x'.repeat(64), new Set()))).toBe(true)
})
