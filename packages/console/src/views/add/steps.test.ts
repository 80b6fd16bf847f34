import { expect, test } from 'vitest'
import { progressOf, type Entry, type Observed } from './steps.js'

const entry = (ts: number, what: string, more: Partial<Entry> = {}): Entry => ({
  ts,
  guest: 'alpha',
  what,
  reason: '',
  code: null,
  address: '192.0.2.7',
  ...more,
})

const progress = (more: Partial<Observed>) => {
  const observed = {
    id: 'alpha',
    since: 1_000,
    entries: [],
    connected: undefined,
    answer: { state: 'none' } as const,
  }
  const { steps, ...others } = progressOf({ ...observed, ...more })
  return {
    ...others,
    steps: Object.values(steps)
      .map((state) => state[0])
      .join(''),
  }
}

test('before anything came, all steps wait', () => {
  expect(progress({})).toMatchObject({ steps: 'wwww', problem: undefined, strangers: [] })
})

test('what was before it was added has nothing to do with it', () => {
  const entries = [entry(999, 'joined'), entry(1_000, 'refused', { code: 4401 })]
  expect(progress({ entries, connected: 999 }).steps).toBe('wwww')
})

test.each([
  [4401, 'token', 'wrong_token', 'dpww'],
  [4403, 'token', 'other_token', 'dpww'],
  [4429, 'token', 'too_many', 'dpww'],
  [1011, 'token', 'refused', 'dpww'],
  [4408, 'hello', 'no_hello', 'ddpw'],
  [4400, 'hello', 'bad_hello', 'ddpw'],
  [4409, 'hello', 'taken', 'ddpw'],
] as const)('refused with %d: what to fix is at the step %s', (code, step, what, steps) => {
  const entries = [entry(1_001, 'refused', { code, reason: 'in the words of the host' })]
  expect(progress({ entries })).toMatchObject({
    steps,
    problem: { step, what, says: 'in the words of the host' },
  })
})

test('the last refusal counts, and a join after it settles it', () => {
  const refusals = [entry(1_002, 'refused', { code: 4409 }), entry(1_001, 'refused', { code: 4401 })]
  expect(progress({ entries: refusals }).problem?.what).toBe('taken')
  expect(progress({ entries: [entry(1_003, 'joined'), ...refusals] })).toMatchObject({
    steps: 'dddw',
    problem: undefined,
  })
  expect(progress({ entries: refusals, connected: 1_003 }).steps).toBe('dddw')
})

test('its first value ends it', () => {
  const entries = [entry(1_003, 'restarted')]
  const answer = { state: 'answered', value: '21 %' } as const
  expect(progress({ entries, answer })).toMatchObject({ steps: 'dddd', value: '21 %' })
  // It may leave afterwards.
  expect(progress({ entries: [...entries, entry(1_009, 'left')], answer }).steps).toBe('dddd')
})

test('one that says hello and never answers is silent; one that answers with an error answers', () => {
  const entries = [entry(1_003, 'joined')]
  const failed = (code: string) => progress({ entries, answer: { state: 'failed', code, says: 'no memory' } })
  expect(failed('timeout')).toMatchObject({ steps: 'dddp', problem: { what: 'silent' } })
  expect(failed('unresponsive')).toMatchObject({ steps: 'dddp', problem: { what: 'silent' } })
  expect(failed('unsupported')).toMatchObject({ steps: 'dddd', value: 'no memory' })
  expect(failed('gone')).toMatchObject({ steps: 'dddw', problem: undefined })
})

test('one that leaves before it answers is told with the reason, until it is back', () => {
  const entries = [entry(1_003, 'joined'), entry(1_004, 'left', { reason: 'the connection was lost' })]
  expect(progress({ entries })).toMatchObject({
    steps: 'dddp',
    problem: { step: 'value', what: 'left', says: 'the connection was lost' },
  })
  expect(progress({ entries: [...entries, entry(1_005, 'joined')] })).toMatchObject({
    steps: 'dddw',
    problem: undefined,
  })
})

test('others who were refused lately may be it, with a slip in the path; the token tells for certain', () => {
  const refused = (ts: number, guest: string, reason: string) =>
    entry(ts, 'refused', { guest, reason, code: 4403 })
  const entries = [
    refused(100, 'old', 'long ago'),
    refused(900, 'alhpa', 'not authenticated'),
    refused(1_001, 'aplha', 'this token is for guest alpha alone; join under that id'),
    refused(1_002, 'aplha', 'this token is for guest alpha alone; join under that id'),
    refused(1_003, '', 'no such path'),
  ]
  expect(progress({ entries }).strangers).toEqual([
    { guest: 'aplha', address: '192.0.2.7', says: expect.stringContaining('alpha alone'), certain: true },
    { guest: '', address: '192.0.2.7', says: 'no such path', certain: false },
    { guest: 'alhpa', address: '192.0.2.7', says: 'not authenticated', certain: false },
  ])
  // It came by its own name, or another one did after all.
  const itself = entry(1_004, 'refused', { code: 4401 })
  expect(progress({ entries: [...entries, itself] }).strangers).toMatchObject([{ certain: true }])
  const another = entry(1_004, 'joined', { guest: 'alhpa' })
  expect(progress({ entries: [...entries, another] }).strangers.map(({ guest }) => guest)).toEqual([
    'aplha',
    '',
  ])
  expect(progress({ entries: [...entries, entry(1_004, 'joined')] }).strangers).toEqual([])
})
