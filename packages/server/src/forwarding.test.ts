import {
  Failure,
  guestool,
  GuestoolError,
  type AskOptions,
  type ErrorDetails,
  type HandlerContext,
  type Request,
} from '@guestool/core'
import { expect, test } from 'vitest'
import { forwardTo, type ForwardTarget } from './forwarding.js'

const asked: { kind: string; name: string; params: object; options: AskOptions | undefined }[] = []

/** A guest that answers everything alike. */
function guest(outcome: unknown, state: ForwardTarget['state'] = 'alive', later?: ForwardTarget['state']) {
  asked.splice(0)
  const target = {
    state,
    ask: (
      _operation: unknown,
      kind: string,
      name: string,
      params: object,
      options: AskOptions | undefined,
    ) => {
      asked.push({ kind, name, params, options })
      target.state = later ?? state
      return Promise.resolve(outcome)
    },
  }
  return target
}

const context: HandlerContext = { signal: new AbortController().signal, deadline: 0, opid: '' }

async function forward(target: ForwardTarget | undefined, request: Partial<Request>): Promise<unknown> {
  const answer = forwardTo('alpha', (id) => (id === 'alpha' ? target : undefined), guestool)
  try {
    return await answer({ kind: 'info', name: 'cpu', params: {}, ...request }, context)
  } catch (error) {
    return error
  }
}

test('what the contract knows is forwarded as it was asked, without defaults', async () => {
  expect(await forward(guest('anything at all'), { params: { smptime: 0.5 } })).toBe('anything at all')
  expect(asked).toEqual([
    { kind: 'info', name: 'cpu', params: { smptime: 0.5 }, options: { signal: context.signal } },
  ])
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
  expect(await forward(guest([1]), { name: 'mystery/of it', params: { a: { b: 1 } } })).toEqual([1])
  expect(asked).toMatchObject([{ name: 'mystery/of it', params: { a: { b: 1 } } }])
})

test('an error reply with a code is a failure, any other content is not', async () => {
  const failed = await forward(guest({ error: 'no Python', code: 'unsupported' }), {})
  expect(failed).toBeInstanceOf(GuestoolError)
  expect(failed).toMatchObject({ code: 'unsupported', message: 'no Python', remote: true })
  for (const content of [
    { error: 'x' },
    { error: 'x', code: 'mine' },
    { error: 1, code: 'failed' },
    [],
    'error',
  ])
    expect(await forward(guest(content), {})).toBe(content)
})

test('an absent guest is gone', async () => {
  expect(await forward(undefined, {})).toMatchObject({
    code: 'gone',
    message: 'guest alpha is not connected to this host',
  })
})

test('a guest that is unresponsive is not asked', async () => {
  expect(await forward(guest(1, 'unresponsive'), {})).toMatchObject({ code: 'unresponsive' })
  expect(asked).toEqual([])
})

const remote = { remote: true }

test.each<[string, string, ErrorDetails | undefined, ForwardTarget['state'], string]>([
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
  const { code: told, message, remote: isRemote } = error as GuestoolError
  expect(told).toBe(expected)
  // Nothing that went wrong in this host: its own error event is not for it.
  expect(told === 'failed' && !isRemote).toBe(false)
  // What the guest said is passed on as it is; what this host found out names the guest.
  expect(message).toMatch(details?.remote === true ? /^the text$/ : /guest alpha/)
})
