import { assert, describe, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { guestool } from './contract/guestool.js'
import { dispatch, validEvent } from './dispatch.js'
import type { HandlerContext } from './session/responder.js'

const context: HandlerContext = { signal: new AbortController().signal, deadline: 0, opid: 'x' }
const contract = guestool.extend({
  info: {
    echo: {
      params: z.object({ text: z.string().default('nothing') }),
      result: z.object({ said: z.string().trim() }),
    },
  },
  event: { bot_online: z.object({ bot: z.string(), n: z.number().default(1) }) },
})

const coded = (code: string, message: string | RegExp = /./) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) })

describe('from a request to a handler and back', () => {
  test('defaults are applied, the context is handed on, and the result is what the schema makes of it', () => {
    const echo = vi.fn(({ text }: { text: string }) => ({ said: ` ${text} ` }))
    const answer = dispatch(contract, { info: { echo } })
    expect(answer({ kind: 'info', name: 'echo', params: {} }, context)).toEqual({ said: 'nothing' })
    expect(echo).toHaveBeenCalledWith({ text: 'nothing' }, context)
  })

  test('an async handler, too', async () => {
    const answer = dispatch(contract, { info: { echo: async () => ({ said: ' later ' }) } })
    expect(await answer({ kind: 'info', name: 'echo', params: {} }, context)).toEqual({ said: 'later' })
  })

  test('what is like a promise but is none is awaited like one', async () => {
    /* oxlint-disable unicorn/no-thenable -- the subject of this test */
    const thenables: object[] = [
      { then: (resolve: (value: unknown) => void) => resolve({ said: ' later ' }) },
      { then: () => assert.fail('no then') },
    ]
    /* oxlint-enable unicorn/no-thenable */
    const answer = dispatch(contract, { info: { echo: () => thenables.shift() } })
    const request = { kind: 'info', name: 'echo', params: {} } as const
    expect(await answer(request, context)).toEqual({ said: 'later' })
    await expect(answer(request, context)).rejects.toThrow('no then')
  })

  test('kinds are name spaces of their own', () => {
    const answer = dispatch(contract, { info: { 'matcher/list': () => 1 }, action: {} })
    expect(() => answer({ kind: 'info', name: 'matcher/list', params: {} }, context)).toThrow(
      coded('unknown_operation'),
    )
    expect(() => answer({ kind: 'action', name: 'matcher/list', params: {} }, context)).toThrow(
      coded('unsupported'),
    )
  })
})

describe('what is refused before a handler runs', () => {
  const echo = vi.fn()
  const answer = dispatch(contract, { info: { echo, bots: 'unsupported' }, action: 'unsupported' })
  test.each([
    ['info', 'nope', {}, 'unknown_operation', /^there is no info "nope"$/],
    ['info', 'x'.repeat(5_000), {}, 'unknown_operation', /^.{0,90}$/],
    ['info', 'toString', {}, 'unknown_operation', /./],
    ['info', '__proto__', {}, 'unknown_operation', /./],
    ['info', 'bots', {}, 'unsupported', /./],
    ['info', 'memory', {}, 'unsupported', /./],
    ['action', 'matcher/list', {}, 'unsupported', /./],
    ['info', 'echo', { text: 5 }, 'invalid_params', /^text: expected string, got number$/],
    ['info', 'echo', { test: '' }, 'invalid_params', /^unknown key "test"$/],
    ['info', 'echo', null, 'invalid_params', /^expected object, got null$/],
    // Bad params are told also where the operation is not there: the caller's mistake comes first.
    ['info', 'bots', { extra: 1 }, 'invalid_params', /extra/],
  ] as const)('%s %.20s %j: %s', (kind, name, params, code, message) => {
    expect(() => answer({ kind, name, params }, context)).toThrow(coded(code, message))
    expect(echo).not.toHaveBeenCalled()
  })
})

describe('a result that does not fit is failed, with the place', () => {
  test('thrown or rejected', async () => {
    const bad = { said: 5 } as never
    const now = dispatch(contract, { info: { echo: () => bad } })
    const later = dispatch(contract, { info: { echo: async () => bad } })
    const request = { kind: 'info', name: 'echo', params: {} } as const
    const expected = coded('failed', /said: expected string, got number$/)
    expect(() => now(request, context)).toThrow(expected)
    await expect(later(request, context)).rejects.toThrow(expected)
  })
})

describe('the data of an event', () => {
  test('is what the contract makes of it', () => {
    expect(validEvent(contract, 'bot_online', { bot: '1' })).toEqual({ bot: '1', n: 1 })
  })

  test('is refused with the name of the event', () => {
    expect(() => validEvent(contract, 'bot_online', { bot: 1 })).toThrow(
      coded('invalid_params', /^event bot_online: bot: expected string, got number$/),
    )
    expect(() => validEvent(contract, 'nope', {})).toThrow(
      coded('unknown_operation', /^event nope: .*extend/),
    )
    const text = guestool.extend({ event: { text: z.string() } })
    expect(() => validEvent(text, 'text', 'x')).toThrow(coded('invalid_params', /must be an object/))
  })
})
