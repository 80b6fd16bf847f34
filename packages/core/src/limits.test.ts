import { expect, test } from 'vitest'
import * as limits from './limits.js'

test('the numbers that the protocol fixes', () => {
  expect(limits).toMatchObject({
    lifetime: 60_000,
    helloTimeout: 10_000,
    helloGrace: 2_000,
    helloBytes: 4_096,
    maxPayload: 1_048_576,
    maxPending: 1_024,
    badFrameBurst: 16,
    badFramesPerSecond: 1,
    rememberedUnanswered: 4_096,
    rememberedAnswered: 1_024,
    idle: 30_000,
    probeTimeout: 10_000,
    missesAllowed: 2,
    claimTimeout: 2_000,
    clientBackoff: { base: 1_000, cap: 30_000 },
    guestBackoff: { base: 6_000, cap: 30_000 },
    backoffReset: 10_000,
  })
})
