import { describe, expect, test } from 'vitest'
import {
  Failure,
  GuestoolError,
  isGuestoolError,
  isTransient,
  isWireCode,
  textOf,
  wireCodes,
  type ErrorCode,
} from './errors.js'

describe('a message names the operation and the guest', () => {
  test.each([
    [{}, 'no answer'],
    [{ operation: 'info cpu' }, 'info cpu: no answer'],
    [{ operation: 'info cpu', guest: 'alpha' }, 'info cpu (guest alpha): no answer'],
    [{ guest: 'alpha' }, 'no answer'],
  ])('%j', (details, expected) => {
    expect(new GuestoolError('expired', 'no answer', details).message).toBe(expected)
  })
})

test('an error carries what it knows, and nothing else', () => {
  const cause = new Error('socket')
  const error = new GuestoolError('connection_lost', 'lost', { outcome: 'unknown', closeCode: 1006, cause })
  expect(error).toMatchObject({ code: 'connection_lost', outcome: 'unknown', closeCode: 1006, cause })
  expect(error.remote).toBe(false)
  expect('cause' in new GuestoolError('failed', 'x')).toBe(false)
  expect(error.name).toBe('GuestoolError')
})

test('a failure becomes the error it stands for', () => {
  const failure = new Failure('invalid_result', 'does not fit', { raw: { a: 1 }, remote: true })
  const error = failure.toError('info cpu', 'alpha')
  expect(error.message).toBe('info cpu (guest alpha): does not fit')
  expect(error).toMatchObject({ code: 'invalid_result', raw: { a: 1 }, remote: true, operation: 'info cpu' })
})

test('an error of another copy of this package is one, too', () => {
  const foreign = Object.assign(new Error('x'), { name: 'GuestoolError', code: 'busy' })
  expect(isGuestoolError(foreign)).toBe(true)
  expect(isTransient(foreign)).toBe(true)
  for (const other of [new Error('x'), { name: 'GuestoolError', code: 'busy' }, null, 'busy'])
    expect(isGuestoolError(other)).toBe(false)
})

const passing: Record<ErrorCode, boolean> = {
  expired: true,
  timeout: true,
  connection_lost: true,
  connect_timeout: true,
  busy: true,
  failed: true,
  gone: true,
  unresponsive: true,
  invalid_result: true,
  unknown_opid: false,
  malformed: false,
  unknown_operation: false,
  invalid_params: false,
  unsupported: false,
  too_large: false,
  forbidden: false,
  aborted: false,
  refused: false,
  closed: false,
}

test.each(Object.entries(passing))('%s may pass by itself: %s', (code, expected) => {
  expect(isTransient(new GuestoolError(code as ErrorCode, ''))).toBe(expected)
})

test('what is no error of ours does not pass by itself', () => {
  expect(isTransient(new TypeError('bug'))).toBe(false)
})

test('wire codes are those of the protocol', () => {
  expect(wireCodes.every(isWireCode)).toBe(true)
  for (const code of ['timeout', 'closed', 'nonsense', '', undefined, null, 5, 'toString'])
    expect(isWireCode(code)).toBe(false)
})

describe('what an error says', () => {
  const strange = Object.assign(new Error('x'), { message: { nested: 1 } })
  test.each([
    [new Error('why'), 'why'],
    ['text', 'text'],
    [undefined, 'undefined'],
    [Symbol('s'), 'Symbol(s)'],
    [strange, '[object Object]'],
    [Object.create(null), 'an error that cannot be shown'],
  ])('%#', (error, expected) => {
    expect(textOf(error)).toBe(expected)
  })
})
