import {
  Failure,
  guestool,
  GuestoolError,
  newCounts,
  type AskOptions,
  type ErrorDetails,
  type Request,
} from '@guestool/core'
import { expect, test } from 'vitest'
import type { Access } from './access.js'
import { forward as forwardBy, type ForwardingRules } from './forwarding.js'
import type { Question, KnownGuest } from './registry.js'

const asked: (Omit<Question, 'operation'> & { options: AskOptions | undefined })[] = []

/** A guest that answers everything alike. */
function guest(outcome: unknown, state: KnownGuest['state'] = 'alive', later?: KnownGuest['state']) {
  asked.splice(0)
  const about = { id: 'alpha', revision: 1, stateAt: 0, connectedAt: 0, shared: 0 } as const
  const known: KnownGuest = { ...about, state, address: undefined, roundTrip: undefined, counts: newCounts() }
  let current = known
  return {
    find: ((id?: string) => (id === 'alpha' ? current : undefined)) as ForwardingRules['registry']['find'],
    forward: (
      _id: string,
      { kind, name, params }: Question,
      options: AskOptions | undefined,
    ): Promise<unknown> => {
      asked.push({ kind, name, params, options })
      current = { ...known, state: later ?? state }
      return Promise.resolve(outcome)
    },
  }
}

const { signal } = new AbortController()
const all: Access = { sees: () => true, actions: true, guests: '*', admin: false }

async function forward(
  registry: ForwardingRules['registry'],
  request: Partial<Request>,
  { access = all, forwardsUnknown = true, id = 'alpha' } = {},
): Promise<unknown> {
  const rules = { registry, contract: guestool, forwardsUnknown }
  try {
    return await forwardBy(
      rules,
      { access },
      id,
      { kind: 'info', name: 'cpu', params: {}, ...request },
      signal,
    )
  } catch (error) {
    return error
  }
}

test('what the contract knows is forwarded as it was asked, without defaults', async () => {
  expect(await forward(guest('anything at all'), { params: { smptime: 0.5 } })).toBe('anything at all')
  expect(asked).toEqual([{ kind: 'info', name: 'cpu', params: { smptime: 0.5 }, options: { signal } }])
  await forward(guest(null), { name: 'processes' })
  expect(asked).toMatchObject([{ params: {} }])
})

test.each([
  [{ params: { smptime: 'x' } }, /smptime: expected number, got string/],
  [{ params: { smptime: 1, more: 2 } }, /unknown key "more"/],
  [{ params: { smptime: 65 } }, /cannot be answered in time/],
  [{ params: 'x' }, /expected object/],
  [{ name: 'memory', params: { x: 1 } }, /unknown key "x"/],
  [{ kind: 'action' as const, name: 'matcher/info' }, /id: expected string/],
  [{ name: 'mystery', params: [1] }, /must be an object/],
  [{ name: 'mystery', params: null }, /must be an object/],
  [{ name: 'mystery', params: { info: 'cpu' } }, /may not be called "info"/],
])('%j is refused before the guest hears of it', async (request, message) => {
  const error = await forward(guest(1), request)
  expect(error).toMatchObject({ code: 'invalid_params', message: expect.stringMatching(message) })
  expect(asked).toEqual([])
})

test('a name that the contract does not know passes as it is', async () => {
  expect(await forward(guest([1]), { name: 'mystery/of.it', params: { a: { b: 1 } } })).toEqual([1])
  expect(asked).toMatchObject([{ name: 'mystery/of.it', params: { a: { b: 1 } } }])
})

test('an error reply with a code is a failure, any other content is not', async () => {
  const failed = await forward(guest({ error: 'no Python', code: 'unsupported' }), {})
  expect(failed).toBeInstanceOf(GuestoolError)
  expect(failed).toMatchObject({ code: 'unsupported', message: 'no Python' })
  for (const content of [
    { error: 'x' },
    { error: 'x', code: 'mine' },
    { error: 1, code: 'failed' },
    [],
    'error',
  ])
    expect(await forward(guest(content), {})).toBe(content)
})

test('an absent guest is gone, and one that a console may not see says the same', async () => {
  const absent = await forward(guest(1), {}, { id: 'beta' })
  expect(absent).toMatchObject({ code: 'gone', message: 'guest beta is not connected to this host' })
  const hidden = await forward(
    guest(1),
    {},
    { access: { sees: (id) => id === 'beta', actions: true, guests: '*', admin: false } },
  )
  expect(hidden).toMatchObject({ code: 'gone', message: 'guest alpha is not connected to this host' })
  expect(asked).toEqual([])
})

test('a console that may only read is refused every action, whether or not the guest is there', async () => {
  const access = { sees: () => true, actions: false, guests: '*', admin: false }
  const action = { kind: 'action', name: 'matcher/list' } as const
  const refused = await forward(guest(1), action, { access })
  expect(refused).toMatchObject({ code: 'forbidden' })
  expect(await forward(guest(1), action, { access, id: 'beta' })).toEqual(refused)
  expect(await forward(guest(1), { ...action, name: 'own' }, { access })).toEqual(refused)
  expect(asked).toEqual([])
  expect(await forward(guest(1), {}, { access })).toBe(1)
})

test('a name that the contract does not know may be refused', async () => {
  const refused = await forward(guest(1), { name: 'mystery' }, { forwardsUnknown: false })
  expect(refused).toMatchObject({ code: 'unknown_operation', message: expect.stringContaining('mystery') })
  expect(asked).toEqual([])
  expect(await forward(guest(1), {}, { forwardsUnknown: false })).toBe(1)
})

test('a guest that is unresponsive is not asked', async () => {
  expect(await forward(guest(1, 'unresponsive'), {})).toMatchObject({ code: 'unresponsive' })
  expect(asked).toEqual([])
})

const remote = { remote: true }

test.each<[string, string, ErrorDetails | undefined, KnownGuest['state'], string]>([
  ['unsupported', 'unsupported', remote, 'alive', 'unsupported'],
  ['failed', 'failed', remote, 'alive', 'failed'],
  ['busy', 'busy', remote, 'alive', 'busy'],
  ['expired', 'expired', remote, 'alive', 'expired'],
  ['too_large', 'too_large', undefined, 'alive', 'too_large'],
  ['connection_lost', 'gone', undefined, 'gone', 'gone'],
  ['closed', 'gone', undefined, 'gone', 'gone'],
  ['gone', 'gone', undefined, 'gone', 'gone'],
  ['timeout', 'expired', undefined, 'alive', 'expired'],
  ['expired', 'expired', undefined, 'alive', 'expired'],
  ['expired', 'unresponsive', undefined, 'unresponsive', 'unresponsive'],
  ['timeout', 'gone', undefined, 'gone', 'gone'],
  ['invalid_result', 'failed', undefined, 'alive', 'failed'],
])('a failure %s becomes %s', async (code, expected, details, later) => {
  const failure = new Failure(code as 'failed', 'the text', details)
  const error = await forward(guest(failure, 'alive', later), {})
  expect(error).toBeInstanceOf(GuestoolError)
  const { code: told, message } = error as GuestoolError
  expect(told).toBe(expected)
  // Whose text it is where somebody said it; a guest that is not there has nothing to say.
  expect(message).toMatch(expected === 'gone' || expected === 'unresponsive' ? /^guest alpha / : /^the text$/)
})
