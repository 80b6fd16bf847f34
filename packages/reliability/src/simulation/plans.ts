import { limits } from '@guestool/core'
import type { First } from '@guestool/testing'
import * as fc from 'fast-check'
import { modes } from './contract.js'
import type { Act, Forgery, How, Plan } from './plan.js'

const { lifetime, claimTimeout } = limits

const revision = fc.constantFrom<1 | 2>(1, 2)
const index = fc.nat(7)

/** Around each of the protocol's times, and in between. */
const answerTimes = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(0, 0, 10, 200) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 9_000 }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      29_000,
      lifetime - 100,
      lifetime - 1,
      lifetime,
      lifetime + 1,
      lifetime + 3_000,
    ),
  },
)
const pauses = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(0, 0, 1, 20, 300) },
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 3_000 }) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 20_000 }) },
  { weight: 1, arbitrary: fc.constantFrom(29_990, 31_000, 59_900, 60_000, 61_000) },
)
const spans = fc.oneof(
  fc.constantFrom(
    50,
    claimTimeout - 1,
    claimTimeout + 50,
    5_500,
    12_000,
    31_000,
    59_900,
    60_000,
    61_000,
    75_000,
  ),
  fc.integer({ min: 0, max: 15_000 }),
)

/** Once in so many times; else undefined. */
const seldom = <T>(arbitrary: fc.Arbitrary<T>, times: number): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: times - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary })

const ask = fc.record({
  do: fc.constant('ask' as const),
  who: index,
  guest: index,
  what: fc.oneof(
    { weight: 5, arbitrary: fc.constant('echo' as const) },
    { weight: 4, arbitrary: fc.constant('act' as const) },
    { weight: 4, arbitrary: fc.constantFrom('sample' as const, 'alone' as const, 'memory' as const) },
  ),
  wait: answerTimes,
  mode: fc.oneof(
    { weight: 5, arbitrary: fc.constant('ok' as const) },
    { weight: 4, arbitrary: fc.constantFrom(...modes) },
  ),
  timeout: seldom(fc.constantFrom(0, 50, 1_000, 5_000, 30_000, 60_000), 3),
  abort: seldom(fc.constantFrom(0, 1, 100, 2_000, 20_000), 6),
  times: fc.constantFrom(1, 1, 1, 2, 6),
})

const party = { party: index }
const which = { which: index }
const machine = { machine: index }
const act = <T extends fc.Arbitrary<Act>>(weight: number, arbitrary: T) => ({ weight, arbitrary })
const constant = <T extends string>(name: T) => fc.constant(name)

const acts: fc.Arbitrary<Act> = fc.oneof(
  act(24, ask),
  act(1, fc.record({ do: constant('fleet'), who: index, timeout: fc.constantFrom(500, 5_000, 10_000) })),
  act(
    1,
    fc.record({ do: constant('watch'), who: index, guest: index, samples: fc.integer({ min: 1, max: 4 }) }),
  ),
  act(2, fc.record({ do: constant('news'), guest: index })),
  act(1, fc.record({ do: constant('listen'), who: index, guest: index })),
  act(
    3,
    fc.record({
      do: constant('break'),
      ...which,
      told: fc.constantFrom<How>('both', 'dialler', 'acceptor', 'nobody'),
    }),
  ),
  act(
    3,
    fc.record({
      do: constant('breach'),
      ...which,
      dialler: fc.boolean(),
      bytes: fc.oneof(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 4_000 })),
      silently: fc.boolean(),
    }),
  ),
  act(3, fc.record({ do: constant('stall'), ...which, ms: spans })),
  act(
    4,
    fc.record({
      do: constant('freeze'),
      ...machine,
      ms: spans,
      asleep: fc.constantFrom(false, false, true),
      first: fc.constantFrom<First>('timers', 'frames'),
    }),
  ),
  act(
    1,
    fc.record({
      do: constant('shiftWall'),
      ...machine,
      ms: fc.constantFrom(-3_600_000, -1, 1_000, 59_000, 60_000, 3_600_000),
    }),
  ),
  act(
    6,
    fc.record({
      do: constant('forge'),
      ...which,
      dialler: fc.boolean(),
      what: fc.oneof(
        {
          weight: 6,
          arbitrary: fc.constantFrom<Forgery>('copy', 'spoof', 'stray', 'reject', 'rejectPending'),
        },
        { weight: 3, arbitrary: fc.constantFrom<Forgery>('garbage', 'nan', 'binary', 'hello') },
        { weight: 1, arbitrary: fc.constantFrom<Forgery>('badFlood', 'strayFlood') },
      ),
    }),
  ),
  act(
    2,
    fc.record({
      do: constant('dials'),
      ...party,
      outcome: fc.constantFrom<'hang' | 'refuse' | 'throw' | 1013 | 4429>(
        'hang',
        'refuse',
        'throw',
        1013,
        4429,
      ),
    }),
  ),
  act(3, fc.record({ do: constant('rival'), guest: index })),
  act(2, fc.record({ do: constant('restart'), ...party, politely: fc.boolean() })),
  act(1, fc.record({ do: constant('close'), ...party })),
  act(1, fc.record({ do: constant('dismiss'), guest: index })),
  act(1, fc.record({ do: constant('restartHost') })),
  act(
    1,
    fc.record({
      do: constant('token'),
      ...party,
      what: fc.constantFrom<'wrong' | 'throws' | 'slow' | 'never'>('wrong', 'throws', 'slow', 'never'),
    }),
  ),
  act(1, fc.record({ do: constant('revoke'), ...party })),
)

/** Worlds and what happens in them. */
export const plans: fc.Arbitrary<Plan> = fc.record({
  salt: fc.integer(),
  delay: fc.constantFrom(0, 0, 3, 40, 900, 4_000),
  authenticates: fc.boolean(),
  keepsHistory: fc.constantFrom(false, false, true),
  guests: fc.array(
    fc.record({
      kind: fc.oneof(
        { weight: 4, arbitrary: fc.constant('sdk' as const) },
        { weight: 3, arbitrary: fc.constant('odd' as const) },
        { weight: 1, arbitrary: fc.constant('python' as const) },
      ),
      revision,
      // No fewer than may ask at once in the calm.
      maxPending: fc.constantFrom(4, limits.maxPending),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  consoles: fc.array(
    fc.record({
      kind: fc.constantFrom('client' as const, 'hub' as const),
      guest: index,
      revision,
      ping: fc.boolean(),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  steps: fc.array(fc.record({ wait: pauses, act: acts }), { minLength: 1, maxLength: 60, size: 'max' }),
})
