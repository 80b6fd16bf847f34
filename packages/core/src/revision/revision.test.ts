import { describe, expect, test } from 'vitest'
import { revision1 } from './revision1.js'
import { revision2 } from './revision2.js'

const opid = '8fcbe0f6-9175-4f64-a4ff-f7537338aab8'

// Each row of the table in docs/protocol.md, as revision 1 and as revision 2 write it.
const requests = [
  {
    kind: 'info',
    name: 'cpu',
    params: { smptime: 0.1 },
    one: { opnm: '/info', opct: { info: 'cpu', smptime: 0.1 } },
    two: { opnm: '/info/cpu', opct: { smptime: 0.1 } },
  },
  {
    kind: 'info',
    name: 'memory',
    params: {},
    one: { opnm: '/info', opct: { info: 'memory' } },
    two: { opnm: '/info/memory', opct: {} },
  },
  {
    kind: 'action',
    name: 'matcher/list',
    params: {},
    one: { opnm: '/action', opct: { action: 'matcher/list' } },
    two: { opnm: '/action/matcher/list', opct: {} },
  },
  {
    kind: 'action',
    name: 'matcher/info',
    params: { id: 'x', info: 'an action may have a parameter called info' },
    one: {
      opnm: '/action',
      opct: { action: 'matcher/info', id: 'x', info: 'an action may have a parameter called info' },
    },
    two: {
      opnm: '/action/matcher/info',
      opct: { id: 'x', info: 'an action may have a parameter called info' },
    },
  },
] as const

describe.each(requests)('request $kind $name', ({ kind, name, params, one, two }) => {
  test.each([
    [revision1, one],
    [revision2, two],
  ])('revision $number, there and back', (revision, wire) => {
    expect(revision.request(kind, name, params)).toEqual(wire)
    expect(revision.readRequest({ opid, ...wire })).toEqual({ kind, name, params })
  })
})

test('the name stands first in revision 1, and nothing beside it takes its place', () => {
  expect(JSON.stringify(revision1.request('info', 'cpu', { smptime: 1 }).opct)).toBe(
    '{"info":"cpu","smptime":1}',
  )
  expect(revision1.request('info', 'cpu', { info: 'memory' }).opct).toEqual({ info: 'cpu' })
  expect(revision1.event('bot_online', { event: 'reject' }).opct).toEqual({ event: 'bot_online' })
})

test('replies', () => {
  expect([revision1.reply('info'), revision1.reply('action')]).toEqual(['/info', '/action'])
  expect([revision2.reply('info'), revision2.reply('action')]).toEqual([
    '/event/report/info',
    '/event/report/action',
  ])
})

test('greetings', () => {
  expect([revision1.hello, revision1.bye]).toEqual(['/hello', undefined])
  expect([revision2.hello, revision2.bye]).toEqual(['/greet/hello', '/greet/bye'])
})

test('failed requests: a rejection in revision 1, an error reply in revision 2', () => {
  expect(revision1.failure('info', 'invalid_params', 'no')).toEqual({
    opnm: '/event',
    opct: { event: 'reject', code: 'invalid_params', error: 'no' },
  })
  expect(revision2.failure('info', 'invalid_params', 'no')).toEqual({
    opnm: '/event/report/info',
    opct: { error: 'no', code: 'invalid_params' },
  })
  expect(revision2.failure('action', 'busy', 'no').opnm).toBe('/event/report/action')
})

describe('events', () => {
  const wires = [
    [revision1, { opnm: '/event', opct: { event: 'bot_online', bot: '10001' } }],
    [revision2, { opnm: '/event/bot_online', opct: { bot: '10001' } }],
  ] as const
  test.each(wires)('revision $number, there and back', (revision, wire) => {
    expect(revision.event('bot_online', { bot: '10001' })).toEqual(wire)
    expect(revision.readEvent({ opid, ...wire })).toEqual({ name: 'bot_online', data: { bot: '10001' } })
    expect(revision.readRequest({ opid, ...wire })).toBeUndefined()
    expect(revision.readRejection({ opid, ...wire })).toBeUndefined()
  })
})

describe('rejections', () => {
  const rejection = { code: 'expired', error: 'too late', age_ms: 61_000 }
  const wires = [
    [revision1, { opnm: '/event', opct: { event: 'reject', ...rejection } }],
    [revision2, { opnm: '/event/reject', opct: rejection }],
  ] as const
  test.each(wires)('revision $number, there and back', (revision, wire) => {
    expect(revision.rejection(rejection)).toEqual(wire)
    expect(revision.readRejection({ opid, ...wire })).toEqual(rejection)
    expect(revision.readRequest({ opid, ...wire })).toBeUndefined()
  })

  test.each([
    [{}, { code: 'failed', error: 'rejected without a reason' }],
    [
      { code: 5, error: null, age_ms: '1' },
      { code: 'failed', error: 'rejected without a reason' },
    ],
    [
      { code: 'gone', error: '' },
      { code: 'gone', error: '' },
    ],
  ])('content %j is read as %j', (content, read) => {
    expect(revision1.readRejection({ opid, opnm: '/event', opct: { event: 'reject', ...content } })).toEqual(
      read,
    )
    expect(revision2.readRejection({ opid, opnm: '/event/reject', opct: content })).toEqual(read)
  })

  test.each([null, [], 'text', 5])(
    'a content that is no object, %j, is still a rejection of revision 2',
    (opct) => {
      expect(revision2.readRejection({ opid, opnm: '/event/reject', opct })?.code).toBe('failed')
    },
  )
})

describe('what is no request', () => {
  test.each([
    ['/info', {}],
    ['/info', { info: 5 }],
    ['/info', null],
    ['/info', ['cpu']],
    ['/info', 'cpu'],
    ['/infos', { info: 'cpu' }],
    ['/info/', { info: 'cpu' }],
    ['/info/cpu', {}],
    ['/action', { info: 'cpu' }],
    ['', {}],
    ['info', { info: 'cpu' }],
    ['/constructor', {}],
    ['/__proto__', {}],
  ])('revision 1: %s %j', (opnm, opct) => {
    expect(revision1.readRequest({ opid, opnm, opct })).toBeUndefined()
  })

  test.each([
    '',
    '/',
    '/info',
    '/infoXmemory',
    '/information',
    'info/memory',
    '/event/report/info',
    '/foo/bar',
  ])('revision 2: %s', (opnm) => {
    expect(revision2.readRequest({ opid, opnm, opct: {} })).toBeUndefined()
  })

  test('revision 2 leaves odd names to the contract', () => {
    expect(revision2.readRequest({ opid, opnm: '/info/', opct: {} })?.name).toBe('')
    expect(revision2.readRequest({ opid, opnm: '/info//memory', opct: {} })?.name).toBe('/memory')
    expect(revision2.readRequest({ opid, opnm: '/info/cpu/', opct: null })?.name).toBe('cpu/')
  })
})

describe('what is no event', () => {
  test.each([
    ['/event', {}],
    ['/event', { event: 5 }],
    ['/event', []],
    ['/event/bot_online', { event: 'bot_online' }],
    ['/info', { event: 'bot_online' }],
  ])('revision 1: %s %j', (opnm, opct) => {
    expect(revision1.readEvent({ opid, opnm, opct })).toBeUndefined()
  })

  test.each(['/event', '/event/report/info', '/event/report/', '/events/x'])('revision 2: %s', (opnm) => {
    expect(revision2.readEvent({ opid, opnm, opct: {} })).toBeUndefined()
  })
})

test('a key __proto__ beside the name stays a key of its own', () => {
  const opct: unknown = JSON.parse('{"info":"cpu","__proto__":{"smptime":1}}')
  const params = revision1.readRequest({ opid, opnm: '/info', opct })?.params
  expect(Object.keys(params as object)).toEqual(['__proto__'])
  expect(Object.getPrototypeOf(params)).toBe(Object.prototype)
})
